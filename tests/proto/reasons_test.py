# SPDX-License-Identifier: Apache-2.0
"""The reasons of errors that callers are told are those that the sources give, and the other way."""

import os
import re
import unittest

# The source tree itself: this test runs outside of the sandbox.
ROOT = os.path.dirname(os.path.realpath(
    os.path.join(os.environ["TEST_SRCDIR"], os.environ["TEST_WORKSPACE"], "WORKSPACE")))

WORD = r"[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+"
# Whatever a submission or a read runs through: each reason in these must be documented.
REACHABLE = """
    core/attest/admit.cc core/attest/content.cc core/attest/dsse.cc core/attest/json.cc
    core/attest/key_acceptance.cc core/attest/names.cc core/attest/predicates.cc
    core/attest/purl_prefix.cc core/attest/purl_text.cc core/attest/registry_entries.cc
    core/attest/resolve.cc core/attest/scope.cc core/attest/statement.cc
    core/attest/statement_purls.cc core/attest/submission_policy.cc
    base/http_finish.cc base/http_router.cc base/http_wire.cc base/thread_pool.cc
    log/publisher/publish_waiters.cc log/sequencer/inbox.cc log/sequencer/sequencer.cc
    log/service/add_call.cc log/service/add_pipeline.cc log/service/http_service.cc
    log/service/log_queries.cc log/service/participant_limiter.h log/service/wire.cc
    log/service/wire.h
""".split()
# What can not reach a caller of the API, and why.
NOT_TOLD = {
    "INLINE_RULE",               # entries are built by the log itself
    "KEY_ALGORITHM_MISMATCH",    # the same
    "PAYLOAD_MISMATCH",          # for readers of entries
    "PAYLOAD_MISSING",           # the same
    "CANCELLED",                 # the caller is gone
}
NOT_REASONS = {
    "ALREADY_EXISTS", "DATA_LOSS", "DEADLINE_EXCEEDED", "FAILED_PRECONDITION", "INVALID_ARGUMENT",
    "NOT_FOUND", "OUT_OF_RANGE", "PERMISSION_DENIED", "RESOURCE_EXHAUSTED", "WAIT_FOR_UNSPECIFIED",
    "WAIT_FOR_SEQUENCED", "WAIT_FOR_PUBLISHED",
}


def read(path):
    with open(os.path.join(ROOT, path), encoding="utf-8") as file:
        return file.read()


def product_sources():
    for folder in ("base", "core", "log"):
        for here, _, files in os.walk(os.path.join(ROOT, folder)):
            for name in files:
                if name.endswith((".cc", ".h")) and "_test" not in name and "testing" not in name:
                    yield os.path.relpath(os.path.join(here, name), ROOT)


class ReasonsTest(unittest.TestCase):

    def setUp(self):
        text = read("proto/candor/v1/log.proto") + read("docs/api.md")
        self.documented = set(re.findall(rf"\b{WORD}\b", text)) - NOT_REASONS
        self.assertGreater(len(self.documented), 50)

    def test_every_documented_reason_is_given_somewhere(self):
        given = set()
        for path in product_sources():
            given.update(re.findall(rf'"({WORD})"', read(path)))
        self.assertEqual(sorted(self.documented - given), [])

    def test_every_reason_that_callers_may_get_is_documented(self):
        for path in REACHABLE:
            with self.subTest(path):
                reasons = set(re.findall(rf'"({WORD})"', read(path))) - NOT_TOLD - NOT_REASONS
                self.assertEqual(sorted(reasons - self.documented), [])


if __name__ == "__main__":
    unittest.main()
