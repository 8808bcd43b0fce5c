#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Counts the test cases of the interoperability suites.

usage: tests/interop/count_tests.py FOLDER SUITE...

FOLDER holds the reports: *.json of `go test -json`, *.tap of `node --test --test-reporter=tap`,
named as its suite. Prints what the failed tests said, a line for each suite, and last
`N passed, N failed`. A case is a test without subtests. A skipped case, a suite without cases, and
a suite that was not asked for count as failures. Exits 1 when anything failed.
"""

import collections
import json
import os
import re
import sys

TAP = re.compile(r"^( *)(not ok|ok) \d+ - (.*?)( # (SKIP|TODO).*)?$")


class Suite:
    def __init__(self):
        self.passed = []
        self.wrong = []  # (name, what it said)

    def add(self, name, verdict, said):
        if verdict == "pass":
            self.passed.append(name)
        else:
            self.wrong.append((name + " (" + verdict + ")", said))


def read_go(path, suites):
    """A package is a suite, named by the last part of its path."""
    verdicts = collections.defaultdict(dict)  # suite -> test -> verdict
    said = collections.defaultdict(list)
    with open(path, encoding="utf-8", errors="replace") as lines:
        for line in lines:
            if not line.startswith("{"):
                continue
            event = json.loads(line)
            package = event.get("Package") or event.get("ImportPath", "").split(" ")[0]
            suite, test = package.rsplit("/", 1)[-1], event.get("Test", "")
            if event["Action"] in ("output", "build-output"):
                said[suite, test].append(event["Output"])
            elif event["Action"] in ("pass", "fail", "skip"):
                verdicts[suite][test] = event["Action"]
            elif event["Action"] == "build-fail":
                verdicts[suite][""] = "fail"
            elif event["Action"] == "run":
                verdicts[suite][test] = "not ended"
    for suite, tests in verdicts.items():
        parents = {test.rsplit("/", n)[0] for test in tests for n in range(1, test.count("/") + 1)}
        bad = [test for test, verdict in tests.items() if test and verdict != "pass"]
        for test, verdict in tests.items():
            below = test + "/" if test else ""
            if test and test not in parents:
                pass
            elif verdict == "pass" or any(other != test and other.startswith(below) for other in bad):
                continue  # its cases speak for it
            suites[suite].add(test or "the package", verdict, "".join(said[suite, test]))
        # What a parent of a failed case said, its servers' output for instance, belongs to it.
        for test in sorted(parents):
            if tests.get(test) == "fail":
                print("%s %s said:\n%s" % (suite, test, "".join(said[suite, test])))


def read_tap(path, suite):
    """Subtests are indented and come before the line of the test that they belong to."""
    pending, said = [], []  # (depth, name, verdict, what it said) of what may turn out to be a case
    cases = []
    with open(path, encoding="utf-8", errors="replace") as lines:
        for line in lines:
            found = TAP.match(line.rstrip("\n"))
            if not found:
                if pending:
                    pending[-1][3].append(line)
                continue
            depth = len(found.group(1))
            verdict = "pass" if found.group(2) == "ok" else "fail"
            if found.group(5):
                verdict = found.group(5).lower()
            below = [entry for entry in pending if entry[0] > depth]
            pending = [entry for entry in pending if entry[0] <= depth]
            cases += below
            if below and (verdict == "pass" or any(entry[2] != "pass" for entry in below)):
                continue  # its cases speak for it
            pending.append((depth, found.group(3), verdict, []))
    for _, name, verdict, said in cases + pending:
        suite.add(name, verdict, "".join(said))


def main():
    folder, expected = sys.argv[1], sys.argv[2:]
    suites = collections.defaultdict(Suite)
    for name in sorted(os.listdir(folder)):
        path = os.path.join(folder, name)
        if name.endswith(".json"):
            read_go(path, suites)
        elif name.endswith(".tap"):
            read_tap(path, suites[name[:-len(".tap")]])
    for name in expected:
        if not suites[name].passed and not suites[name].wrong:
            suites[name].add("the suite", "no test ran", "")
    for name in sorted(set(suites) - set(expected)):
        if suites[name].passed or suites[name].wrong:
            suites[name].add("the suite", "nobody asked for it", "")

    passed = failed = 0
    for name, suite in suites.items():
        for test, said in suite.wrong:
            print("FAILED: %s: %s\n%s" % (name, test, said))
    for name, suite in suites.items():
        passed += len(suite.passed)
        failed += len(suite.wrong)
        print("%-16s %4d passed, %d failed" % (name, len(suite.passed), len(suite.wrong)))
    print("%d passed, %d failed" % (passed, failed))
    return 0 if passed and not failed else 1


if __name__ == "__main__":
    sys.exit(main())
