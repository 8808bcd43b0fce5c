// SPDX-License-Identifier: Apache-2.0
#include "core/attest/duplicates.h"

#include <optional>
#include <string>
#include <vector>

#include "core/attest/testing.h"
#include "gtest/gtest.h"

namespace candor {
namespace {

TEST(DuplicatesTest, Rule) {
  const KeyHash a{Sha256("a")};
  const KeyHash b{Sha256("b")};
  const KeyHash c{Sha256("c")};
  const std::vector<LoggedKey> logged = {{Sha256("s"), b, 7}, {Sha256("s"), a, 3}};
  using Keys = std::vector<KeyHash>;
  const struct {
    Keys accepted;
    Keys verified;
    std::optional<uint64_t> index;
  } cases[] = {
      {{a}, {a}, 3},
      {{b}, {b}, 7},
      {{a, b}, {a, b}, 3},
      {{c}, {c}, std::nullopt},
      {{a, c}, {a, c}, std::nullopt},  // c is new: a new entry.
      {{}, {b}, 7},                    // Revoked since: still a retry.
      {{}, {c}, std::nullopt},
      {{b}, {a, b}, 3},
  };
  for (const auto& each : cases) {
    EXPECT_EQ(DuplicateOf(logged, each.accepted, each.verified), each.index);
  }
  EXPECT_EQ(DuplicateOf({}, Keys{a}, Keys{a}), std::nullopt);
}

TEST(DuplicatesTest, RetriesAreFoundAlsoAfterRevocation) {
  TestLog log;
  log.AddVendor();
  DsseEnvelope envelope = TestEnvelope(TestRelease("pkg:generic/acme.example/a@1"), {&log.signing});
  absl::StatusOr<Resolution> first = Resolve(envelope, log.registry);
  ASSERT_TRUE(first.ok() && first->entry.has_value()) << first.status();
  EXPECT_EQ(*FindDuplicate(log.registry, *first), std::nullopt);
  log.registry.Commit(*Apply(log.registry, *first->entry, first->content, 2));
  EXPECT_EQ(*FindDuplicate(log.registry, *first), 2u);

  KeyHash hash = log.signing.public_key().key_hash();
  KeyRecord record = **log.registry.FindKey(hash);
  record.revoked_at = 3;
  log.registry.Commit({.rows = {{KeyRowKey(hash), EncodeKeyRecord(record)}}, .logged = {}});
  absl::StatusOr<Resolution> retry = Resolve(envelope, log.registry);
  ASSERT_TRUE(retry.ok()) << retry.status();
  EXPECT_FALSE(retry->entry.has_value());
  EXPECT_EQ(*FindDuplicate(log.registry, *retry), 2u);
}

}  // namespace
}  // namespace candor
