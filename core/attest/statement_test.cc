// SPDX-License-Identifier: Apache-2.0
#include "core/attest/statement.h"

#include <string>
#include <string_view>

#include "core/attest/json.h"
#include "core/util/reason.h"
#include "gtest/gtest.h"

namespace candor {
namespace {

constexpr size_t kMaxBytes = 1 << 20;

std::string With(std::string_view subjects, std::string_view rest = R"("predicateType":"p")",
                 std::string_view type = kStatementV1) {
  return "{\"_type\":\"" + std::string(type) + "\",\"subject\":" + std::string(subjects) + "," +
         std::string(rest) + "}";
}

std::string Subjects(size_t count) {
  std::string array = "[";
  for (size_t i = 0; i < count; ++i)
    array += i == 0 ? R"({"digest":{"x":"y"}})" : R"(,{"digest":{"x":"y"}})";
  return array + "]";
}

std::string OneDigest(std::string_view algorithm, std::string_view value) {
  return "[{\"digest\":{\"" + std::string(algorithm) + "\":\"" + std::string(value) + "\"}}]";
}

TEST(StatementTest, ParsesV1) {
  absl::StatusOr<Statement> statement =
      ParseStatement(With(R"([{"name":"a","uri":"u","digest":{"sha256":")" + std::string(64, 'a') +
                              R"(","gitCommit":"x"},"annotations":{}}])",
                          R"("predicateType":"p","predicate":{"k":1},"extra":0)"),
                     kMaxBytes);
  ASSERT_TRUE(statement.ok()) << statement.status();
  EXPECT_EQ(statement->type, kStatementV1);
  EXPECT_EQ(statement->predicate_type, "p");
  ASSERT_EQ(statement->subjects.size(), 1u);
  EXPECT_EQ(statement->subjects[0].name, "a");
  EXPECT_EQ(statement->subjects[0].uri, "u");
  EXPECT_EQ(statement->subjects[0].digest.at("gitCommit"), "x");
  EXPECT_EQ(statement->predicate->at("k"), 1);
}

TEST(StatementTest, ParsesV01) {
  EXPECT_TRUE(
      ParseStatement(With(Subjects(1), R"("predicateType":"p")", kStatementV01), kMaxBytes).ok());
}

TEST(StatementTest, AbsentPredicateIsEmpty) {
  absl::StatusOr<Statement> statement = ParseStatement(With(Subjects(1)), kMaxBytes);
  ASSERT_TRUE(statement.ok()) << statement.status();
  EXPECT_TRUE(statement->predicate->is_object());
  EXPECT_TRUE(statement->predicate->empty());
}

TEST(StatementTest, TakesAsManySubjectsAsAllowed) {
  EXPECT_TRUE(ParseStatement(With(Subjects(kMaxSubjects)), kMaxBytes).ok());
}

TEST(StatementTest, RefusesBadInput) {
  const std::string hex64(64, 'a');
  std::string many_digests = "[{\"digest\":{\"x\":\"y\"";
  for (size_t i = 0; i < kMaxDigestsPerSubject; ++i) {
    many_digests += ",\"x" + std::to_string(i) + "\":\"y\"";
  }
  many_digests += "}}]";
  const struct {
    std::string_view name;
    std::string payload;
    std::string_view reason;
  } cases[] = {
      {"not JSON", "x", "JSON_INVALID"},
      {"trailing bytes", With(Subjects(1)) + "{}", "JSON_INVALID"},
      {"not an object", "[]", "STATEMENT_INVALID"},
      {"no _type", R"({"subject":[{"digest":{"x":"y"}}],"predicateType":"p"})",
       "STATEMENT_INVALID"},
      {"unknown _type",
       With(Subjects(1), R"("predicateType":"p")", "https://in-toto.io/Statement/v2"),
       "STATEMENT_TYPE_UNKNOWN"},
      {"no predicateType", With(Subjects(1), R"("x":1)"), "STATEMENT_INVALID"},
      {"empty predicateType", With(Subjects(1), R"("predicateType":"")"), "STATEMENT_INVALID"},
      {"predicate an array", With(Subjects(1), R"("predicateType":"p","predicate":[])"),
       "STATEMENT_INVALID"},
      {"predicate null", With(Subjects(1), R"("predicateType":"p","predicate":null)"),
       "STATEMENT_INVALID"},
      {"subject an object", With("{}"), "STATEMENT_INVALID"},
      {"no subject", With("[]"), "STATEMENT_INVALID"},
      {"too many subjects", With(Subjects(kMaxSubjects + 1)), "TOO_MANY_SUBJECTS"},
      {"subject without digest", With(R"([{"name":"a"}])"), "STATEMENT_INVALID"},
      {"empty digest", With(R"([{"digest":{}}])"), "STATEMENT_INVALID"},
      {"digest an array", With(R"([{"digest":["x"]}])"), "STATEMENT_INVALID"},
      {"digest value a number", With(R"([{"digest":{"x":1}}])"), "STATEMENT_INVALID"},
      {"empty digest value", With(OneDigest("x", "")), "STATEMENT_INVALID"},
      {"long digest value", With(OneDigest("x", std::string(513, 'a'))), "STATEMENT_INVALID"},
      {"empty digest name", With(OneDigest("", "a")), "STATEMENT_INVALID"},
      {"long digest name", With(OneDigest(std::string(65, 'a'), "a")), "STATEMENT_INVALID"},
      {"too many digests", With(many_digests), "STATEMENT_INVALID"},
      {"short sha256", With(OneDigest("sha256", hex64.substr(1))), "STATEMENT_INVALID"},
      {"upper-case sha256", With(OneDigest("sha256", std::string(64, 'A'))), "STATEMENT_INVALID"},
      {"short sha512", With(OneDigest("sha512", hex64)), "STATEMENT_INVALID"},
      {"sha384 not hex", With(OneDigest("sha384", std::string(96, 'g'))), "STATEMENT_INVALID"},
      {"short purlSha256", With(OneDigest("purlSha256", "aa")), "STATEMENT_INVALID"},
      {"name a number", With(R"([{"name":1,"digest":{"x":"y"}}])"), "STATEMENT_INVALID"},
      {"long name",
       With("[{\"name\":\"" + std::string(kMaxSubjectNameBytes + 1, 'n') +
            "\",\"digest\":{\"x\":\"y\"}}]"),
       "STATEMENT_INVALID"},
      {"digest twice", With(R"([{"digest":{"x":"y","x":"z"}}])"), "JSON_DUPLICATE_MEMBER"},
      {"too large", With(Subjects(1), R"("predicateType":"p")") + std::string(kMaxBytes, ' '),
       "JSON_TOO_LARGE"},
  };
  for (const auto& each : cases) {
    absl::Status status = ParseStatement(each.payload, kMaxBytes).status();
    EXPECT_EQ(ReasonOf(status), each.reason) << each.name << ": " << status;
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << each.name;
  }
}

}  // namespace
}  // namespace candor
