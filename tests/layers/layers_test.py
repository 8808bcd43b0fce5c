#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The repository keeps to its layers, and the rules would notice if it did not."""

import os
import sys
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import layers  # noqa: E402  (the folder of this file is not a package)

# Runfiles are links into the source tree; WORKSPACE leads to its root.
ROOT = os.path.dirname(os.path.realpath("WORKSPACE"))


def tree(matches):
    """(path, text) of the repository's files in a layer, Bazel's own links left out."""
    for layer in sorted({layer.split("/")[0] for layer in layers.MAY_USE}):
        for folder, _, names in os.walk(os.path.join(ROOT, layer)):
            for name in sorted(names):
                if matches(name):
                    path = os.path.join(folder, name)
                    with open(path, encoding="utf-8") as file:
                        yield os.path.relpath(path, ROOT), file.read()


class Repository(unittest.TestCase):
    def check(self, breaches, matches, least):
        files = list(tree(matches))
        # An empty walk would prove nothing.
        self.assertGreaterEqual(len(files), least)
        found = [line for path, text in files for line in breaches(path, text)]
        self.assertEqual(found, [], "\n" + "\n".join(found))

    def test_sources(self):
        self.check(layers.source_breaches, lambda name: name.endswith((".h", ".cc")), 50)

    def test_build_files(self):
        self.check(layers.build_breaches, lambda name: name == "BUILD", 10)


class Rules(unittest.TestCase):
    def test_forbidden_includes(self):
        for path, include in [
            ("core/util/a.cc", '"core/crypto/hash.h"'),
            ("core/crypto/a.cc", '"core/merkle/tree.h"'),
            ("core/note/a.h", '"core/attest/entry.h"'),
            ("core/note/a_test.cc", '"base/clock.h"'),
            ("core/attest/a.cc", '"proto/candor/v1/log.pb.h"'),
            ("core/util/a.h", "<absl/synchronization/mutex.h>"),
            ("core/util/a.h", '"absl/time/clock.h"'),
            ("core/crypto/a.cc", "<mutex>"),
            ("core/crypto/a.cc", "<fstream>"),
            ("core/merkle/a.cc", "<openssl/sha.h>"),
            ("base/a.cc", '"log/storage/log_store.h"'),
            ("base/a.cc", '"proto/candor/v1/log.pb.h"'),
            ("log/storage/a.cc", '"witness/state/store.h"'),
            ("log/sequencer/a.h", "<rocksdb/db.h>"),
            ("log/storage/a.h", "<grpcpp/grpcpp.h>"),
            ("witness/service/a.cc", '"log/storage/log_store.h"'),
            ("client/a.cc", '"log/storage/log_store.h"'),
            ("client/cli/a.cc", '"witness/state/store.h"'),
            ("client/a_test.cc", '"tests/simulation/world.h"'),
            ("log/main/a.cc", '"tests/bench/load.h"'),
            ("stray/a.cc", '"core/util/bytes.h"'),
        ]:
            with self.subTest(path=path, include=include):
                self.assertNotEqual(layers.source_breaches(path, "#include %s\n" % include), [])

    def test_allowed_includes(self):
        for path, include in [
            ("core/crypto/a.cc", "<openssl/sha.h>"),
            ("core/note/a.cc", '"core/merkle/proof.h"'),
            ("core/merkle/a_test.cc", "<random>"),
            ("base/a.cc", "<boost/asio.hpp>"),
            ("log/storage/a.cc", "<rocksdb/db.h>"),
            ("log/service/a.cc", '"proto/candor/v1/log.grpc.pb.h"'),
            ("witness/service/a.cc", '"base/http_server.h"'),
            ("tests/e2e/a.cc", '"witness/state/store.h"'),
        ]:
            with self.subTest(path=path, include=include):
                self.assertEqual(layers.source_breaches(path, "#include %s\n" % include), [])

    def test_forbidden_build_files(self):
        private = 'package(default_visibility = ["//visibility:private"])\n'
        for path, text in [
            ("core/note/BUILD", 'package(default_visibility = ["//visibility:public"])'),
            ("core/note/BUILD", private + 'x(name = "a", visibility = ["//core/util:__pkg__"])'),
            ("core/note/BUILD", private + 'x(name = "a", deps = ["//core/attest:entry"])'),
            ("core/note/BUILD", private + 'x(name = "a", deps = [":b"] + ["//base:clock"])'),
            ("log/storage/BUILD", private + 'x(name = "a", visibility = ["//client:__pkg__"])'),
            ("log/storage/BUILD", private + 'x(name = "a", visibility = ["//visibility:public"])'),
            ("witness/state/BUILD", private + 'x(name = "a", deps = ["//log/storage:store"])'),
            ("client/BUILD", private + 'x(name = "a", deps = ["//tests/bench:load"])'),
        ]:
            with self.subTest(path=path, text=text):
                self.assertNotEqual(layers.build_breaches(path, text), [])

    def test_allowed_build_files(self):
        package = 'package(default_visibility = ["//core:__subpackages__", "//log:__subpackages__"])\n'
        for path, text in [
            ("core/util/BUILD", 'package(default_visibility = ["//visibility:public"])'),
            ("core/merkle/BUILD", package + 'x(name = "a", deps = ["//core/crypto", ":b"])'),
            ("log/BUILD", 'package(default_visibility = ["//log:__subpackages__"])\n'
             'candor_cc_binary(name = "candor-log", visibility = ["//visibility:public"])'),
        ]:
            with self.subTest(path=path, text=text):
                self.assertEqual(layers.build_breaches(path, text), [])


if __name__ == "__main__":
    unittest.main()
