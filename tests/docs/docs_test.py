# SPDX-License-Identifier: Apache-2.0
"""The documentation names only what is there: tests, files, pages."""

import os
import re
import unittest

# The source tree itself: this test runs outside of the sandbox.
ROOT = os.path.dirname(os.path.realpath(
    os.path.join(os.environ["TEST_SRCDIR"], os.environ["TEST_WORKSPACE"], "WORKSPACE")))
DOCS = os.path.join(ROOT, "docs")


def read(*path):
    with open(os.path.join(ROOT, *path), encoding="utf-8") as file:
        return file.read()


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
            for folder, target in re.findall(r"`([a-z_/]+):([a-z_]+_test)`", text):
                self.assertIn(f'"{target}"', read(folder, "BUILD"), f"{name}: {folder}:{target}")
                named += 1
        self.assertGreater(named, 20)


if __name__ == "__main__":
    unittest.main()
