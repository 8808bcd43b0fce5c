# SPDX-License-Identifier: Apache-2.0
"""A server that cannot start says why, exits non-zero, and leaves everything as it was."""

import hashlib
import json
import os
import shutil
import unittest

from cluster import CANDOR_LOG, CANDOR_WITNESS, PREFIX, ClusterTest, http
from process import run


def digest_of(folder):
    """Names and contents of everything below a folder."""
    digest = hashlib.sha256()
    for root, folders, files in os.walk(folder):
        folders.sort()
        for name in sorted(files):
            path = os.path.join(root, name)
            digest.update(os.path.relpath(path, folder).encode() + b"\0")
            with open(path, "rb") as file:
                digest.update(file.read())
    return digest.hexdigest()


class LogStartupTest(ClusterTest):
    START_LOG = False
    WITNESSES = 0

    def start_fails(self, text, folder=None, flags=()):
        folder = folder or self.cluster.path("log")
        before = digest_of(folder)
        code, out = run(self.cluster.log_command() + list(flags))
        self.assertNotEqual(code, 0, out)
        self.assertIn(text, out)
        self.assertEqual(digest_of(folder), before, "the folder was touched")

    def test_folder_held_by_another_process(self):
        self.cluster.start_log()
        code, out = run(self.cluster.log_command())
        self.assertNotEqual(code, 0)
        self.assertIn("another process", out)
        self.assertEqual(self.cluster.get("/healthz")[0], 200)

    def test_folder_of_another_origin(self):
        folder = self.cluster.path("log")
        before = digest_of(folder)
        code, out = run([CANDOR_LOG, "run", "--config", self.cluster.log_config(),
                         "--origin", "log.example/other", "--http-listen", "127.0.0.1:0",
                         "--grpc-listen", "127.0.0.1:0"])
        self.assertNotEqual(code, 0, out)
        self.assertIn("log.example/test", out)
        self.assertEqual(digest_of(folder), before, "the folder was touched")

    def test_damaged_store(self):
        self.cluster.start_log()
        self.cluster.log.terminate()
        store = self.cluster.path("log/store")
        damaged = 0
        for root, _, files in os.walk(store):
            for name in files:
                if name == "CURRENT":
                    with open(os.path.join(root, name), "w", encoding="utf-8") as file:
                        file.write("MANIFEST-999999\n")
                    damaged += 1
        self.assertEqual(damaged, 1)
        self.start_fails("damaged")

    def test_store_older_than_what_was_signed(self):
        backup = self.cluster.path("backup")
        shutil.copytree(self.cluster.path("log/store"), backup)
        self.cluster.start_log()
        _, key = self.cluster.enrol()
        self.cluster.log.terminate()
        shutil.rmtree(self.cluster.path("log/store"))
        shutil.copytree(backup, self.cluster.path("log/store"))
        self.cluster.start_log(wait_ready=False)
        status, _, body = self.cluster.get("/readyz")
        self.assertEqual(status, 503)
        self.assertIn("signed", body.decode())
        # It is not the submitter's fault, so its program keeps trying until its time is over.
        code, out = self.cluster.candor(
            "publish", self.cluster.write("a.img", b"a"), "--purl", PREFIX + "cam@1", "--key", key,
            "--log", self.cluster.url, "--timeout", "1s")
        self.assertEqual(code, 2, out)
        with open(self.cluster.path("a.img.dsse.json"), "rb") as file:
            status, _, body = http("POST", self.cluster.url + "/add", file.read())
        self.assertEqual((status, json.loads(body)["error"]["reason"]), (503, "STORE_BEHIND"), body)

    def test_key_that_others_can_read(self):
        os.chmod(self.cluster.path("log/keys/log.key"), 0o644)
        self.start_fails("log.key")

    def test_unknown_option_names_the_line(self):
        with open(self.cluster.log_config(), "a", encoding="utf-8") as file:
            file.write("no_such_option = 1\n")
        self.start_fails("no_such_option")

    def test_init_leaves_an_existing_folder_alone(self):
        before = digest_of(self.cluster.path("log"))
        code, out = run([CANDOR_LOG, "init", "--origin", "x.example", "--dir",
                         self.cluster.path("log")])
        self.assertNotEqual(code, 0)
        self.assertIn("exists", out)
        self.assertEqual(digest_of(self.cluster.path("log")), before)

    def test_port_in_use(self):
        self.cluster.start_log()
        port = self.cluster.url.rsplit(":", 1)[1]
        copy = self.cluster.path("copy")
        code, out = run([CANDOR_LOG, "init", "--origin", "y.example", "--dir", copy])
        self.assertEqual(code, 0, out)
        code, out = run([CANDOR_LOG, "run", "--config", copy + "/candor-log.conf",
                         "--http-listen", "127.0.0.1:" + port, "--grpc-listen", "127.0.0.1:0"])
        self.assertNotEqual(code, 0)
        self.assertIn(port, out)


class WitnessStartupTest(ClusterTest):
    START_LOG = False
    WITNESSES = 1
    QUORUM = 1

    def run_witness(self, *flags):
        witness = self.cluster.witnesses[0]
        return run([CANDOR_WITNESS, "run", "--config", witness.config(),
                    "--listen", "127.0.0.1:0", *flags])

    def test_folder_held_by_another_process(self):
        code, out = self.run_witness()
        self.assertNotEqual(code, 0)
        self.assertIn("another process", out)

    def test_key_that_others_can_read(self):
        witness = self.cluster.witnesses[0]
        witness.program.terminate()
        for root, _, files in os.walk(witness.dir):
            for name in files:
                if name.endswith(".key"):
                    os.chmod(os.path.join(root, name), 0o640)
        code, out = self.run_witness()
        self.assertNotEqual(code, 0)
        self.assertIn(".key", out)


if __name__ == "__main__":
    unittest.main()
