# SPDX-License-Identifier: Apache-2.0
"""The documentation names only what is there: tests, files, pages."""

import os
import re
import unittest

# The source tree itself: this test runs outside of the sandbox.
ROOT = os.path.dirname(os.path.realpath(
    os.path.join(os.environ["TEST_SRCDIR"], os.environ["TEST_WORKSPACE"], "WORKSPACE")))
DOCS = os.path.join(ROOT, "docs")


SKIPPED = ("bazel-", "third_party", ".git", "node_modules")


def read(*path):
    with open(os.path.join(ROOT, *path), encoding="utf-8") as file:
        return file.read()


def sources(folder=""):
    """Paths below the folder, relative to the root."""
    for here, folders, files in os.walk(os.path.join(ROOT, folder)):
        folders[:] = [name for name in folders if not name.startswith(SKIPPED)]
        for name in files:
            yield os.path.relpath(os.path.join(here, name), ROOT)


class DocsTest(unittest.TestCase):

    def pages(self):
        names = sorted(name for name in os.listdir(DOCS) if name.endswith(".md"))
        self.assertIn("README.md", names)
        return {name: read("docs", name) for name in names}

    def test_the_index_has_every_page(self):
        pages = self.pages()
        for name in pages:
            if name != "README.md":
                self.assertIn(f"]({name})", pages["README.md"])

    def test_links_lead_somewhere(self):
        for name, text in self.pages().items():
            for link in re.findall(r"\]\(([^)#]+)", text):
                if "://" not in link:
                    self.assertTrue(os.path.exists(os.path.join(DOCS, link)), f"{name}: {link}")

    def test_every_test_that_is_named_exists(self):
        """`folder:name_test` is a target of that folder's BUILD file."""
        named = 0
        for name, text in self.pages().items():
            for folder, target in re.findall(r"`([a-z0-9_/]+):([a-z0-9_]+_test)`", text):
                self.assertIn(f'"{target}"', read(folder, "BUILD"), f"{name}: {folder}:{target}")
                named += 1
        self.assertGreater(named, 20)

    def test_every_test_case_that_is_named_exists(self):
        """`name_test.Case`, with `folder:` before it where two tests have one name."""
        tests = {}
        for path in sources():
            stem, extension = os.path.splitext(path)
            if stem.endswith("_test") and extension in (".cc", ".py"):
                tests.setdefault(os.path.basename(stem), []).append(path)
        named = 0
        for name, text in self.pages().items():
            for folder, test, case in re.findall(
                    r"`(?:([a-z0-9_/]+):)?([a-z0-9_]+_test)\.(\w+)`", text):
                named += 1
                with self.subTest(page=name, test=f"{folder}:{test}.{case}"):
                    where = [path for path in tests.get(test, [])
                             if not folder or os.path.dirname(path) == folder]
                    self.assertEqual(len(where), 1, where)
                    self.assertRegex(read(where[0]), rf"(?:, |def ){case}[()]")
        self.assertGreater(named, 100)

    def test_every_go_test_that_is_named_exists(self):
        """`tests/interop/folder.TestName`."""
        for name, text in self.pages().items():
            for folder, case in re.findall(r"`(tests/interop/[a-z0-9_/]+)\.(Test\w+)`", text):
                self.assertTrue(
                    any(f"func {case}(" in read(path)
                        for path in sources(folder) if path.endswith("_test.go")),
                    f"{name}: {folder}.{case}")

    def test_every_test_file_that_is_named_exists(self):
        for name, text in self.pages().items():
            for path in re.findall(r"`(tests/[\w/.-]+\.(?:mjs|py|sh))`", text):
                self.assertTrue(os.path.exists(os.path.join(ROOT, path)), f"{name}: {path}")


if __name__ == "__main__":
    unittest.main()
