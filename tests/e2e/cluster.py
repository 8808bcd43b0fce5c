# SPDX-License-Identifier: Apache-2.0
"""A log with witnesses, as real processes on loopback ports that the system chose."""

import json
import os
import ssl
import tempfile
import time
import unittest
import urllib.error
import urllib.request

from process import START_SECONDS, Program, run, runfile

CANDOR = runfile("client/cli/candor")
CANDOR_LOG = runfile("log/candor-log")
CANDOR_WITNESS = runfile("witness/candor-witness")
CANDOR_LOAD = runfile("tests/bench/candor-load")

ORIGIN = "log.example/test"
PREFIX = "pkg:generic/acme.example/"


def http(method, url, body=None, headers=None, tls=None):
    """(status, headers, body) of one request, also when the status is an error's."""
    request = urllib.request.Request(url, data=body, method=method, headers=headers or {})
    try:
        with urllib.request.urlopen(request, timeout=START_SECONDS, context=tls) as response:
            return response.status, dict(response.headers), response.read()
    except urllib.error.HTTPError as error:
        return error.code, dict(error.headers), error.read()


class Witness:
    def __init__(self, folder, number, log_vkey):
        self.dir = os.path.join(folder, f"w{number}")
        self.name = f"w{number}.example"
        self.port_file = os.path.join(folder, f"w{number}.port")
        self.listen = "127.0.0.1:0"
        self.program = None
        code, out = run([CANDOR_WITNESS, "init", "--dir", self.dir, "--name", self.name,
                         "--log", log_vkey])
        assert code == 0, out
        code, out = run([CANDOR_WITNESS, "vkey", "--config", self.config()])
        assert code == 0, out
        self.vkey = out.strip()

    def config(self):
        return os.path.join(self.dir, "candor-witness.conf")

    def command(self):
        return [CANDOR_WITNESS, "run", "--config", self.config(), "--listen", self.listen,
                "--port-file", self.port_file]

    def start(self, flags=()):
        self.program = Program([*self.command(), *flags])
        self.program.wait_for_line("listening on")
        with open(self.port_file, encoding="utf-8") as file:
            self.listen = f"127.0.0.1:{json.load(file)['http']}"

    @property
    def url(self):
        return "http://" + self.listen


class Cluster:
    """Everything lives in one folder; `close` ends every process."""

    def __init__(self, witnesses=3, quorum=2):
        self._folder = tempfile.TemporaryDirectory(prefix="candor-e2e-")
        self.dir = self._folder.name
        self.programs = []
        self.log = None
        self.extra_log_flags = []
        self.tls = None
        self.ca = []
        code, out = run([CANDOR_LOG, "init", "--origin", ORIGIN, "--dir", self.path("log")])
        assert code == 0, out
        code, out = run([CANDOR_LOG, "vkey", "--config", self.log_config()])
        assert code == 0, out
        self.log_vkey = out.strip()
        self.witnesses = [Witness(self.dir, n + 1, self.log_vkey) for n in range(witnesses)]
        for witness in self.witnesses:
            witness.start()
            self.programs.append(witness)
        self.policy = self.write("trust.policy", self._policy(quorum))

    def path(self, name):
        return os.path.join(self.dir, name)

    def write(self, name, content):
        mode = "wb" if isinstance(content, bytes) else "w"
        with open(self.path(name), mode) as file:
            file.write(content)
        return self.path(name)

    def log_config(self):
        return self.path("log/candor-log.conf")

    def _policy(self, quorum):
        lines = [f"log {self.log_vkey}"]
        for n, witness in enumerate(self.witnesses, 1):
            lines.append(f"witness w{n} {witness.vkey} {witness.url}")
        if self.witnesses:
            names = " ".join(f"w{n + 1}" for n in range(len(self.witnesses)))
            lines += [f"group quorum-group {quorum} {names}", "quorum quorum-group"]
        else:
            lines.append("quorum none")
        return "\n".join(lines) + "\n"

    def log_command(self):
        return [CANDOR_LOG, "run", "--config", self.log_config(), "--policy", self.policy,
                "--http-listen", "127.0.0.1:0", "--grpc-listen", "127.0.0.1:0",
                "--port-file", self.path("log.port")] + self.extra_log_flags

    def start_log(self, wait_ready=True):
        self.log = Program(self.log_command())
        self.log.wait_for_line("listening on")
        with open(self.path("log.port"), encoding="utf-8") as file:
            ports = json.load(file)
        scheme = "https" if self.tls else "http"
        self.url = f"{scheme}://127.0.0.1:{ports['http']}"
        self.grpc = f"127.0.0.1:{ports['grpc']}"
        if wait_ready:
            self.wait_until(lambda: self.get("/readyz")[0] == 200)

    def wait_until(self, condition, seconds=START_SECONDS):
        """For what other processes will do soon. A request between two looks paces it."""
        deadline = time.monotonic() + seconds
        while not condition():
            if time.monotonic() > deadline:
                raise AssertionError(f"it did not happen within {seconds} s")
            self.get("/healthz")

    def get(self, path):
        return http("GET", self.url + path, tls=self.tls)

    def use_tls(self, certificate):
        """The log speaks TLS with this certificate from its next start on."""
        self.tls = ssl.create_default_context(cafile=certificate)
        self.ca = ["--ca", certificate]

    def published_size(self):
        status, _, body = self.get("/checkpoint")
        return int(body.split(b"\n")[1]) if status == 200 else 0

    def candor(self, *args, **options):
        return run([CANDOR, *args], **options)

    def keygen(self, name, algorithm="ed25519"):
        code, out = self.candor("keygen", "--out", self.path(name), "--alg", algorithm)
        assert code == 0, out
        return self.path(name)

    def enrol(self, participant="acme.example", prefix=PREFIX, key=None, flags=()):
        """Enrols a vendor; answers the paths of its root and signing keys."""
        root = self.keygen(participant + "-root.key")
        signing = key or self.keygen(participant + ".key")
        request = self.path(participant + ".request")
        approved = self.path(participant + ".approved")
        steps = [
            ("enroll", "request", "--log-origin", ORIGIN, "--participant", participant,
             "--role", "vendor", "--root-key", root, "--signing-key", signing,
             "--predicate", "release", "--purl-prefix", prefix, "--out", request, *flags),
            ("enroll", "approve", "--registrar-key", self.path("log/keys/registrar.key"), "--yes",
             "--out", approved, request),
            ("enroll", "submit", "--log", self.url, *self.ca, approved),
        ]
        for step in steps:
            code, out = self.candor(*step)
            assert code == 0, out
        return root, signing

    def participants(self, participant, prefix, public_key):
        with open(public_key, encoding="utf-8") as file:
            spki = "".join(line.strip() for line in file if not line.startswith("-"))
        return self.write("participants.txt",
                          f"participant {participant}\nkey signing {spki}\nallow {prefix}\n")

    def close(self):
        if self.log is not None:
            self.log.close()
        for witness in self.witnesses:
            witness.program.close()
        self._folder.cleanup()


class ClusterTest(unittest.TestCase):
    """One cluster a test; the log is started unless START_LOG is False."""

    WITNESSES = 3
    QUORUM = 2
    START_LOG = True

    def setUp(self):
        self.cluster = Cluster(self.WITNESSES, self.QUORUM)
        self.addCleanup(self.cluster.close)
        if self.START_LOG:
            self.cluster.start_log()

    def expect(self, code, text, *command, **options):
        """Runs `candor`; its exit code and a part of what it says must be these."""
        got, out = self.cluster.candor(*command, **options)
        self.assertEqual(got, code, out)
        self.assertIn(text, out)
        return out
