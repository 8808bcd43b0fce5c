# SPDX-License-Identifier: Apache-2.0
"""Both ports of a log, and a witness, over TLS."""

import os
import unittest

from cluster import PREFIX, ClusterTest
from process import run


class TlsTest(ClusterTest):
    START_LOG = False

    def setUp(self):
        super().setUp()
        self.certificate = self.cluster.path("tls.pem")
        self.key = self.cluster.path("tls.key")
        code, out = run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
                         "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2", "-subj",
                         "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1",
                         "-keyout", self.key, "-out", self.certificate])
        self.assertEqual(code, 0, out)
        os.chmod(self.key, 0o600)
        self.tls = ["--tls-certificate", self.certificate, "--tls-key", self.key]
        self.cluster.use_tls(self.certificate)

    def start_everything(self):
        for witness in self.cluster.witnesses:
            witness.program.terminate()
            witness.start(self.tls)
        with open(self.cluster.policy, encoding="utf-8") as file:
            text = file.read().replace("http://", "https://")
        self.cluster.write("trust.policy", text)
        self.cluster.extra_log_flags = self.tls + ["--witness-ca", self.certificate]
        self.cluster.start_log()

    def test_publish_and_follow_over_tls(self):
        self.start_everything()
        _, signing = self.cluster.enrol()
        for url in (self.cluster.url, "grpcs://" + self.cluster.grpc):
            artifact = self.cluster.write("a.img", url.encode())
            self.expect(0, "cosigned by", "publish", artifact, "--purl", PREFIX + "a@1", "--key",
                        signing, "--log", url, "--policy", self.cluster.policy,
                        "--ca", self.certificate)
            self.expect(0, "OK", "verify", artifact, "--policy", self.cluster.policy,
                        "--key", signing + ".pub")
        self.expect(0, "consistent", "monitor", "--log", self.cluster.url, "--policy",
                    self.cluster.policy, "--state", self.cluster.path("monitor"), "--ca",
                    self.certificate)

    def test_an_unknown_certificate_is_refused(self):
        self.start_everything()
        key = self.cluster.keygen("any.key")
        artifact = self.cluster.write("a.img", b"a")
        for url in (self.cluster.url, "grpcs://" + self.cluster.grpc):
            self.expect(2, "", "publish", artifact, "--purl", PREFIX + "a@1", "--key", key,
                        "--log", url, "--timeout", "2s")

    def test_a_key_that_others_can_read_is_refused(self):
        os.chmod(self.key, 0o644)
        code, out = run(self.cluster.log_command() + self.tls)
        self.assertNotEqual(code, 0)
        self.assertIn("tls.key", out)


if __name__ == "__main__":
    unittest.main()
