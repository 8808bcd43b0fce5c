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
        self.certificate, self.key = self.make_certificate("tls", "DNS:localhost,IP:127.0.0.1")
        self.tls = ["--tls-certificate", self.certificate, "--tls-key", self.key]
        self.cluster.use_tls(self.certificate)

    def make_certificate(self, name, names):
        """A certificate that is its own CA, for these names: the paths of it and its key."""
        certificate, key = self.cluster.path(name + ".pem"), self.cluster.path(name + ".key")
        code, out = run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
                         "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2", "-subj",
                         "/CN=localhost", "-addext", "subjectAltName=" + names,
                         "-keyout", key, "-out", certificate])
        self.assertEqual(code, 0, out)
        os.chmod(key, 0o600)
        return certificate, key

    def restart_witnesses(self, certificate, key):
        for witness in self.cluster.witnesses:
            witness.program.terminate()
            witness.start(["--tls-certificate", certificate, "--tls-key", key])

    def configure_log(self, witness_ca):
        with open(self.cluster.policy, encoding="utf-8") as file:
            text = file.read().replace("http://", "https://")
        self.cluster.write("trust.policy", text)
        self.cluster.extra_log_flags = self.tls + [
            "--witness-ca", witness_ca, "--witness-backoff-max", "100ms"]

    def start_everything(self):
        self.restart_witnesses(self.certificate, self.key)
        self.configure_log(self.certificate)
        self.cluster.start_log()

    def assert_witnesses_are_refused(self, reason):
        """Nothing is published, and readiness says why, also after each witness was asked."""
        self.cluster.start_log(wait_ready=False)
        said = []

        def refused():
            status, _, body = self.cluster.get("/readyz")
            said[:] = [status, body.decode()]
            lines = [line for line in said[1].split("\n") if line.startswith("witness ")]
            return len(lines) == 3 and all(reason in line for line in lines)

        self.cluster.wait_until(refused)
        self.assertEqual(said[0], 503, said)
        self.assertIn("only 0 of 3 witnesses answered", said[1])
        self.assertEqual(self.cluster.published_size(), 0)

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

    def test_a_witness_with_a_certificate_of_an_unknown_authority_is_refused(self):
        self.restart_witnesses(*self.make_certificate("stranger", "DNS:localhost,IP:127.0.0.1"))
        self.configure_log(self.certificate)
        self.assert_witnesses_are_refused("no trusted TLS connection")
        # It was the certificate: with the right one the log becomes ready by itself.
        self.restart_witnesses(self.certificate, self.key)
        self.cluster.wait_until(lambda: self.cluster.get("/readyz")[0] == 200)
        self.assertEqual(self.cluster.published_size(), 1)

    def test_a_witness_with_a_certificate_for_another_name_is_refused(self):
        certificate, key = self.make_certificate("other", "DNS:other.example,IP:127.0.0.2")
        self.restart_witnesses(certificate, key)
        self.configure_log(certificate)
        self.assert_witnesses_are_refused("no trusted TLS connection")

    def test_a_key_of_another_certificate_is_refused(self):
        _, other_key = self.make_certificate("other", "DNS:localhost,IP:127.0.0.1")
        flags = ["--tls-certificate", self.certificate, "--tls-key", other_key]
        code, out = run(self.cluster.log_command() + flags)
        self.assertNotEqual(code, 0)
        self.assertIn("TLS private key", out)
        witness = self.cluster.witnesses[0]
        witness.program.terminate()
        code, out = run(witness.command() + flags)
        self.assertNotEqual(code, 0)
        self.assertIn("TLS private key", out)

    def test_a_key_that_others_can_read_is_refused(self):
        os.chmod(self.key, 0o644)
        code, out = run(self.cluster.log_command() + self.tls)
        self.assertNotEqual(code, 0)
        self.assertIn("tls.key", out)


if __name__ == "__main__":
    unittest.main()
