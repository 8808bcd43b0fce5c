# SPDX-License-Identifier: Apache-2.0
"""A vendor publishes, a customer verifies offline, an auditor follows."""

import json
import os
import shutil
import unittest

import cluster
from cluster import PREFIX, ClusterTest


class MainPathTest(ClusterTest):

    def setUp(self):
        super().setUp()
        self.root, self.key = self.cluster.enrol()
        self.artifact = self.cluster.write("cam-1.0.img", os.urandom(70_000))
        self.trust = ["--policy", self.cluster.policy, "--participants",
                      self.cluster.participants("acme.example", PREFIX, self.key + ".pub")]

    def publish(self, artifact, url=None, key=None, purl=PREFIX + "cam@1.0", code=0, text=""):
        return self.expect(code, text, "publish", artifact, "--purl", purl, "--key",
                           key or self.key, "--log", url or self.cluster.url,
                           "--policy", self.cluster.policy)

    def index_of(self, proof):
        with open(proof, encoding="utf-8") as file:
            return next(line for line in file if line.startswith("index "))

    def test_publish_verify_over_http_and_grpc(self):
        for scheme, url in (("http", self.cluster.url), ("grpc", "grpc://" + self.cluster.grpc)):
            artifact = self.cluster.write(f"{scheme}.img", os.urandom(100))
            self.publish(artifact, url)
            self.expect(0, "OK", "verify", artifact, *self.trust)

    def test_verify_reads_only_files(self):
        self.publish(self.artifact)
        self.cluster.log.close()
        for witness in self.cluster.witnesses:
            witness.program.close()
        customer = self.cluster.path("customer")
        os.mkdir(customer)
        for file in (self.artifact, self.artifact + ".tlog-proof"):
            shutil.copy(file, customer)
        self.expect(0, "OK", "verify", "cam-1.0.img", *self.trust, cwd=customer)

    def test_publishing_again_gives_the_same_entry(self):
        self.publish(self.artifact)
        first = self.index_of(self.artifact + ".tlog-proof")
        size = self.cluster.published_size()
        os.remove(self.artifact + ".tlog-proof")
        self.publish(self.artifact)
        self.assertEqual(self.index_of(self.artifact + ".tlog-proof"), first)
        self.assertEqual(self.cluster.published_size(), size)

    def test_ecdsa_keys_work_too(self):
        key = self.cluster.keygen("other-signing.key", "ecdsa-p256")
        self.cluster.enrol("other.example", "pkg:generic/other.example/", key)
        self.publish(self.artifact, key=key, purl="pkg:generic/other.example/x@1")
        self.expect(0, "OK", "verify", self.artifact, "--policy", self.cluster.policy,
                    "--key", key + ".pub")

    def test_refusals_of_the_verifier(self):
        self.publish(self.artifact)
        proof = self.artifact + ".tlog-proof"
        changed = self.cluster.write("changed.img", b"not the artifact")
        out = self.expect(1, "NO", "verify", changed, "--proof", proof, *self.trust, "--json")
        self.assertEqual(json.loads(out)["reason"], "ARTIFACT_DIFFERS")

        with open(proof, encoding="utf-8") as file:
            lines = file.readlines()
        few = [line for line in lines if "w2.example" not in line and "w3.example" not in line]
        few = self.cluster.write("few.tlog-proof", "".join(few))
        out = self.expect(1, "NO", "verify", self.artifact, "--proof", few, *self.trust, "--json")
        self.assertEqual(json.loads(out)["reason"], "QUORUM_NOT_MET")

        stranger = self.cluster.keygen("stranger.key")
        out = self.expect(1, "NO", "verify", self.artifact, "--policy", self.cluster.policy,
                          "--key", stranger + ".pub", "--json")
        self.assertEqual(json.loads(out)["reason"], "KEY_NOT_PINNED")

        self.expect(2, "UNKNOWN", "verify", self.artifact, "--proof", "/no/such/file", *self.trust)
        self.expect(64, "", "verify")

    def test_refusals_of_the_log_change_nothing(self):
        size = self.cluster.published_size()
        stranger = self.cluster.keygen("stranger.key")
        self.publish(self.artifact, key=stranger, code=1, text="KEY_NOT_ENROLLED")
        self.publish(self.artifact, purl="pkg:generic/other.example/x@1", code=1,
                     text="PURL_OUTSIDE_SCOPE")
        self.assertFalse(os.path.exists(self.artifact + ".tlog-proof"))
        self.publish(self.artifact)
        self.assertEqual(self.cluster.published_size(), size + 1)

    def test_plain_http_post_answers_with_a_proof(self):
        # What a vendor without our client would send: the envelope that publish keeps until it is done.
        code, out = self.cluster.candor(
            "publish", self.artifact, "--purl", PREFIX + "cam@1.0", "--key", self.key,
            "--log", "http://127.0.0.1:1", "--timeout", "1s")
        self.assertEqual(code, 2, out)
        with open(self.artifact + ".dsse.json", "rb") as file:
            envelope = file.read()
        status, headers, body = cluster.http("POST", self.cluster.url + "/add", envelope)
        self.assertEqual(status, 200, body)
        self.assertTrue(body.startswith(b"c2sp.org/tlog-proof@v1\n"), headers)
        proof = self.cluster.write("posted.tlog-proof", body)
        self.expect(0, "OK", "verify", self.artifact, "--proof", proof, *self.trust)

    def test_bad_submissions_are_refused_with_a_reason(self):
        for body, status in ((b"", 400), (b"{}", 400), (b"not json", 400), (b"[" * 1000, 400),
                             (b"x" * 300_000, 413)):
            got, headers, answer = cluster.http("POST", self.cluster.url + "/add", body)
            self.assertEqual(got, status, answer)
            self.assertIn("application/json", headers["Content-Type"])
            self.assertTrue(json.loads(answer)["error"]["message"])
        self.assertEqual(self.cluster.get("/add")[0], 405)
        self.assertEqual(self.cluster.get("/tile/0/00")[0], 404)

    def test_monitor_follows_and_goes_on_where_it_stopped(self):
        monitor = ["monitor", "--log", self.cluster.url, "--policy", self.cluster.policy,
                   "--state", self.cluster.path("monitor"), "--once"]
        first = self.expect(0, "acme.example", *monitor)
        self.publish(self.artifact)
        second = self.expect(0, "cam", *monitor)
        self.assertNotIn("log-config", second)
        self.assertIn("log-config", first)

    def test_show_puts_proof_and_checkpoint_into_words(self):
        self.publish(self.artifact)
        self.expect(0, "pkg:generic/acme.example/cam@1.0", "show",
                    self.artifact + ".tlog-proof")
        checkpoint = self.cluster.write("checkpoint", self.cluster.get("/checkpoint")[2])
        self.expect(0, cluster.ORIGIN, "show", checkpoint)


if __name__ == "__main__":
    unittest.main()
