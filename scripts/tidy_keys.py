#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Prints `KEY FILE` for each source named on standard input.

The key changes whenever clang-tidy's answer could: with the source, every header of the repository that
it reaches, the configuration, the compile command, and the installed packages.
"""

import hashlib
import json
import os
import re
import subprocess
import sys

INCLUDE = re.compile(r'^\s*#\s*include\s+"([^"]+)"', re.M)


def digest(text):
    return hashlib.sha256(text.encode("utf-8", "surrogateescape")).hexdigest()


def read(path):
    with open(path, encoding="utf-8", errors="surrogateescape") as file:
        return file.read()


class Tree:
    """The repository's files and what they include, each read once."""

    def __init__(self):
        self._files = {}

    def _load(self, path):
        if path not in self._files:
            text = read(path)
            includes = [name for name in INCLUDE.findall(text) if os.path.exists(name)]
            self._files[path] = (digest(text), includes)
        return self._files[path]

    def closure(self, source):
        """The digests of the source and of all it reaches, in a fixed order."""
        seen, waiting = set(), [source]
        while waiting:
            path = waiting.pop()
            if path not in seen:
                seen.add(path)
                waiting.extend(self._load(path)[1])
        return [f"{path} {self._load(path)[0]}" for path in sorted(seen)]


def main():
    packages = subprocess.run(["dpkg-query", "-W"], stdout=subprocess.PIPE, text=True, check=True)
    commands = {}
    for entry in json.loads(read("compile_commands.json")):
        words = entry.get("arguments") or entry["command"].split()
        # Paths of this checkout's build folders do not matter.
        commands[entry["file"]] = " ".join(word for word in words if "/" not in word)
    generated = digest("".join(read(path) for path in sorted(
        subprocess.run(["git", "ls-files", "*.proto", "third_party"], stdout=subprocess.PIPE,
                       text=True, check=True).stdout.split())))
    common = [digest(packages.stdout), digest(read(".clang-tidy")), digest(read("scripts/lint.sh")),
              generated]
    tree = Tree()
    for source in sys.stdin.read().split():
        parts = common + [commands.get(source, "")] + tree.closure(source)
        print(digest("\n".join(parts)), source)


if __name__ == "__main__":
    main()
