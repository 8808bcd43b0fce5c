# SPDX-License-Identifier: Apache-2.0
"""Publishing fails closed without a quorum, says so, and recovers."""

import json
import shutil
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
        # Not ready from the first failure on; the count is right when all three have answered.
        self.cluster.wait_until(
            lambda: self.readyz()[0] == 503 and "only 1 of 3 witnesses" in self.readyz()[1])
        self.assertEqual(self.cluster.published_size(), before)
        self.assertEqual(self.cluster.get("/healthz")[0], 200)

        first.start()
        self.cluster.wait_until(lambda: self.cluster.published_size() > before)
        self.cluster.wait_until(lambda: self.readyz()[0] == 200)

    def test_post_says_that_it_is_logged_and_unpublished(self):
        self.cluster.log.terminate()
        self.cluster.extra_log_flags = ["--request-timeout", "2s"]
        self.cluster.start_log()
        for witness in self.cluster.witnesses[1:]:
            witness.program.terminate()
        artifact = self.cluster.write("a.img", b"artifact")
        statement = self.cluster.path("a.img.dsse.json")
        code, out = self.cluster.candor(
            "publish", artifact, "--purl", PREFIX + "cam@1", "--key", self.key,
            "--log", self.cluster.url, "--timeout", "1s")
        self.assertEqual(code, 2, out)
        with open(statement, "rb") as file:
            envelope = file.read()
        answers = []

        def logged():
            status, headers, body = http("POST", self.cluster.url + "/add", envelope)
            answers.append((status, body))
            self.assertGreaterEqual(status, 503, answers)
            self.assertTrue(status != 503 or "Retry-After" in headers, answers)
            return json.loads(body)["error"]["reason"] == "NOT_YET_PUBLISHED"

        # On a slow machine two seconds may not even suffice to log it; then a retry does.
        self.cluster.wait_until(logged)
        self.assertEqual(answers[-1][0], 503)


    def assert_add_is_refused(self, reason):
        artifact = self.cluster.write("b.img", b"another artifact")
        code, out = self.cluster.candor(
            "publish", artifact, "--purl", PREFIX + "cam@2", "--key", self.key,
            "--log", self.cluster.url, "--timeout", "1s")
        self.assertEqual(code, 2, out)
        with open(self.cluster.path("b.img.dsse.json"), "rb") as file:
            status, headers, body = http("POST", self.cluster.url + "/add", file.read())
        self.assertEqual((status, json.loads(body)["error"]["reason"]), (503, reason), body)
        self.assertIn("Retry-After", headers)

    def test_a_start_without_a_quorum_serves_and_takes_nothing(self):
        before = self.cluster.published_size()
        for witness in self.cluster.witnesses[1:]:
            witness.program.terminate()
        self.cluster.log.terminate()
        self.cluster.start_log(wait_ready=False)
        self.assertEqual(self.cluster.published_size(), before)
        self.cluster.wait_until(lambda: "w2 did not answer" in self.readyz()[1])
        status, words = self.readyz()
        self.assertEqual(status, 503)
        self.assertIn(f"have confirmed the signed checkpoint of {before} entries", words)
        self.assert_add_is_refused("WITNESSES_NOT_CONFIRMED")

        self.cluster.witnesses[1].start()
        self.cluster.wait_until(lambda: self.readyz()[0] == 200)
        code, out = self.add(wait=True)
        self.assertEqual(code, 0, out)

    def test_a_folder_restored_from_a_backup_signs_nothing(self):
        folder, backup = self.cluster.path("log"), self.cluster.path("backup")
        self.cluster.log.terminate()
        shutil.copytree(folder, backup)
        self.cluster.start_log()
        before = self.cluster.published_size()
        code, out = self.add(wait=True)
        self.assertEqual(code, 0, out)
        self.cluster.log.terminate()
        shutil.rmtree(folder)
        shutil.copytree(backup, folder)

        self.cluster.start_log(wait_ready=False)
        self.cluster.wait_until(lambda: self.readyz()[1].count("says that it cosigned") >= 3)
        self.assertIn("a witness disputes our tree", self.readyz()[1])
        self.assert_add_is_refused("WITNESS_DISPUTE")
        self.assertEqual(self.cluster.published_size(), before)


if __name__ == "__main__":
    unittest.main()
