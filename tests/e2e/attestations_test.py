# SPDX-License-Identifier: Apache-2.0
"""A vendor publishes what it signed with other tools: here OpenSSL, with an ordinary ECDSA key."""

import base64
import hashlib
import json
import os
import unittest

from cluster import PREFIX, ClusterTest, http
from process import run

IN_TOTO = "application/vnd.in-toto+json"
SLSA = "https://slsa.dev/provenance/v1"
RELEASE = "https://in-toto.io/attestation/release/v0.1"


def pae(payload):
    return f"DSSEv1 {len(IN_TOTO)} {IN_TOTO} {len(payload)} ".encode() + payload


class AttestationsTest(ClusterTest):

    def setUp(self):
        super().setUp()
        # As `openssl` and cosign make keys; candor never sees how.
        self.key = self.cluster.path("cosign.key")
        self.openssl("genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256",
                     "-out", self.key)
        os.chmod(self.key, 0o600)
        self.public = self.cluster.path("cosign.pub")
        self.openssl("pkey", "-in", self.key, "-pubout", "-out", self.public)
        self.cluster.enrol(key=self.key, flags=["--predicate", "slsa-provenance", "--unnamed"])
        self.artifact = self.cluster.write("cam-1.0.img", os.urandom(5000))
        self.publish = ["publish", "--log", self.cluster.url, "--policy", self.cluster.policy]
        self.trust = ["--policy", self.cluster.policy, "--participants",
                      self.cluster.write("participants.txt", "\n".join([
                          "participant acme.example", f"key cosign file {self.public}",
                          f"allow {PREFIX}", "accept release slsa-provenance", ""]))]

    def openssl(self, *arguments):
        code, out = run(["openssl", *arguments])
        self.assertEqual(code, 0, out)

    def statement(self, kind=SLSA, name=PREFIX + "cam@1.0", predicate=None):
        with open(self.artifact, "rb") as file:
            digest = hashlib.sha256(file.read()).hexdigest()
        return json.dumps({"_type": "https://in-toto.io/Statement/v1",
                           "subject": [{"name": name, "digest": {"sha256": digest}}],
                           "predicateType": kind,
                           "predicate": predicate or {"buildDefinition": {}, "runDetails": {}}},
                          indent=1).encode()

    def sign(self, payload, key=None, **signature):
        """The envelope, with the signature in DER and a key id that says nothing to us."""
        message = self.cluster.write("message", pae(payload))
        self.openssl("dgst", "-sha256", "-sign", key or self.key, "-out", message + ".sig", message)
        with open(message + ".sig", "rb") as file:
            signature["sig"] = base64.b64encode(file.read()).decode()
        return {"payloadType": IN_TOTO, "payload": base64.b64encode(payload).decode(),
                "signatures": [{"keyid": "", **signature}]}

    def bundle(self, envelope):
        return {"mediaType": "application/vnd.dev.sigstore.bundle.v0.3+json",
                "verificationMaterial": {"publicKey": {"hint": "x"}, "tlogEntries": []},
                "dsseEnvelope": envelope}

    def entry_of(self, proof):
        with open(proof, encoding="utf-8") as file:
            extra = next(line for line in file if line.startswith("extra "))
        return base64.b64decode(extra.split()[1])

    def test_a_provenance_is_logged_as_it_is(self):
        payload = self.statement()
        envelope = self.sign(payload, certificate="AAAA", timestamps=[])
        file = self.cluster.write("attestation", json.dumps(self.bundle(envelope), indent=2))
        size = self.cluster.published_size()
        self.expect(0, f"published: entry {size} ", *self.publish, file)
        self.expect(0, f"published: entry {size} ", *self.publish, file)  # again: the same
        self.assertEqual(self.cluster.published_size(), size + 1)
        self.assertIn(payload, self.entry_of(file + ".tlog-proof"))
        self.expect(0, "OK: cam-1.0.img is " + PREFIX + "cam@1.0", "verify", self.artifact,
                    "--proof", file + ".tlog-proof", *self.trust)
        # Releases are all that counts unless the customer says otherwise.
        self.expect(1, "KIND_NOT_ACCEPTED", "verify", self.artifact, "--proof",
                    file + ".tlog-proof", "--policy", self.cluster.policy, "--key", self.public)

    def test_a_release_signed_elsewhere_over_grpc(self):
        payload = self.statement(RELEASE, "cam-1.0.img", {"purl": PREFIX + "cam@1.0"})
        file = self.cluster.write("release.json", json.dumps(self.sign(payload)))
        self.expect(0, "published", "publish", "--log", "grpc://" + self.cluster.grpc, "--policy",
                    self.cluster.policy, "--envelope", file, self.artifact)
        self.expect(0, "OK: cam-1.0.img", "verify", self.artifact, "--policy", self.cluster.policy,
                    "--key", self.public)

    def test_a_statement_that_names_no_product_needs_to_be_told_who_signed(self):
        payload = self.statement(name="registry.example/acme/cam")
        file = self.cluster.write("image.json", json.dumps(self.sign(payload)))
        self.expect(1, "KEY_NOT_ENROLLED", *self.publish, file)
        self.expect(0, "published", *self.publish, file, "--public-key", self.public)

    def test_json_lines_give_a_result_for_each(self):
        good, other = self.sign(self.statement()), self.sign(self.statement(name=PREFIX + "tv@2"))
        outside = self.sign(self.statement(name="pkg:generic/other.example/x@1"))
        lines = [json.dumps(line) for line in (good, outside, self.bundle(other))]
        file = self.cluster.write("multiple.intoto.jsonl", "\n".join(lines) + "\n")
        size = self.cluster.published_size()
        code, out = self.cluster.candor(*self.publish, file, "--public-key", self.public)
        self.assertEqual(code, 1, out)
        self.assertIn("multiple.intoto.jsonl line 1: entry", out)
        self.assertIn("multiple.intoto.jsonl line 2: ", out)
        self.assertIn("[PURL_OUTSIDE_SCOPE]", out)
        self.assertIn("2 of 3 published", out)
        self.assertEqual(self.cluster.published_size(), size + 2)
        self.expect(0, "OK", "verify", self.artifact, "--proof", file + ".1.tlog-proof", *self.trust)
        self.expect(0, "OK", "verify", self.artifact, "--proof", file + ".3.tlog-proof", *self.trust)
        self.assertFalse(os.path.exists(file + ".2.tlog-proof"))
        # Not told who signed, the log looks only among the keys of that other product's vendor.
        self.expect(1, "[KEY_NOT_ENROLLED]", *self.publish, file)

    def test_what_is_refused_is_not_logged(self):
        stranger = self.cluster.path("stranger.key")
        self.openssl("genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256",
                     "-out", stranger)
        payload = self.statement()
        tampered = self.sign(payload)
        tampered["payload"] = base64.b64encode(payload.replace(b"1.0", b"1.1")).decode()
        unknown = self.statement(kind="https://example.com/strange/v1")
        not_a_statement = self.sign(b"{}")
        cases = [(self.sign(payload, stranger), "SIGNATURE_INVALID"),
                 (tampered, "SIGNATURE_INVALID"),
                 (self.sign(unknown), "PREDICATE_UNKNOWN"),
                 (not_a_statement, "STATEMENT_INVALID"),
                 ({**self.sign(payload), "signatures": []}, "ENVELOPE_INVALID"),
                 ({"messageSignature": {}}, "ATTESTATION_UNKNOWN")]
        size = self.cluster.published_size()
        for number, (document, reason) in enumerate(cases):
            with self.subTest(reason):
                file = self.cluster.write(f"bad{number}.json", json.dumps(document))
                code, out = self.cluster.candor(*self.publish, "--envelope", file)
                self.assertEqual(code, 1, out)
                self.assertEqual(len(out.strip().splitlines()), 1, out)
                self.assertIn(f"[{reason}]", out)
                self.assertFalse(os.path.exists(file + ".tlog-proof"))
        self.expect(0, "published", *self.publish, self.cluster.write(
            "good.json", json.dumps(self.sign(payload))))
        self.assertEqual(self.cluster.published_size(), size + 1)

    def test_the_same_envelope_by_plain_http(self):
        envelope = self.sign(self.statement())
        status, _, body = http("POST", self.cluster.url + "/add", json.dumps(envelope).encode())
        self.assertEqual(status, 200, body)
        proof = self.cluster.write("posted.tlog-proof", body)
        self.expect(0, "OK", "verify", self.artifact, "--proof", proof, *self.trust)


if __name__ == "__main__":
    unittest.main()
