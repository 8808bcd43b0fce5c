#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Guards the wire API against changes that break callers of the last release.

  tests/proto/released_api.py check            compares proto/ with the last release
  tests/proto/released_api.py release VERSION  makes proto/ the new baseline; refuses when breaking

Exit codes: 0 compatible (or written), 1 breaking, 2 the files can not be read, 64 wrong usage.
"""

import os
import sys

import descriptor as pb
from api_listing import breaking_changes, facts, list_api

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
FILES = ["proto/candor/v1/log.proto", "proto/google/rpc/status.proto"]
BASELINE = os.path.join(HERE, "released_api.txt")

HEADER = """\
# The wire API of release {version}, one fact a line; api_listing.py explains the lines.
# Made by tests/proto/released_api.py release {version}. Not edited by hand: it is promised.
"""


def read_lines(path):
    with open(path, encoding="utf-8") as file:
        return file.read().splitlines()


def check(current, baseline, out):
    """Prints what is breaking; True when nothing is."""
    released = read_lines(baseline)
    problems = breaking_changes(released, current)
    for problem in problems:
        print(f"breaking: {problem}", file=out)
    if not problems:
        added = len(facts(current)) - len(facts(released))
        print(f"compatible with the last release; {added} facts were added", file=out)
    return not problems


def release(current, baseline, version, out):
    """Replaces the baseline unless that would break callers; True when it did."""
    if os.path.exists(baseline) and not check(current, baseline, out):
        print("the baseline stays as it is: give the changed API a new package instead", file=out)
        return False
    temporary = baseline + ".new"
    with open(temporary, "w", encoding="utf-8") as file:
        file.write(HEADER.format(version=version) + "\n".join(current) + "\n")
    os.replace(temporary, baseline)
    print(f"the baseline is release {version} now", file=out)
    return True


def main(arguments, root=ROOT, baseline=BASELINE, out=sys.stdout):
    command = arguments[:1]
    if (command == ["check"] and len(arguments) != 1) or (
            command == ["release"] and (len(arguments) != 2 or not is_version(arguments[1]))) or (
                command not in (["check"], ["release"])):
        print(__doc__, file=sys.stderr)
        return 64
    try:
        current = list_api(pb.compile_protos(root, FILES))
        if command == ["check"]:
            good = check(current, baseline, out)
        else:
            good = release(current, baseline, arguments[1], out)
    except (OSError, ValueError, pb.ProtoError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    return 0 if good else 1


def is_version(word):
    parts = word.split(".")
    return len(parts) in (2, 3) and all(part.isdigit() for part in parts)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
