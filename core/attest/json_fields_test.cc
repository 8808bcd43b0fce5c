// SPDX-License-Identifier: Apache-2.0
#include "core/attest/json_fields.h"

#include <string>

#include "core/util/reason.h"
#include "gtest/gtest.h"

namespace candor {
namespace {

class JsonFieldsTest : public testing::Test {
 protected:
  JsonFieldsTest()
      : json_(*ParseJson(R"({"text":"abc","number":7,"negative":-1,"float":1.0,"yes":true,
                             "list":["a","b"],"mixed":["a",1],"object":{"inner":1}})",
                         1000, "the text")),
        fields_(*JsonFields::Of(json_, "root", "REASON")) {}

  Json json_;
  JsonFields fields_;
};

TEST_F(JsonFieldsTest, ReadsTypedMembers) {
  EXPECT_EQ(*fields_.String("text", 1, 3), "abc");
  EXPECT_EQ(*fields_.OptionalString("absent", 3), "");
  EXPECT_EQ(*fields_.Uint("number", 7, 7), 7u);
  EXPECT_TRUE(*fields_.OptionalBool("yes", false));
  EXPECT_TRUE(*fields_.OptionalBool("absent", true));
  EXPECT_EQ(fields_.Strings("list", 1, 2, 1)->size(), 2u);
  EXPECT_EQ(*fields_.Object("object")->Uint("inner", 0, 1), 1u);
  EXPECT_EQ(fields_.Find("absent"), nullptr);
}

TEST_F(JsonFieldsTest, NamesTheMemberThatIsWrong) {
  const absl::Status errors[] = {
      fields_.String("absent", 0, 9).status(),     fields_.String("number", 0, 9).status(),
      fields_.String("text", 4, 9).status(),       fields_.String("text", 0, 2).status(),
      fields_.OptionalString("text", 2).status(),  fields_.Uint("text", 0, 9).status(),
      fields_.Uint("negative", 0, 9).status(),     fields_.Uint("float", 0, 9).status(),
      fields_.Uint("number", 8, 9).status(),       fields_.Uint("number", 0, 6).status(),
      fields_.OptionalBool("text", true).status(), fields_.Object("list").status(),
      fields_.Array("object", 0, 9).status(),      fields_.Array("list", 3, 9).status(),
      fields_.Array("list", 0, 1).status(),        fields_.Strings("mixed", 0, 9, 9).status(),
      fields_.Strings("list", 0, 9, 0).status(),
  };
  for (const absl::Status& error : errors) {
    EXPECT_EQ(ReasonOf(error), "REASON") << error;
    EXPECT_TRUE(std::string(error.message()).starts_with("root.")) << error;
  }
  EXPECT_EQ(fields_.Object("object")->Uint("gone", 0, 1).status().message(),
            "root.object.gone is missing");
}

TEST_F(JsonFieldsTest, RefusesOtherMembers) {
  absl::StatusOr<JsonFields> inner = fields_.Object("object");
  ASSERT_TRUE(inner.ok());
  EXPECT_TRUE(inner->OnlyThese({"inner", "other"}).ok());
  EXPECT_EQ(ReasonOf(inner->OnlyThese({"other"})), "REASON");
}

TEST_F(JsonFieldsTest, IsOfObjectsOnly) {
  Json array = Json::array();
  EXPECT_EQ(ReasonOf(JsonFields::Of(array, "root", "REASON").status()), "REASON");
}

}  // namespace
}  // namespace candor
