# SPDX-License-Identifier: Apache-2.0
"""Runs every command of README.md, in order, as a reader would type them.

The two commands that install and build (in the block marked `console`) are what starts this test.
"""

import ctypes
import fcntl
import os
import re
import shutil
import signal
import socket
import struct
import subprocess
import tempfile
import unittest

CLONE_NEWNET = 0x40000000
SIOCSIFFLAGS = 0x8914
IFF_UP = 0x1


def own_network():
    """README names fixed ports: give the commands a loopback of their own where that is allowed."""
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.unshare(CLONE_NEWNET) != 0:
        return
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        fcntl.ioctl(any_socket, SIOCSIFFLAGS, struct.pack("16sh", b"lo", IFF_UP))


def root():
    if "TEST_SRCDIR" in os.environ:
        return os.path.join(os.environ["TEST_SRCDIR"], os.environ["TEST_WORKSPACE"])
    return os.getcwd()


class ReadmeTest(unittest.TestCase):

    def setUp(self):
        with open(os.path.join(root(), "README.md"), encoding="utf-8") as file:
            self.text = file.read()
        folder = tempfile.TemporaryDirectory(prefix="candor-readme-")
        self.addCleanup(folder.cleanup)
        self.checkout = folder.name
        for program in ("client/cli/candor", "log/candor-log", "witness/candor-witness"):
            built = os.path.join(root(), program)
            if not os.path.exists(built):
                built = os.path.join(root(), "bazel-bin", program)
            target = os.path.join(self.checkout, "bazel-bin", program)
            os.makedirs(os.path.dirname(target), exist_ok=True)
            shutil.copy(built, target)

    def test_every_command(self):
        blocks = re.findall(r"^```(\w*)\n(.*?)^```$", self.text, re.M | re.S)
        self.assertEqual({kind for kind, _ in blocks}, {"sh", "console"})
        self.assertEqual(sum(1 for kind, _ in blocks if kind == "console"), 1)
        script = "set -eu -o pipefail\n" + "".join(body for kind, body in blocks if kind == "sh")
        shell = subprocess.Popen(
            ["bash", "-x", "-c", script], cwd=self.checkout, text=True, stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True)
        lines = []
        # The servers that it started hold the pipe open after it ended, so read until its last words.
        try:
            for line in shell.stdout:
                lines.append(line)
                if line.startswith("+ candor show"):
                    break
            code = shell.wait(timeout=120)
        finally:
            os.killpg(shell.pid, signal.SIGKILL)
        lines += shell.stdout.readlines()
        shell.stdout.close()
        out = "".join(lines)
        self.assertEqual(code, 0, out)
        self.assertIn("OK: cam-1.0.img", out)
        self.assertIn("enrolled acme.example", out)

    def test_links_lead_somewhere(self):
        for link in re.findall(r"\]\(([^)#]+)", self.text):
            if "://" not in link:
                self.assertTrue(os.path.exists(os.path.join(root(), link)), link)


if __name__ == "__main__":
    own_network()
    unittest.main()
