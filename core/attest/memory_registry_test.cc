// SPDX-License-Identifier: Apache-2.0
#include "core/attest/memory_registry.h"

#include <string>
#include <vector>

#include "core/attest/testing.h"
#include "gtest/gtest.h"

namespace candor {
namespace {

TEST(MemoryRegistryTest, GetsAndScans) {
  MemoryRegistry registry("log.example");
  registry.Commit({.rows = {{"a1", "x"}, {"a2", "y"}, {"b1", "z"}, {"a1", "new"}}, .logged = {}});
  EXPECT_EQ(registry.origin(), "log.example");
  EXPECT_EQ(**registry.Get("a1"), "new");
  EXPECT_FALSE(registry.Get("a")->has_value());
  using Rows = std::vector<RegistryRow>;
  EXPECT_EQ(*registry.Scan("a", 10), (Rows{{"a1", "new"}, {"a2", "y"}}));
  EXPECT_EQ(*registry.Scan("a", 1), (Rows{{"a1", "new"}}));
  EXPECT_EQ(*registry.Scan("c", 10), Rows());
  EXPECT_EQ(registry.Scan("", 10)->size(), 3u);
}

TEST(MemoryRegistryTest, TracksLoggedKeysIfAsked) {
  LoggedKey logged{Sha256("statement"), KeyHash{Sha256("key")}, 5};
  for (bool track : {true, false}) {
    MemoryRegistry registry("log.example", track);
    registry.Commit({.rows = {}, .logged = {logged}});
    EXPECT_EQ(registry.FindLogged(logged.statement_id)->size(), track ? 1u : 0u);
    EXPECT_TRUE(registry.FindLogged(Sha256("other"))->empty());
  }
}

TEST(MemoryRegistryTest, RowsRestoreIt) {
  TestLog log;
  log.AddVendor();
  MemoryRegistry restored{std::string(TestLog::kOrigin)};
  RegistryDelta rows;
  for (const auto& [key, value] : log.registry.rows()) rows.rows.push_back({key, value});
  restored.Commit(rows);
  EXPECT_EQ(restored.rows(), log.registry.rows());
  EXPECT_TRUE(restored.FindParticipant("acme.example")->has_value());
}

}  // namespace
}  // namespace candor
