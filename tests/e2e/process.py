# SPDX-License-Identifier: Apache-2.0
"""Starts our programs and talks to them. Nothing here sleeps: it waits for a line, a file or an exit."""

import os
import queue
import signal
import subprocess
import threading

# Only a hang takes so long: sanitizers on a busy machine are slow.
START_SECONDS = 240


class Program:
    """A running server. Its output is kept; `wait_for_line` blocks until it says something."""

    def __init__(self, argv, env=None):
        self.argv = [str(a) for a in argv]
        self.lines = []
        self._queue = queue.Queue()
        self.process = subprocess.Popen(
            self.argv, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=env)
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self):
        for line in self.process.stdout:
            self._queue.put(line.rstrip("\n"))
        self._queue.put(None)

    def wait_for_line(self, part, seconds=START_SECONDS):
        """The first line with `part` that was not handed out yet."""
        while True:
            try:
                line = self._queue.get(timeout=seconds)
            except queue.Empty:
                raise AssertionError(f"{self.argv[0]} did not say {part!r}: {self.lines}") from None
            if line is None:
                raise AssertionError(f"{self.argv[0]} ended before it said {part!r}: {self.lines}")
            self.lines.append(line)
            if part in line:
                return line

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait(timeout=START_SECONDS)
        self.close()

    def terminate(self):
        """SIGTERM; answers the exit code."""
        self.process.send_signal(signal.SIGTERM)
        code = self.process.wait(timeout=START_SECONDS)
        self.close()
        return code

    def output(self):
        """Everything it said, after it ended."""
        self._reader.join(timeout=START_SECONDS)
        while not self._queue.empty():
            line = self._queue.get()
            if line is not None:
                self.lines.append(line)
        return "\n".join(self.lines)

    def close(self):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait(timeout=START_SECONDS)
        self._reader.join(timeout=START_SECONDS)
        if not self.process.stdout.closed:
            self.process.stdout.close()


def run(argv, seconds=START_SECONDS, **options):
    """Runs to the end; answers (exit code, everything it printed)."""
    done = subprocess.run(
        [str(a) for a in argv], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        stdin=subprocess.DEVNULL, timeout=seconds, check=False, **options)
    return done.returncode, done.stdout


def runfile(path):
    """A file that Bazel built for this test, by its path in the repository."""
    root = os.environ.get("TEST_SRCDIR")
    if root is None:
        return os.path.abspath(os.path.join("bazel-bin", path))
    return os.path.join(root, os.environ["TEST_WORKSPACE"], path)
