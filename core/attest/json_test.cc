// SPDX-License-Identifier: Apache-2.0
#include "core/attest/json.h"

#include <string>
#include <string_view>

#include "core/util/reason.h"
#include "gtest/gtest.h"

namespace candor {
namespace {

std::string Nested(size_t depth) { return std::string(depth, '[') + std::string(depth, ']'); }

TEST(JsonTest, ParsesEveryKindOfValue) {
  absl::StatusOr<Json> json =
      ParseJson(R"( {"a":[1,-2,1.5,true,false,null,"\u00e4"],"b":{"a":{}}} )", 100, "the text");
  ASSERT_TRUE(json.ok()) << json.status();
  EXPECT_EQ(*FormatJson(*json), "{\"a\":[1,-2,1.5,true,false,null,\"\xC3\xA4\"],\"b\":{\"a\":{}}}");
}

TEST(JsonTest, KeepsNestedContainersApart) {
  absl::StatusOr<Json> json = ParseJson(R"([[1],[{"k":[2]},[]],{"k":{"k":3}}])", 100, "the text");
  ASSERT_TRUE(json.ok()) << json.status();
  EXPECT_EQ(*FormatJson(*json), R"([[1],[{"k":[2]},[]],{"k":{"k":3}}])");
}

TEST(JsonTest, FormatsMembersInOrder) {
  EXPECT_EQ(*FormatJson(Json{{"b", 1}, {"a", 2}}), R"({"a":2,"b":1})");
}

TEST(JsonTest, FormatRefusesWhatIsNotUtf8) {
  EXPECT_EQ(ReasonOf(FormatJson(Json("\xFF")).status()), "JSON_NOT_UTF8");
}

struct BadCase {
  std::string_view name;
  std::string text;
  std::string_view reason;
};

TEST(JsonTest, RefusesBadInput) {
  using namespace std::string_literals;
  const BadCase cases[] = {
      {"empty", "", "JSON_INVALID"},
      {"truncated", R"({"a":1)", "JSON_INVALID"},
      {"trailing bytes", "{} x", "JSON_INVALID"},
      {"two documents", "{}{}", "JSON_INVALID"},
      {"trailing comma", "[1,]", "JSON_INVALID"},
      {"comment", "[1]//", "JSON_INVALID"},
      {"single quotes", "{'a':1}", "JSON_INVALID"},
      {"leading zero", "[01]", "JSON_INVALID"},
      {"not a number", "[NaN]", "JSON_INVALID"},
      {"number out of range", "[1e999]", "JSON_INVALID"},
      {"control character in a string", "[\"\n\"]", "JSON_INVALID"},
      {"half a surrogate pair", R"(["\ud800"])", "JSON_INVALID"},
      {"byte order mark", "\xEF\xBB\xBF{}", "JSON_INVALID"},
      {"NUL and trailing bytes", "{}\0{}"s, "JSON_INVALID"},
      {"NUL at the end", "{}\0"s, "JSON_INVALID"},
      {"not UTF-8", "[\"\xC3\"]", "JSON_NOT_UTF8"},
      {"overlong UTF-8", "[\"\xC0\xAF\"]", "JSON_NOT_UTF8"},
      {"duplicate member", R"({"a":1,"a":1})", "JSON_DUPLICATE_MEMBER"},
      {"duplicate member, escaped", R"({"a":1,"\u0061":1})", "JSON_DUPLICATE_MEMBER"},
      {"duplicate member, nested", R"([{"a":[{"b":1,"b":2}]}])", "JSON_DUPLICATE_MEMBER"},
      {"too deep", Nested(kMaxJsonDepth + 1), "JSON_TOO_DEEP"},
      {"much too deep", std::string(900, '['), "JSON_TOO_DEEP"},
      {"too long", "[" + std::string(1000, ' ') + "]", "JSON_TOO_LARGE"},
  };
  for (const BadCase& each : cases) {
    absl::StatusOr<Json> json = ParseJson(each.text, 1000, "the text");
    EXPECT_EQ(ReasonOf(json.status()), each.reason) << each.name << ": " << json.status();
    EXPECT_EQ(json.status().code(), absl::StatusCode::kInvalidArgument) << each.name;
    EXPECT_TRUE(std::string(json.status().message()).starts_with("the text ")) << each.name;
  }
}

TEST(JsonTest, TakesTheGreatestDepth) {
  EXPECT_TRUE(ParseJson(Nested(kMaxJsonDepth), 1000, "the text").ok());
}

TEST(JsonTest, BoundsTheNumberOfValues) {
  std::string text = "[0";
  for (size_t i = 2; i < kMaxJsonValues; ++i) text += ",0";
  EXPECT_TRUE(ParseJson(text + "]", text.size() + 1, "the text").ok());
  EXPECT_EQ(ReasonOf(ParseJson(text + ",0]", text.size() + 3, "the text").status()),
            "JSON_TOO_MANY_VALUES");
  EXPECT_EQ(ReasonOf(ParseJson(text + ",[]]", text.size() + 4, "the text").status()),
            "JSON_TOO_MANY_VALUES");
}

}  // namespace
}  // namespace candor
