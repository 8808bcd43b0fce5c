# SPDX-License-Identifier: Apache-2.0
"""What the counter says about reports that are not all well. run.sh runs it before it counts."""

import contextlib
import io
import json
import os
import sys
import tempfile
import unittest
from unittest import mock

import count_tests


def go(*events):
    """Lines of `go test -json`: "ACTION PACKAGE[:TEST]" each."""
    lines = []
    for event in events:
        action, where = event.split(" ", 1)
        package, _, test = where.partition(":")
        line = {"Action": action, "Package": "candor/tests/interop/" + package}
        if test:
            line["Test"] = test
        if action == "output":
            line["Output"] = "said by " + where + "\n"
        lines.append(json.dumps(line))
    return "\n".join(lines) + "\n"


PASSED = go("run a:T", "pass a:T", "pass a")


class CountTest(unittest.TestCase):

    def count(self, reports, *suites):
        """(exit code, what it printed)."""
        with tempfile.TemporaryDirectory() as folder:
            for name, content in reports.items():
                with open(os.path.join(folder, name), "w", encoding="utf-8") as file:
                    file.write(content)
            printed = io.StringIO()
            with mock.patch.object(sys, "argv", ["count_tests.py", folder, *suites]), \
                    contextlib.redirect_stdout(printed):
                code = count_tests.main()
        return code, printed.getvalue()

    def expect(self, passed, failed, reports, *suites, says=""):
        code, printed = self.count(reports, *suites)
        self.assertEqual(printed.splitlines()[-1], f"{passed} passed, {failed} failed", printed)
        self.assertEqual(code, 1 if failed or not passed else 0)
        self.assertIn(says, printed)

    def test_all_passed(self):
        self.expect(1, 0, {"go.json": PASSED}, "a")

    def test_only_cases_count(self):
        report = go("run a:T", "run a:T/x", "run a:T/x/y", "run a:T/z", "pass a:T/x/y", "pass a:T/x",
                    "pass a:T/z", "pass a:T", "pass a")
        self.expect(2, 0, {"go.json": report}, "a")

    def test_a_failed_case_and_what_it_said(self):
        report = go("run a:T", "run a:T/x", "output a:T/x", "fail a:T/x", "fail a:T", "run a:U",
                    "pass a:U", "fail a")
        self.expect(1, 1, {"go.json": report}, "a", says="said by a:T/x")

    def test_a_parent_that_failed_by_itself(self):
        report = go("run a:T", "run a:T/x", "pass a:T/x", "output a:T", "fail a:T", "fail a")
        self.expect(1, 1, {"go.json": report}, "a", says="said by a:T")

    def test_skipped(self):
        self.expect(1, 1, {"go.json": PASSED + go("run a:U", "skip a:U", "pass a")}, "a",
                    says="U (skip)")

    def test_a_suite_without_tests(self):
        self.expect(1, 1, {"go.json": PASSED + go("output b", "skip b")}, "a", "b",
                    says="the package (skip)")
        self.expect(1, 1, {"go.json": PASSED + go("pass b")}, "a", "b", says="no test ran")

    def test_a_missing_suite(self):
        self.expect(1, 1, {"go.json": PASSED}, "a", "b", says="b: the suite (no test ran)")
        self.expect(0, 1, {}, "a")
        self.expect(0, 1, {"node.tap": ""}, "node")

    def test_a_suite_that_is_not_listed(self):
        self.expect(2, 1, {"go.json": PASSED + go("run b:T", "pass b:T", "pass b")}, "a",
                    says="nobody asked")

    def test_what_does_not_build_or_ends_early(self):
        broken = json.dumps({"Action": "build-output", "ImportPath": "candor/tests/interop/b",
                             "Output": "b.go:1: no\n"}) + "\n" + go("fail b")
        self.expect(1, 1, {"go.json": PASSED + broken}, "a", "b", says="b.go:1: no")
        crashed = go("run b:T", "run b:U", "pass b:U", "output b:T", "fail b")
        self.expect(2, 1, {"go.json": PASSED + crashed}, "a", "b", says="T (not ended)")

    def test_tap(self):
        good = "TAP version 13\n# Subtest: s\n    ok 1 - x\n    ok 2 - y\nok 1 - s\nok 2 - z\n1..2\n"
        self.expect(3, 0, {"node.tap": good}, "node")
        self.expect(3, 1, {"node.tap": good + "not ok 3 - w\n  why: because\n"}, "node",
                    says="why: because")
        self.expect(3, 1, {"node.tap": good + "ok 3 - w # SKIP no time\n"}, "node", says="w (skip)")
        self.expect(3, 1, {"node.tap": good + "not ok 3 - w # TODO\n"}, "node", says="w (todo)")
        self.expect(4, 1, {"node.tap": good + "    ok 1 - x\nnot ok 3 - v\n"}, "node", says="v (fail)")


if __name__ == "__main__":
    unittest.main()
