#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Publishes a release over plain HTTP.

    publish.py ARTIFACT --purl PURL --key KEY.pem --log URL

The proof that customers verify goes to ARTIFACT.tlog-proof. Safe to run again: the log recognises
a statement that it has. Needs the package `cryptography`.
"""

import argparse
import base64
import hashlib
import json
import pathlib
import sys
import urllib.error
import urllib.request

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

PAYLOAD_TYPE = "application/vnd.in-toto+json"


def release_statement(artifact, purl):
    """An in-toto Statement: this file is a release of that product."""
    return json.dumps({
        "_type": "https://in-toto.io/Statement/v1",
        "subject": [{
            "name": artifact.name,
            "digest": {"sha256": hashlib.sha256(artifact.read_bytes()).hexdigest()},
        }],
        "predicateType": "https://in-toto.io/attestation/release/v0.1",
        "predicate": {"purl": purl},
    }).encode()


def pae(payload):
    """DSSE's pre-authentication encoding: what a signature covers."""
    return b"DSSEv1 %d %s %d %s" % (
        len(PAYLOAD_TYPE), PAYLOAD_TYPE.encode(), len(payload), payload)


def sign(key, message):
    if isinstance(key, ec.EllipticCurvePrivateKey):
        return key.sign(message, ec.ECDSA(hashes.SHA256()))
    return key.sign(message)  # Ed25519


def key_hash(key):
    """Names the key to the log, which then need not look for it."""
    spki = key.public_key().public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    return hashlib.sha256(spki).hexdigest()


def envelope(payload, key):
    return json.dumps({
        "payloadType": PAYLOAD_TYPE,
        "payload": base64.b64encode(payload).decode(),
        "signatures": [{
            "keyid": key_hash(key),
            "sig": base64.b64encode(sign(key, pae(payload))).decode(),
        }],
    }).encode()


def add(log, body):
    """Waits until witnesses have cosigned a tree with the entry in it; answers the proof file."""
    request = urllib.request.Request(
        log.rstrip("/") + "/add", data=body, headers={"Content-Type": "application/json"})
    try:
        with urllib.request.urlopen(request, timeout=60) as response:
            return response.read()
    except urllib.error.HTTPError as error:
        refusal = json.load(error)["error"]
        sys.exit(f"publish.py: {refusal['message']} [{refusal['reason']}]")


def main():
    parser = argparse.ArgumentParser(description="Publishes a release over plain HTTP.")
    parser.add_argument("artifact", type=pathlib.Path)
    parser.add_argument("--purl", required=True)
    parser.add_argument("--key", required=True, type=pathlib.Path)
    parser.add_argument("--log", required=True)
    flags = parser.parse_args()
    key = serialization.load_pem_private_key(flags.key.read_bytes(), password=None)
    proof = add(flags.log, envelope(release_statement(flags.artifact, flags.purl), key))
    path = flags.artifact.with_name(flags.artifact.name + ".tlog-proof")
    path.write_bytes(proof)
    print(f"published: {path}")


if __name__ == "__main__":
    main()
