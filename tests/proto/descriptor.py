# SPDX-License-Identifier: Apache-2.0
"""Reads .proto files through protoc, without any protobuf library.

protoc writes a FileDescriptorSet; the few parts of it that are needed are decoded by hand.
google/protobuf/descriptor.proto has the numbers, protobuf's encoding guide the form.
"""

import os
import subprocess
import tempfile

TYPES = {
    1: "double", 2: "float", 3: "int64", 4: "uint64", 5: "int32", 6: "fixed64", 7: "fixed32",
    8: "bool", 9: "string", 10: "group", 11: "message", 12: "bytes", 13: "uint32", 14: "enum",
    15: "sfixed32", 16: "sfixed64", 17: "sint32", 18: "sint64",
}
LABELS = {1: "optional", 2: "required", 3: "repeated"}


class ProtoError(Exception):
    """protoc refused the files."""


def _varint(data, at):
    value = shift = 0
    while True:
        byte = data[at]
        value |= (byte & 0x7F) << shift
        at += 1
        shift += 7
        if byte < 0x80:
            return value, at


def decode(data):
    """A message as {field number: [values]}; length-delimited values are bytes."""
    fields = {}
    at = 0
    while at < len(data):
        tag, at = _varint(data, at)
        kind = tag & 7
        if kind == 0:
            value, at = _varint(data, at)
        elif kind == 2:
            length, at = _varint(data, at)
            value, at = data[at:at + length], at + length
        elif kind in (1, 5):
            size = 8 if kind == 1 else 4
            value, at = data[at:at + size], at + size
        else:
            raise ValueError(f"wire type {kind}")
        fields.setdefault(tag >> 3, []).append(value)
    return fields


def text(message, number, default=""):
    return message[number][-1].decode() if number in message else default


def number(message, field, default=0):
    return message[field][-1] if field in message else default


def messages(message, field):
    return [decode(value) for value in message.get(field, [])]


def compile_protos(root, files):
    """The FileDescriptorProtos of `files`, whose imports are found from `root`, with comments."""
    with tempfile.TemporaryDirectory() as folder:
        out = os.path.join(folder, "set")
        command = ["protoc", f"--proto_path={root}", "--proto_path=/usr/include",
                   "--include_source_info", f"--descriptor_set_out={out}", *files]
        result = subprocess.run(command, capture_output=True, text=True, check=False)
        if result.returncode != 0:
            raise ProtoError(result.stderr.strip())
        with open(out, "rb") as file:
            return messages(decode(file.read()), 1)


def comments(file):
    """{path as a tuple: leading comment} of every element of a file."""
    found = {}
    for location in messages(decode(file[9][0]), 1) if 9 in file else []:
        packed, path, at = location.get(1, [b""])[0], [], 0
        while at < len(packed):
            step, at = _varint(packed, at)
            path.append(step)
        found.setdefault(tuple(path), text(location, 3))
    return found
