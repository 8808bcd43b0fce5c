// SPDX-License-Identifier: Apache-2.0
// Random chains of entries, good and bad: whatever Admit lets through, nobody speaks beyond their
// grant, vendors' grants never overlap, and no key serves two participants.

#include <algorithm>
#include <map>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "core/attest/admit.h"
#include "core/attest/testing.h"
#include "gtest/gtest.h"

namespace candor {
namespace {

constexpr size_t kKeyPool = 12;
constexpr int kSteps = 120;

const std::vector<std::string> kPrefixes = {
    "pkg:a/x/",  "pkg:a/x",  "pkg:a/x/y/", "pkg:a/x/y",
    "pkg:a/xy/", "pkg:b/x/", "pkg:a/z/",   "pkg:a/x/?repository_url=r"};
const std::vector<std::string> kPurls = {
    "pkg:a/x@1",   "pkg:a/x/y@1", "pkg:a/x/y/z@1", "pkg:a/xy/q@1",
    "pkg:b/x/q@1", "pkg:a/z/q@1", "pkg:c/x@1",     "pkg:a/x/q@1?repository_url=r"};
const std::vector<std::string> kVendorTypes = {std::string(kReleaseType), "https://openvex.dev/ns"};
const std::vector<std::string> kLabTypes = {"urn:candor:predicate:audit-report:v1",
                                            "https://slsa.dev/verification_summary/v1"};

// What was admitted, kept apart from the registry under test.
struct Model {
  struct Participant {
    Grant grant;
    std::map<KeyHash, Scope> signing;
  };
  std::map<std::string, Participant> participants;
  std::map<KeyHash, std::string> owner;
};

class Chain {
 public:
  explicit Chain(uint32_t seed) : random_(seed) {
    for (uint32_t i = 0; i < kKeyPool; ++i) keys_.push_back(TestKey(1000 + i));
    log_.AddConfig();
  }

  void Step() {
    if (Chance(2)) {
      TryKeyset();
    } else {
      TryStatement();
    }
    ++index_;
  }

  const Model& model() const { return model_; }
  int admitted() const { return admitted_; }
  int refused() const { return refused_; }

 private:
  bool Chance(uint32_t one_in) { return random_() % one_in == 0; }
  template <typename T>
  const T& Pick(const std::vector<T>& from) {
    return from[random_() % from.size()];
  }

  Scope RandomScope(Role role) {
    const std::vector<std::string>& types = role == Role::kVendor ? kVendorTypes : kLabTypes;
    Scope scope = TestScope({Pick(types)}, {}, Chance(4));
    if (Chance(2)) scope.predicates = types;
    size_t prefixes = role == Role::kVendor ? 1 + random_() % 2 : random_() % 2;
    std::set<std::string> texts;
    while (texts.size() < prefixes) texts.insert(Pick(kPrefixes));
    for (const std::string& text : texts) {
      scope.purl_prefixes.push_back(*PurlPrefix::Parse(text));
    }
    return scope;
  }

  bool Decide(const Entry& entry, const EntryContent& content) {
    absl::Status status = Admit(log_.registry, entry, content, index_);
    EXPECT_NE(status.code(), absl::StatusCode::kInternal) << status;
    ++(status.ok() ? admitted_ : refused_);
    if (status.ok()) log_.registry.Commit(*Apply(log_.registry, entry, content, index_));
    return status.ok();
  }

  void TryKeyset() {
    Role role = Chance(3) ? Role::kAssessor : Role::kVendor;
    std::string name = "p" + std::to_string(random_() % 6) + ".example";
    const PrivateKey& root = Pick(keys_);
    const PrivateKey& signing = Pick(keys_);
    ParticipantKeyset keyset = log_.Keyset(name, root, signing, role, RandomScope(role));
    if (Chance(3)) keyset.keys[0].scope = RandomScope(role);
    absl::StatusOr<std::string> payload = BuildParticipantKeysetStatement(keyset);
    if (!payload.ok()) return;
    std::vector<const PrivateKey*> signers = {&signing};
    if (!Chance(8)) signers.push_back(&root);
    if (!Chance(8)) signers.push_back(&log_.registrar);
    Entry entry = TestEntry(*payload, signers);
    EntryContent content = *ExamineEntry(entry);
    if (!Decide(entry, content)) return;
    EXPECT_EQ(signers.size(), 3u);
    EXPECT_FALSE(model_.participants.contains(name));
    Model::Participant& participant = model_.participants[name];
    participant.grant = content.keyset->grant;
    participant.signing[signing.public_key().key_hash()] = content.keyset->keys[0].scope;
    for (const PrivateKey* key : {&root, &signing}) {
      EXPECT_TRUE(model_.owner.emplace(key->public_key().key_hash(), name).second);
    }
  }

  void TryStatement() {
    std::vector<std::string> types = kVendorTypes;
    types.insert(types.end(), kLabTypes.begin(), kLabTypes.end());
    std::string type = Pick(types);
    std::string field = type == kReleaseType ? "purl" : "resourceUri";
    std::string predicate = "{}";
    if (!Chance(4) && type != kLabTypes[0] && type != kVendorTypes[1]) {
      predicate = "{\"" + field + "\":\"" + Pick(kPurls) + "\"}";
    }
    if (!Chance(4) && type == kVendorTypes[1]) {
      predicate =
          R"({"statements":[{"products":[")" + Pick(kPurls) + "\",\"" + Pick(kPurls) + "\"]}]}";
    }
    std::vector<const PrivateKey*> signers = {&Pick(keys_)};
    if (const PrivateKey& other = Pick(keys_); Chance(3) && &other != signers[0]) {
      signers.push_back(&other);
    }
    Entry entry = TestEntry(TestStatement(type, predicate), signers);
    EntryContent content = *ExamineEntry(entry);
    if (Decide(entry, content)) CheckAdmitted(entry, content);
  }

  // Every signer's scope, and the grant of the signer's participant, covers the statement.
  void CheckAdmitted(const Entry& entry, const EntryContent& content) {
    for (const EntrySignature& signature : entry.signatures()) {
      ASSERT_TRUE(model_.owner.contains(signature.key));
      const Model::Participant& participant =
          model_.participants.at(model_.owner.at(signature.key));
      ASSERT_TRUE(participant.signing.contains(signature.key));
      for (const Scope& scope : {participant.signing.at(signature.key), participant.grant.scope}) {
        EXPECT_TRUE(scope.HasKind(content.kind));
        EXPECT_TRUE(scope.unnamed || !content.purls.empty());
        for (const Purl& purl : content.purls) {
          EXPECT_TRUE(scope.CoversPurl(purl)) << purl.ToString();
        }
      }
      EXPECT_TRUE(RoleMayHave(participant.grant.role, content.kind));
    }
  }

  std::mt19937 random_;
  std::vector<PrivateKey> keys_;
  TestLog log_;
  Model model_;
  uint64_t index_ = 1;
  int admitted_ = 0;
  int refused_ = 0;
};

void ExpectNoOverlap(const Model& model) {
  for (const auto& [a_name, a] : model.participants) {
    for (const auto& [b_name, b] : model.participants) {
      if (a_name == b_name || a.grant.role != Role::kVendor || b.grant.role != Role::kVendor) {
        continue;
      }
      for (const PurlPrefix& p : a.grant.scope.purl_prefixes) {
        for (const PurlPrefix& q : b.grant.scope.purl_prefixes) {
          EXPECT_FALSE(p.Overlaps(q)) << p.ToString() << " " << q.ToString();
        }
      }
    }
  }
}

TEST(AdmitPropertyTest, NobodySpeaksBeyondTheGrant) {
  int admitted = 0;
  int refused = 0;
  size_t participants = 0;
  for (uint32_t seed = 1; seed <= 12; ++seed) {
    Chain chain(seed);
    for (int step = 0; step < kSteps; ++step) chain.Step();
    ExpectNoOverlap(chain.model());
    admitted += chain.admitted();
    refused += chain.refused();
    participants += chain.model().participants.size();
  }
  // The chains exercise both answers.
  EXPECT_GT(admitted, 40);
  EXPECT_GT(refused, 400);
  EXPECT_GT(participants, 20u);
}

}  // namespace
}  // namespace candor
