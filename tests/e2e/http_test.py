# SPDX-License-Identifier: Apache-2.0
"""HTTP as caches, browsers and other people's clients meet it, on the programs themselves."""

import gzip
import hashlib
import http.client
import unittest
import urllib.parse

from cluster import CANDOR_LOAD, ORIGIN, PREFIX, ClusterTest
from process import run

BUNDLE = "/tile/entries/000"
TILE = "/tile/0/000"


class Kept:
    """One connection for all requests: it fails when the server does not keep it."""

    def __init__(self, url):
        self._http = http.client.HTTPConnection(urllib.parse.urlsplit(url).netloc, timeout=60)
        self._http.connect()
        self._socket = self._http.sock

    def ask(self, method, path, body=None, **fields):
        """(status, header, body); a field's name has _ for -."""
        headers = {name.replace("_", "-"): value for name, value in fields.items()}
        self._http.putrequest(method, path, skip_accept_encoding=True)
        if body is not None:
            headers["Content-Length"] = str(len(body))
        for name, value in headers.items():
            self._http.putheader(name, value)
        self._http.endheaders(body)
        response = self._http.getresponse()
        answer = response.status, response.headers, response.read()
        assert self._http.sock is self._socket, f"{method} {path} ended the connection"
        return answer

    def status(self, method, path, **fields):
        return self.ask(method, path, **fields)[0]

    def close(self):
        self._http.close()


class HttpTest(ClusterTest):
    WITNESSES = 1
    QUORUM = 1

    def setUp(self):
        super().setUp()
        _, key = self.cluster.enrol()
        code, out = run([CANDOR_LOAD, "add", "--target", self.cluster.grpc, "--key", key,
                         "--purl-prefix", PREFIX, "--count", 300, "--wait-published"])
        self.assertEqual(code, 0, out)
        self.log = self.connect(self.cluster.url)
        self.witness = self.connect(self.cluster.witnesses[0].url)

    def connect(self, url):
        kept = Kept(url)
        self.addCleanup(kept.close)
        return kept

    def test_ranges_conditions_and_head(self):
        for path in ("/checkpoint", TILE, BUNDLE):
            with self.subTest(path):
                _, header, body = self.log.ask("GET", path)
                tag = header["ETag"]
                status, head, nothing = self.log.ask("HEAD", path)
                self.assertEqual((status, nothing), (200, b""))
                self.assertEqual(head["Content-Length"], str(len(body)))
                status, part, data = self.log.ask("GET", path, Range="bytes=5-9")
                self.assertEqual((status, data), (206, body[5:10]))
                self.assertEqual(part["Content-Range"], f"bytes 5-9/{len(body)}")
                self.assertEqual(self.log.ask("GET", path, Range="bytes=-3")[2], body[-3:])
                status, refused, _ = self.log.ask("GET", path, Range=f"bytes={len(body)}-")
                self.assertEqual((status, refused["Content-Range"]), (416, f"bytes */{len(body)}"))
                self.assertEqual(self.log.ask("GET", path, Range="bytes=0-1,3-4")[2], body)
                self.assertEqual(self.log.ask("GET", path, Range="bytes=0-1", If_Range='"x"')[2],
                                 body)
                self.assertEqual(self.log.status("GET", path, Range="bytes=0-1", If_Range=tag), 206)
                status, same, nothing = self.log.ask("GET", path, If_None_Match=tag)
                self.assertEqual((status, nothing), (304, b""))
                for name in ("ETag", "Cache-Control", "Vary"):
                    self.assertEqual(same[name], header[name])
                self.assertEqual(self.log.status("GET", path, If_Match='"x"'), 412)

    def test_compression_is_negotiated(self):
        _, header, plain = self.log.ask("GET", BUNDLE)
        self.assertEqual(header["Vary"], "Accept-Encoding")
        self.assertIsNone(header["Content-Encoding"])
        for accept in ("gzip", "br;q=1, GZIP;q=0.5", "*"):
            _, header, body = self.log.ask("GET", BUNDLE, Accept_Encoding=accept)
            self.assertEqual((header["Content-Encoding"], header["Vary"]),
                             ("gzip", "Accept-Encoding"))
            self.assertEqual(gzip.decompress(body), plain)
        for accept in ("identity", "gzip;q=0", "gzip;q=0.1, identity;q=0.9"):
            self.assertEqual(self.log.ask("GET", BUNDLE, Accept_Encoding=accept)[2], plain)

    def test_paths_are_taken_as_they_are(self):
        size = self.cluster.published_size()
        self.assertGreater(size, 256)
        for path in (TILE, TILE + ".p/255", f"/tile/0/001.p/{size - 256}", "/tile/1/000.p/1"):
            status, header, body = self.log.ask("GET", path)
            self.assertEqual(status, 200, path)
            self.assertEqual(header["Content-Type"], "application/octet-stream")
            self.assertEqual(header["Cache-Control"], "public, max-age=31536000, immutable")
            self.assertEqual(len(body), 32 * int(path.partition(".p/")[2] or 256))
        for path in ("/tile/0/000.p/0", "/tile/0/000.p/256", "/tile/0/000.p/01", "/tile/00/000",
                     "/tile/0/0", "/tile/0/x000/000", "/tile/0/%3000", "//tile/0/000",
                     "/tile/0//000", "/tile/0/../0/000", "/tile/0/000/", "/tile/64/000",
                     "/tile/0/x001/x234/067", "/tile/1/000", "/tile/0/002.p/1",
                     "/tile/entries/000.p/256", "/check%70oint", "/checkpoint/"):
            status, header, _ = self.log.ask("GET", path)
            self.assertEqual((status, header["Cache-Control"]), (404, "no-store"), path)

    def test_methods_and_pages_of_other_sites(self):
        for server, path, allow in (
                (self.log, "/checkpoint", "GET, HEAD, OPTIONS"), (self.log, "/add", "OPTIONS, POST"),
                (self.witness, "/add-checkpoint", "OPTIONS, POST")):
            status, header, _ = server.ask("DELETE", path)
            self.assertEqual((status, header["Allow"]), (405, allow))
            self.assertEqual(header["Access-Control-Allow-Origin"], "*")
            status, header, _ = server.ask(
                "OPTIONS", path, Origin="https://page.example",
                Access_Control_Request_Method="POST",
                Access_Control_Request_Headers="content-type")
            self.assertEqual((status, header["Access-Control-Allow-Methods"]), (204, allow))
            self.assertEqual(header["Access-Control-Allow-Origin"], "*")
            self.assertIn("Content-Type", header["Access-Control-Allow-Headers"])
        status, header, _ = self.log.ask("POST", "/add", body=b"{}")
        self.assertEqual((status, header["Access-Control-Allow-Origin"]), (400, "*"))
        self.assertIn("ETag", header["Access-Control-Expose-Headers"])

    def test_the_witness_answers_as_its_specification_says(self):
        path = f"/{hashlib.sha256(ORIGIN.encode()).hexdigest()}/checkpoint"
        status, header, note = self.witness.ask("GET", path)
        self.assertEqual((status, header["Content-Type"]), (200, "text/plain; charset=utf-8"))
        size = int(note.split(b"\n")[1])
        signature = note.index(b"\n\n") + 2
        signed = note[:note.index(b"\n", signature) + 1]  # without our own line
        status, header, body = self.witness.ask("POST", "/add-checkpoint",
                                                body=b"old 0\n\n" + signed)
        self.assertEqual((status, body), (409, b"%d\n" % size))
        self.assertEqual(header["Content-Type"], "text/x.tlog.size")
        # The log signs and sends larger trees only when something is added: the size stands.
        again = b"old %d\n" % size
        status, _, line = self.witness.ask("POST", "/add-checkpoint", body=again + b"\n" + signed)
        self.assertEqual(status, 200)
        self.assertTrue(line.startswith("— ".encode()) and line.endswith(b"\n"))
        self.assertEqual(line.count(b"\n"), 1)
        self.assertEqual(self.witness.ask("GET", path)[2], signed + line)
        changed = bytearray(signed)
        changed[-10] = ord("B" if changed[-10] == ord("A") else "A")
        proof = b"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n"
        for body, expected in (
                (b"old %d\n\n" % (size + 1) + signed, 400), (b"old 01\n\n" + signed, 400),
                (again + proof * 64 + b"\n" + signed, 400), (again + b"\n", 400),
                (again + b"\n" + bytes(changed), 403), (again + b"\nx" + signed, 404),
                (again + proof + b"\n" + signed, 422)):
            self.assertEqual(self.witness.ask("POST", "/add-checkpoint", body=body)[0], expected,
                             body[:20])
        self.assertEqual(self.witness.status("GET", path.upper()), 404)


if __name__ == "__main__":
    unittest.main()
