# SPDX-License-Identifier: Apache-2.0
"""Acknowledged means durable: SIGKILL and SIGTERM under load."""

import unittest

from cluster import CANDOR_LOAD, PREFIX, ClusterTest
from process import START_SECONDS, Program, run


class CrashTest(ClusterTest):

    def setUp(self):
        super().setUp()
        _, self.key = self.cluster.enrol()
        self.acknowledged = self.cluster.path("acknowledged")

    def load(self, run_name, count=20_000):
        return Program([CANDOR_LOAD, "add", "--target", self.cluster.grpc, "--key", self.key,
                        "--purl-prefix", PREFIX, "--count", count, "--in-flight", 64,
                        "--run", run_name, "--acknowledged", self.acknowledged])

    def acknowledged_indexes(self):
        try:
            with open(self.acknowledged, encoding="utf-8") as file:
                text = file.read()
        except FileNotFoundError:
            return []
        # The file is being written: what follows the last newline is a line's first half. Reading
        # line by line would hand out the second half as a line of its own.
        return [int(line.split()[0]) for line in text.split("\n")[:-1]]

    def monitor(self):
        return self.expect(0, "", "monitor", "--log", self.cluster.url, "--policy",
                           self.cluster.policy, "--state", self.cluster.path("monitor"), "--once")

    def check_everything_is_there(self):
        indexes = self.acknowledged_indexes()
        self.assertEqual(len(set(indexes)), len(indexes), "an index was given twice")
        self.cluster.wait_until(lambda: self.cluster.published_size() > max(indexes))
        code, out = run([CANDOR_LOAD, "check", "--target", self.cluster.grpc,
                         "--acknowledged", self.acknowledged])
        self.assertEqual(code, 0, out)
        self.monitor()

    def test_sigkill_under_load(self):
        self.monitor()
        for round_number in range(3):
            wanted = len(self.acknowledged_indexes()) + 200
            load = self.load(f"kill{round_number}")
            self.addCleanup(load.close)
            self.cluster.wait_until(lambda: len(self.acknowledged_indexes()) >= wanted)
            self.cluster.log.kill()
            load.process.wait(timeout=START_SECONDS)
            self.cluster.start_log()
            self.check_everything_is_there()

    def test_sigterm_under_load_is_a_clean_stop(self):
        load = self.load("term")
        self.addCleanup(load.close)
        self.cluster.wait_until(lambda: len(self.acknowledged_indexes()) >= 200)
        self.assertEqual(self.cluster.log.terminate(), 0, self.cluster.log.output())
        load.process.wait(timeout=START_SECONDS)
        self.cluster.start_log()
        self.check_everything_is_there()

    def test_witness_survives_sigkill(self):
        witness = self.cluster.witnesses[0]
        witness.program.kill()
        witness.start()
        code, out = run([CANDOR_LOAD, "add", "--target", self.cluster.grpc, "--key", self.key,
                         "--purl-prefix", PREFIX, "--count", 1, "--wait-published"])
        self.assertEqual(code, 0, out)
        size = self.cluster.published_size()

        def cosigned():
            return (b"w1.example" in self.cluster.get("/checkpoint")[2] and
                    self.cluster.published_size() >= size)
        self.cluster.wait_until(cosigned)


if __name__ == "__main__":
    unittest.main()
