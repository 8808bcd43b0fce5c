# SPDX-License-Identifier: Apache-2.0
"""Publishing fails closed without a quorum, says so, and recovers."""

import json
import unittest

from cluster import CANDOR_LOAD, PREFIX, ClusterTest, http
from process import run


class QuorumTest(ClusterTest):

    def setUp(self):
        super().setUp()
        _, self.key = self.cluster.enrol()

    def add(self, wait):
        command = [CANDOR_LOAD, "add", "--target", self.cluster.grpc, "--key", self.key,
                   "--purl-prefix", PREFIX, "--count", 1]
        return run(command + (["--wait-published"] if wait else []))

    def readyz(self):
        status, _, body = self.cluster.get("/readyz")
        return status, body.decode()

    def test_one_lost_goes_on_two_lost_fail_closed(self):
        first, second = self.cluster.witnesses[1:]
        self.assertEqual(second.program.terminate(), 0)
        code, out = self.add(wait=True)
        self.assertEqual(code, 0, out)

        self.assertEqual(first.program.terminate(), 0)
        before = self.cluster.published_size()
        code, out = self.add(wait=False)
        self.assertEqual(code, 0, out)
        self.cluster.wait_until(lambda: self.readyz()[0] == 503)
        self.assertIn("1 of 3", self.readyz()[1])
        self.assertEqual(self.cluster.published_size(), before)
        self.assertEqual(self.cluster.get("/healthz")[0], 200)

        first.start()
        self.cluster.wait_until(lambda: self.cluster.published_size() > before)
        self.cluster.wait_until(lambda: self.readyz()[0] == 200)

    def test_post_says_that_it_is_logged_and_unpublished(self):
        for witness in self.cluster.witnesses[1:]:
            witness.program.terminate()
        self.cluster.log.terminate()
        self.cluster.extra_log_flags = ["--request-timeout", "2s"]
        self.cluster.start_log(wait_ready=False)
        artifact = self.cluster.write("a.img", b"artifact")
        statement = self.cluster.path("a.img.dsse.json")
        code, out = self.cluster.candor(
            "publish", artifact, "--purl", PREFIX + "cam@1", "--key", self.key,
            "--log", self.cluster.url, "--timeout", "1s")
        self.assertEqual(code, 2, out)
        with open(statement, "rb") as file:
            envelope = file.read()
        status, headers, body = http("POST", self.cluster.url + "/add", envelope)
        self.assertEqual(status, 503, body)
        self.assertEqual(json.loads(body)["error"]["reason"], "NOT_YET_PUBLISHED")
        self.assertIn("Retry-After", headers)


if __name__ == "__main__":
    unittest.main()
