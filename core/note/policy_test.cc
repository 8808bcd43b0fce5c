// SPDX-License-Identifier: Apache-2.0
#include "core/note/policy.h"

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "core/note/testing.h"
#include "core/util/encoding.h"
#include "core/util/reason.h"
#include "gtest/gtest.h"

namespace candor {
namespace {

std::string LogVkey(uint8_t seed, std::string_view name = "log.example") {
  return TestLogSigner(name, seed).vkey().ToString();
}

std::string WitnessVkey(uint8_t seed, std::string_view name = "witness.example") {
  return TestCosigner(name, seed).vkey().ToString();
}

// A vkey of type 6, which this code can not verify.
std::string MlDsaVkey(std::string_view name) {
  const std::string material(1312, 'k');
  const uint32_t id = NoteKeyId(name, SignatureType::kCosignatureMlDsa44, material);
  const char id_bytes[] = {static_cast<char>(id >> 24), static_cast<char>(id >> 16),
                           static_cast<char>(id >> 8), static_cast<char>(id)};
  return absl::StrCat(name, "+", HexEncode(std::string_view(id_bytes, 4)), "+",
                      Base64Encode("\x06" + material));
}

// Lines for witnesses w0 .. w<count-1> with the seeds 100, 101, …
std::string WitnessLines(size_t count) {
  std::string lines;
  for (size_t i = 0; i < count; ++i) {
    const auto seed = static_cast<uint8_t>(100 + i);
    absl::StrAppend(&lines, "witness w", i, " ", WitnessVkey(seed), "\n");
  }
  return lines;
}

Policy MustParse(const std::string& text) {
  absl::StatusOr<Policy> policy = Policy::Parse(text);
  EXPECT_TRUE(policy.ok()) << policy.status() << "\n" << text;
  return *std::move(policy);
}

TEST(PolicyTest, ParsesEverything) {
  const Policy policy = MustParse(absl::StrCat(
      "# a comment with \xC3\xA9 and \xFF\n", "\n", " \t \n", "\t# indented\n", "log ", LogVkey(1),
      "\n", "log\t", LogVkey(2, "other.example"), " https://other.example/ \n", "  witness X1  ",
      WitnessVkey(3), "\n", "witness X2 ", WitnessVkey(4), " https://w2.example/sub\n",
      "group X 2 X1 X2\n", "witness \xE2\x84\xAA ", WitnessVkey(5), "\n",
      "group any any \xE2\x84\xAA\n", "group all all X any\n", "quorum all\n"));
  ASSERT_EQ(policy.logs().size(), 2u);
  EXPECT_EQ(policy.logs()[0].url, "");
  EXPECT_EQ(policy.logs()[1].url, "https://other.example/");
  EXPECT_EQ(policy.log_keys()[1], policy.logs()[1].vkey);
  ASSERT_EQ(policy.witnesses().size(), 3u);
  EXPECT_EQ(policy.witnesses()[1].name, "X2");
  EXPECT_EQ(policy.witnesses()[1].url, "https://w2.example/sub");
  EXPECT_EQ(policy.witnesses()[1].vkey.ToString(), WitnessVkey(4));
  EXPECT_FALSE(policy.quorum_is_none());
  EXPECT_TRUE(policy.QuorumSatisfied({"X1", "X2", "\xE2\x84\xAA"}));
  EXPECT_FALSE(policy.QuorumSatisfied({"X1", "X2", "K"}));
  EXPECT_FALSE(policy.QuorumSatisfied({"X1", "\xE2\x84\xAA"}));
  EXPECT_FALSE(policy.QuorumSatisfied({"X", "any", "all"}));
}

TEST(PolicyTest, QuorumNoneAndSingleWitness) {
  const Policy none = MustParse("quorum none\n");
  EXPECT_TRUE(none.quorum_is_none());
  EXPECT_TRUE(none.QuorumSatisfied({}));
  const Policy one = MustParse(WitnessLines(2) + "quorum w1\n");
  EXPECT_FALSE(one.QuorumSatisfied({"w0"}));
  EXPECT_TRUE(one.QuorumSatisfied({"w1"}));
}

TEST(PolicyTest, DefinitionsMayFollowTheQuorum) {
  const Policy policy =
      MustParse(WitnessLines(1) + "quorum w0\ngroup g any w0\nlog " + LogVkey(1) + "\n");
  EXPECT_EQ(policy.logs().size(), 1u);
}

TEST(PolicyTest, RefusesBadInput) {
  const std::string two = WitnessLines(2);
  const std::string log = "log " + LogVkey(1) + "\n";
  const std::string same_key_other_type =
      "log " +
      VerifierKey::Create("log.example", SignatureType::kCosignatureEd25519,
                          TestEd25519Key(1).public_key())
          ->ToString() +
      "\n";
  const struct {
    const char* what;
    std::string text;
  } kCases[] = {
      {"empty", ""},
      {"no quorum", log + two},
      {"two quorums", two + "quorum w0\nquorum w1\n"},
      {"quorum none twice", "quorum none\nquorum none\n"},
      {"no final newline", two + "quorum w0"},
      {"quorum of an undefined name", two + "quorum w2\n"},
      {"quorum before its definition", "quorum w0\n" + two},
      {"quorum without name", two + "quorum\n"},
      {"quorum with two names", two + "quorum w0 w1\n"},
      {"quorum with a trailing comment", two + "quorum w0 # why\n"},
      {"unknown keyword", "policy x\nquorum none\n"},
      {"upper-case keyword", "Quorum none\n"},
      {"log without key", "log\nquorum none\n"},
      {"log with a bad key", "log abc\nquorum none\n"},
      {"log with too much", "log " + LogVkey(1) + " url more\nquorum none\n"},
      {"duplicate log", log + log + "quorum none\n"},
      {"duplicate log under another name",
       log + "log " + LogVkey(1, "other.example") + "\nquorum none\n"},
      {"duplicate log of another type", log + same_key_other_type + "quorum none\n"},
      {"witness without key", "witness a\nquorum none\n"},
      {"witness with a bad key", "witness a abc\nquorum none\n"},
      {"witness with a log's key type", "witness a " + LogVkey(1) + "\nquorum none\n"},
      {"witness with too much", "witness a " + WitnessVkey(1) + " url more\nquorum none\n"},
      {"duplicate witness", two + "witness w2 " + WitnessVkey(100) + "\nquorum none\n"},
      {"duplicate witness under another key name",
       two + "witness w2 " + WitnessVkey(100, "other.example") + "\nquorum none\n"},
      {"duplicate witness name", two + "witness w1 " + WitnessVkey(9) + "\nquorum none\n"},
      {"witness named none", "witness none " + WitnessVkey(1) + "\nquorum none\n"},
      {"group named none", two + "group none any w0\nquorum none\n"},
      {"group with a witness's name", two + "group w0 any w1\nquorum none\n"},
      {"group twice", two + "group g any w0\ngroup g any w1\nquorum none\n"},
      {"group without members", two + "group g any\nquorum none\n"},
      {"group without threshold", two + "group g\nquorum none\n"},
      {"group of an undefined name", two + "group g any w0 w2\nquorum none\n"},
      {"group of itself", two + "group g any w0 g\nquorum none\n"},
      {"group of none", two + "group g any none\nquorum none\n"},
      {"member defined below", "group g any w0\n" + two + "quorum none\n"},
      {"member twice in a group", two + "group g any w0 w0\nquorum none\n"},
      {"member of two groups", two + "group g any w0\ngroup h any w0 w1\nquorum none\n"},
      {"group in two groups",
       two + "group g any w0\ngroup h any g\ngroup i any g w1\nquorum none\n"},
      {"threshold 0", two + "group g 0 w0 w1\nquorum none\n"},
      {"threshold too large", two + "group g 3 w0 w1\nquorum none\n"},
      {"negative threshold", two + "group g -1 w0 w1\nquorum none\n"},
      {"threshold with leading zero", two + "group g 02 w0 w1\nquorum none\n"},
      {"threshold not a number", two + "group g most w0 w1\nquorum none\n"},
      {"threshold beyond 64 bits", two + "group g 18446744073709551617 w0 w1\nquorum none\n"},
      {"carriage return", "quorum none\r\n"},
      {"NUL", std::string("quorum none\0\n", 13)},
      {"form feed", "quorum\fnone\n"},
      {"delete", "# \x7F\nquorum none\n"},
      {"control character in a comment", "# \x01\nquorum none\n"},
      {"too large", "#" + std::string(kMaxPolicyBytes, 'x') + "\nquorum none\n"},
  };
  for (const auto& c : kCases) {
    const absl::Status status = Policy::Parse(c.text).status();
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << c.what;
    EXPECT_EQ(ReasonOf(status), "POLICY_INVALID") << c.what;
  }
}

TEST(PolicyTest, ErrorsNameTheLine) {
  const absl::Status status = Policy::Parse("# one\n\nquorum w\n").status();
  EXPECT_TRUE(std::string(status.message()).find("line 3") != std::string::npos) << status;
}

TEST(PolicyTest, SupportsTheLimitsAndNoMore) {
  std::string text;
  for (size_t i = 0; i < 32; ++i) {
    absl::StrAppend(&text, "log ", LogVkey(static_cast<uint8_t>(i + 1)), "\n");
  }
  absl::StrAppend(&text, WitnessLines(32), "group g0 any w0\n");
  for (size_t i = 1; i < kMaxPolicyGroups; ++i) {
    absl::StrAppend(&text, "group g", i, " all g", i - 1, i < 32 ? absl::StrCat(" w", i) : "",
                    "\n");
  }
  const Policy policy = MustParse(absl::StrCat(text, "quorum g255\n"));
  EXPECT_EQ(policy.logs().size(), 32u);
  EXPECT_EQ(policy.witnesses().size(), 32u);
  absl::flat_hash_set<std::string> names;
  for (const PolicyWitness& witness : policy.witnesses()) {
    EXPECT_FALSE(policy.QuorumSatisfied(names));
    names.insert(witness.name);
  }
  EXPECT_TRUE(policy.QuorumSatisfied(names));
  EXPECT_FALSE(Policy::Parse(absl::StrCat(text, "group h any g255\nquorum none\n")).ok());
}

// ---- the quorum, against an oracle
// -----------------------------------------------------------------

// A way to arrange witnesses: blocks of them, each with a threshold, and a threshold over the
// blocks.
struct Arrangement {
  std::vector<std::vector<size_t>> blocks;
  std::vector<size_t> thresholds;
  size_t quorum = 1;

  bool Oracle(unsigned subset) const {
    size_t met = 0;
    for (size_t b = 0; b < blocks.size(); ++b) {
      size_t count = 0;
      for (const size_t w : blocks[b]) count += (subset >> w) & 1;
      met += count >= thresholds[b] ? 1 : 0;
    }
    return met >= quorum;
  }

  std::string Text(size_t witnesses) const {
    std::string text = WitnessLines(witnesses);
    std::string top = absl::StrCat("group top ", quorum);
    for (size_t b = 0; b < blocks.size(); ++b) {
      if (blocks[b].size() == 1) {  // a witness beside groups
        absl::StrAppend(&top, " w", blocks[b][0]);
        continue;
      }
      absl::StrAppend(&text, "group b", b, " ", thresholds[b]);
      for (const size_t w : blocks[b]) absl::StrAppend(&text, " w", w);
      absl::StrAppend(&text, "\n");
      absl::StrAppend(&top, " b", b);
    }
    return absl::StrCat(text, top, "\nquorum top\n");
  }
};

// Calls `check` for every partition of the witnesses, with every choice of thresholds.
template <typename Check>
void ForEachArrangement(size_t next, size_t witnesses, Arrangement& a, const Check& check) {
  if (next < witnesses) {
    for (size_t b = 0; b < a.blocks.size(); ++b) {
      a.blocks[b].push_back(next);
      ForEachArrangement(next + 1, witnesses, a, check);
      a.blocks[b].pop_back();
    }
    a.blocks.push_back({next});
    ForEachArrangement(next + 1, witnesses, a, check);
    a.blocks.pop_back();
    return;
  }
  if (a.thresholds.size() < a.blocks.size()) {
    for (size_t k = 1; k <= a.blocks[a.thresholds.size()].size(); ++k) {
      a.thresholds.push_back(k);
      ForEachArrangement(next, witnesses, a, check);
      a.thresholds.pop_back();
    }
    return;
  }
  for (a.quorum = 1; a.quorum <= a.blocks.size(); ++a.quorum) check(a);
}

TEST(PolicyTest, QuorumOfEverySmallTree) {
  size_t checked = 0;
  for (size_t witnesses = 1; witnesses <= 4; ++witnesses) {
    Arrangement arrangement;
    ForEachArrangement(0, witnesses, arrangement, [&](const Arrangement& a) {
      const Policy policy = MustParse(a.Text(witnesses));
      for (unsigned subset = 0; subset < (1u << witnesses); ++subset) {
        absl::flat_hash_set<std::string> names;
        for (size_t w = 0; w < witnesses; ++w) {
          if ((subset >> w) & 1) names.insert(absl::StrCat("w", w));
        }
        EXPECT_EQ(policy.QuorumSatisfied(names), a.Oracle(subset)) << a.Text(witnesses) << subset;
        ++checked;
      }
    });
  }
  EXPECT_GT(checked, 1000u);
}

// ---- notes
// -----------------------------------------------------------------------------------------

class PolicyEvaluateTest : public ::testing::Test {
 protected:
  static constexpr size_t kWitnesses = 3;

  PolicyEvaluateTest() {
    for (size_t i = 0; i < kWitnesses; ++i) {
      const auto seed = static_cast<uint8_t>(100 + i);
      cosigners_.push_back(TestCosigner("witness.example", seed));
    }
  }

  Policy WithQuorum(std::string_view quorum_lines) const {
    return MustParse(
        absl::StrCat("log ", LogVkey(1), "\n", WitnessLines(kWitnesses), quorum_lines));
  }

  // Cosigned by witness i at times[i], all of them.
  std::string NoteWith(const std::vector<std::vector<uint64_t>>& times) const {
    std::vector<TestCosignature> cosignatures;
    for (size_t i = 0; i < times.size(); ++i) {
      for (const uint64_t time : times[i]) {
        cosignatures.push_back({.cosigner = &cosigners_[i], .unix_seconds = time});
      }
    }
    return TestSignedCheckpoint(checkpoint_, log_, cosignatures);
  }

  const Checkpoint checkpoint_{
      .origin = "log.example", .tree_size = 7, .root = Sha256("root"), .extensions = {}};
  const NoteSigner log_ = TestLogSigner("log.example", 1);
  std::vector<Cosigner> cosigners_;
};

TEST_F(PolicyEvaluateTest, SaysWhoSigned) {
  const Policy policy = WithQuorum("group g 2 w0 w1 w2\nquorum g\n");
  const absl::StatusOr<PolicyResult> result = policy.Evaluate(NoteWith({{10}, {}, {30, 20}}));
  ASSERT_TRUE(result.ok()) << result.status();
  EXPECT_EQ(result->checkpoint, checkpoint_);
  EXPECT_EQ(result->log, 0u);
  ASSERT_EQ(result->cosignatures.size(), 2u);
  EXPECT_EQ(result->cosignatures[0].witness, 0u);
  EXPECT_EQ(result->cosignatures[1].witness, 2u);
  EXPECT_EQ(result->cosignatures[1].earliest, 20u);
  EXPECT_EQ(result->cosignatures[1].latest, 30u);
  EXPECT_EQ(result->cosignatures[1].times, (std::vector<uint64_t>{30, 20}));
  EXPECT_TRUE(result->quorum_satisfied);
  EXPECT_EQ(result->logged_by, 20u);
  EXPECT_EQ(result->fresh_as_of, 10u);
}

TEST_F(PolicyEvaluateTest, OneWitnessTwiceIsOneWitness) {
  const Policy policy = WithQuorum("group g 2 w0 w1 w2\nquorum g\n");
  const absl::StatusOr<PolicyResult> result = policy.Evaluate(NoteWith({{10, 20, 30}}));
  ASSERT_TRUE(result.ok());
  EXPECT_FALSE(result->quorum_satisfied);
  EXPECT_EQ(result->logged_by, std::nullopt);
  EXPECT_EQ(result->fresh_as_of, std::nullopt);
}

TEST_F(PolicyEvaluateTest, QuorumNoneHasNoTimes) {
  const absl::StatusOr<PolicyResult> result =
      WithQuorum("quorum none\n").Evaluate(NoteWith({{10}}));
  ASSERT_TRUE(result.ok());
  EXPECT_TRUE(result->quorum_satisfied);
  EXPECT_EQ(result->cosignatures.size(), 1u);
  EXPECT_EQ(result->logged_by, std::nullopt);
  EXPECT_EQ(result->fresh_as_of, std::nullopt);
}

// Every choice of times 1..3 (or none) for three witnesses, every credible limit, every threshold.
TEST_F(PolicyEvaluateTest, TimesOfEverySmallCase) {
  for (size_t k = 1; k <= kWitnesses; ++k) {
    const Policy policy = WithQuorum(absl::StrCat("group g ", k, " w0 w1 w2\nquorum g\n"));
    for (unsigned code = 0; code < 4 * 4 * 4; ++code) {
      const uint64_t time[] = {code % 4, code / 4 % 4, code / 16};
      std::vector<std::vector<uint64_t>> times(kWitnesses);
      for (size_t w = 0; w < kWitnesses; ++w) {
        if (time[w] != 0) times[w] = {time[w]};
      }
      const std::string note = NoteWith(times);
      for (uint64_t limit = 0; limit <= 3; ++limit) {
        const auto count = [&](uint64_t from, uint64_t to) {
          size_t n = 0;
          for (const uint64_t t : time) n += t != 0 && t >= from && t <= to ? 1 : 0;
          return n;
        };
        std::optional<uint64_t> logged_by;
        std::optional<uint64_t> fresh_as_of;
        for (uint64_t t = 3; t >= 1; --t) {
          if (t <= limit && count(1, t) >= k) logged_by = t;
          if (!fresh_as_of && count(t, limit) >= k) fresh_as_of = t;
        }
        const absl::StatusOr<PolicyResult> result = policy.Evaluate(note, limit);
        ASSERT_TRUE(result.ok()) << result.status();
        EXPECT_EQ(result->quorum_satisfied, count(1, 3) >= k);
        EXPECT_EQ(result->logged_by, logged_by) << k << " " << code << " " << limit;
        EXPECT_EQ(result->fresh_as_of, fresh_as_of) << k << " " << code << " " << limit;
      }
    }
  }
}

TEST_F(PolicyEvaluateTest, RefusesBrokenSignatures) {
  const Policy policy = WithQuorum("group g 1 w0 w1 w2\nquorum g\n");
  const std::string note = NoteWith({{10}, {10}});
  for (size_t i = 0; i < 3; ++i) {
    const absl::Status status = policy.Evaluate(WithBrokenSignature(note, i)).status();
    EXPECT_EQ(ReasonOf(status), "SIGNATURE_INVALID") << i;
    EXPECT_EQ(status.code(), absl::StatusCode::kPermissionDenied) << i;
  }
}

TEST_F(PolicyEvaluateTest, RefusesOtherLogs) {
  const Policy policy = WithQuorum("quorum w0\n");
  const std::string other = TestSignedCheckpoint(
      {.origin = "other.example", .tree_size = 1, .root = {}, .extensions = {}},
      TestLogSigner("other.example", 1));
  EXPECT_EQ(ReasonOf(policy.Evaluate(other).status()), "ORIGIN_UNKNOWN");
  const std::string unsigned_by_log = TestSignedCheckpoint(checkpoint_, TestLogSigner("x", 1));
  EXPECT_EQ(ReasonOf(policy.Evaluate(unsigned_by_log).status()), "SIGNATURE_MISSING");
  EXPECT_EQ(ReasonOf(policy.Evaluate("nonsense").status()), "NOTE_MALFORMED");
}

TEST_F(PolicyEvaluateTest, UnknownWitnessesDoNotCount) {
  const Policy policy = WithQuorum("quorum w0\n");
  const Cosigner stranger = TestCosigner("witness.example", 55);
  const absl::StatusOr<PolicyResult> result = policy.Evaluate(
      TestSignedCheckpoint(checkpoint_, log_, {{.cosigner = &stranger, .unix_seconds = 10}}));
  ASSERT_TRUE(result.ok()) << result.status();
  EXPECT_FALSE(result->quorum_satisfied);
  EXPECT_TRUE(result->cosignatures.empty());
}

TEST_F(PolicyEvaluateTest, UnsupportedKeysLoadAndNeverCount) {
  const Policy policy = MustParse(
      absl::StrCat("log ", LogVkey(1), "\nlog ", MlDsaVkey("log.example"), "\nwitness pq ",
                   MlDsaVkey("w.example"), "\n", WitnessLines(1), "group g all pq w0\nquorum g\n"));
  EXPECT_FALSE(policy.witnesses()[0].vkey.supported());
  const absl::StatusOr<PolicyResult> result = policy.Evaluate(NoteWith({{10}}));
  ASSERT_TRUE(result.ok()) << result.status();
  EXPECT_FALSE(result->quorum_satisfied);
  EXPECT_EQ(result->cosignatures.size(), 1u);
}

}  // namespace
}  // namespace candor
