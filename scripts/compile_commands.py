#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes compile_commands.json from Bazel's own compile actions, for clang-tidy and editors.

usage: scripts/compile_commands.py [BAZEL_OPTION...]

The paths are made absolute where they leave the source tree, so that the file works from the
repository's root whatever output base was used. Generated headers must have been built before.
"""

import json
import os
import subprocess
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
SOURCES = (".cc", ".cpp")
DROPPED = {"-MD", "-c", "-fno-canonical-system-headers", "-Wno-free-nonheap-object"}
DROPPED_WITH_VALUE = {"-MF", "-o"}


def bazel(arguments):
    return subprocess.run(
        ["bazel"] + startup_options() + arguments,
        cwd=ROOT, check=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE).stdout.decode()


def startup_options():
    return os.environ.get("CANDOR_BAZEL_STARTUP", "").split()


def absolute(argument, output_base, output_path):
    """Points an argument's path into Bazel's output tree instead of the execution root."""
    for prefix, base in (("bazel-out/", output_path + "/"), ("external/", output_base + "/external/")):
        for option in ("", "-I", "-iquote", "-isystem"):
            if argument.startswith(option + prefix):
                return option + base + argument[len(option) + len(prefix):]
    return argument


def command_of(action, output_base, output_path):
    arguments, result, skip = action["arguments"], [], False
    for argument in arguments:
        if skip:
            skip = False
        elif argument in DROPPED_WITH_VALUE:
            skip = True
        elif argument not in DROPPED:
            result.append(absolute(argument, output_base, output_path))
    return result


def main():
    output_base = bazel(["info", "output_base"]).strip()
    output_path = bazel(["info", "output_path"]).strip()
    answer = bazel(["aquery", "--output=jsonproto"] + sys.argv[1:] +
                   ['mnemonic("CppCompile", //...)'])
    commands = {}
    for action in json.loads(answer)["actions"]:
        source = action["arguments"][action["arguments"].index("-c") + 1]
        if source.endswith(SOURCES) and not source.startswith(("bazel-out/", "external/")):
            commands[source] = {
                "directory": ROOT,
                "file": source,
                "arguments": command_of(action, output_base, output_path),
            }
    with open(os.path.join(ROOT, "compile_commands.json"), "w") as out:
        json.dump([commands[source] for source in sorted(commands)], out, indent=1)
        out.write("\n")


if __name__ == "__main__":
    try:
        main()
    except subprocess.CalledProcessError as error:
        sys.stderr.write(error.stderr.decode())
        sys.exit(1)
