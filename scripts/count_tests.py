#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Counts the test cases of one `bazel test` from its build event file.

usage: scripts/count_tests.py EVENTS.json

Prints the targets that did not pass and then `N passed, N failed`. A gtest target counts with its
cases, any other target counts as one. A target that was not built, crashed or timed out counts as
at least one failure. Exits 1 when anything failed or nothing passed.
"""

import json
import sys
import urllib.parse
import xml.etree.ElementTree


def read_events(path):
    with open(path, encoding="utf-8") as lines:
        return [json.loads(line) for line in lines if line.strip()]


def cases(result):
    """(passed, failed) of one run of one target."""
    ok = result.get("status") == "PASSED"
    passed = failed = 0
    for output in result.get("testActionOutput", []):
        if output.get("name") != "test.xml":
            continue
        path = urllib.parse.unquote(urllib.parse.urlparse(output["uri"]).path)
        try:
            root = xml.etree.ElementTree.parse(path).getroot()
        except (OSError, xml.etree.ElementTree.ParseError):
            continue
        for case in root.iter("testcase"):
            if case.get("status") == "notrun" or case.find("skipped") is not None:
                continue
            if case.find("failure") is not None or case.find("error") is not None:
                failed += 1
            else:
                passed += 1
    if ok:
        return max(passed, 1), failed
    return passed if failed else 0, max(failed, 1)


def main():
    results, broken, finished = {}, set(), False
    for event in read_events(sys.argv[1]):
        ident = event["id"]
        if "testResult" in event:
            run = ident["testResult"]
            # A later attempt of the same run replaces the earlier one.
            results[run["label"], run.get("run"), run.get("shard")] = event["testResult"]
        elif "targetCompleted" in ident and not event.get("completed", {}).get("success"):
            broken.add(ident["targetCompleted"]["label"])
        elif "testSummary" in event and event["testSummary"].get("overallStatus") == "NO_STATUS":
            broken.add(ident["testSummary"]["label"])
        elif "finished" in event:
            # 0 and 3 are "all built, all run"; 4 is "no test was asked for".
            finished = event["finished"].get("exitCode", {}).get("code", 0) in (0, 3, 4)

    passed = failed = 0
    for (label, _, _), result in sorted(results.items(), key=lambda item: item[0][0]):
        good, bad = cases(result)
        passed += good
        failed += bad
        if bad:
            print("FAILED: %s (%s)" % (label, result.get("status", "no status")))
    for label in sorted(broken - {label for label, _, _ in results}):
        failed += 1
        print("FAILED: %s (not built)" % label)
    if not finished and not failed:
        failed += 1
        print("FAILED: the build did not come to its end")
    print("%d passed, %d failed" % (passed, failed))
    return 0 if passed and not failed else 1


if __name__ == "__main__":
    sys.exit(main())
