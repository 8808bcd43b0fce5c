#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Reads every entry of a log over gRPC and checks them all against its signed checkpoint.

    read_entries.py --target HOST:PORT --vkey VKEY [--ca CA.pem]

Prints a line for each entry: its index, statement id and product. Run generate.sh first. Needs the
packages `grpcio`, `protobuf` and `cryptography`.
"""

import argparse
import base64
import hashlib
import json
import pathlib
import sys

import grpc
from cryptography.hazmat.primitives.asymmetric import ed25519

from candor.v1 import log_pb2, log_pb2_grpc


def open_checkpoint(note, vkey):
    """Verifies the log's signature (C2SP signed-note); answers the tree's size and root."""
    name, key_id, key = vkey.split("+", 2)
    text, _, signatures = note.decode().rpartition("\n\n")
    text += "\n"
    public_key = ed25519.Ed25519PublicKey.from_public_bytes(base64.b64decode(key)[1:])
    for line in signatures.splitlines():
        _, signer, encoded = line.split(" ")
        signature = base64.b64decode(encoded)
        if signer == name and signature[:4].hex() == key_id:
            public_key.verify(signature[4:], text.encode())  # raises InvalidSignature
            origin, size, root = text.splitlines()[:3]
            if origin != name:
                sys.exit(f"read_entries.py: the checkpoint is of {origin}")
            return int(size), base64.b64decode(root)
    return sys.exit("read_entries.py: the checkpoint is not signed by that key")


class Tree:
    """The root of an RFC 6962 tree, from its leaves in order."""

    def __init__(self):
        self._subtrees = []  # (height, hash) of complete ones, the largest first
        self.size = 0

    def append(self, entry):
        node, height = hashlib.sha256(b"\0" + entry).digest(), 0
        while self._subtrees and self._subtrees[-1][0] == height:
            node = hashlib.sha256(b"\1" + self._subtrees.pop()[1] + node).digest()
            height += 1
        self._subtrees.append((height, node))
        self.size += 1

    def root(self):
        hashes = [node for _, node in self._subtrees] or [hashlib.sha256().digest()]
        root = hashes.pop()
        while hashes:
            root = hashlib.sha256(b"\1" + hashes.pop() + root).digest()
        return root


def decode(entry):
    """The statement id and the payload of a canonical entry (docs/formats.md)."""
    offset = 4 + int.from_bytes(entry[2:4], "big")
    payload_size = int.from_bytes(entry[offset:offset + 8], "big")
    return entry[offset + 40:offset + 72], entry[len(entry) - payload_size:]


def product(payload):
    statement = json.loads(payload)
    return statement["predicate"].get("purl") or statement["predicateType"]


def main():
    parser = argparse.ArgumentParser(description="Reads and checks every entry of a log.")
    parser.add_argument("--target", required=True, help="the log's gRPC address, HOST:PORT")
    parser.add_argument("--vkey", required=True, help="the log's key, as in a trust policy")
    parser.add_argument("--ca", type=pathlib.Path, help="PEM certificates; speaks TLS then")
    flags = parser.parse_args()
    channel = grpc.insecure_channel(flags.target)
    if flags.ca:
        credentials = grpc.ssl_channel_credentials(flags.ca.read_bytes())
        channel = grpc.secure_channel(flags.target, credentials)
    with channel:
        log = log_pb2_grpc.LogServiceStub(channel)
        answer = log.GetCheckpoint(log_pb2.GetCheckpointRequest(), timeout=30)
        size, root = open_checkpoint(answer.checkpoint, flags.vkey)
        tree = Tree()
        if size > 0:
            request = log_pb2.ReadEntriesRequest(start=0, limit=size)
            for message in log.ReadEntries(request, timeout=600):
                for entry in message.entries:
                    statement_id, payload = decode(entry)
                    print(tree.size, statement_id.hex(), product(payload))
                    tree.append(entry)
    if (tree.size, tree.root()) != (size, root):
        sys.exit("read_entries.py: the entries are not those of the signed checkpoint")
    print(f"verified: {size} entries")


if __name__ == "__main__":
    main()
