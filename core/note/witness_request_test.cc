// SPDX-License-Identifier: Apache-2.0
#include "core/note/witness_request.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "core/util/encoding.h"
#include "core/util/reason.h"
#include "gtest/gtest.h"

namespace candor {
namespace {

// The example of C2SP tlog-witness.
const char kExample[] =
    "old 20852014\n"
    "PlRNCrwHpqhGrupue0L7gxbjbMiKA9temvuZZDDpkaw=\n"
    "jrJZDmY8Y7SyJE0MWLpLozkIVMSMZcD5kvuKxPC3swk=\n"
    "5+pKlUdi2LeF/BcMHBn+Ku6yhPGNCswZZD1X/6QgPd8=\n"
    "/6WVhPs2CwSsb5rYBH5cjHV/wSmA79abXAwhXw3Kj/0=\n"
    "\n"
    "example.com/behind-the-sofa\n"
    "20852163\n"
    "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n"
    "\n"
    "\xE2\x80\x94 example.com/behind-the-sofa "
    "Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=\n"
    "\xE2\x80\x94 example.com/behind-the-sofa "
    "opLqBQsREYCgu6xQkYQwJr9fo45a62DN9EdmHXnZdXNqlcVGlCum2Wks+49/"
    "V6267UEjw6QUXTS5Rovnzv++qbSzm9Q=\n";

std::string HashLines(size_t count) {
  std::string lines;
  for (size_t i = 0; i < count; ++i) absl::StrAppend(&lines, Base64Encode(Hash().bytes()), "\n");
  return lines;
}

TEST(AddCheckpointRequestTest, ParsesTheExampleOfTheSpecification) {
  const absl::StatusOr<AddCheckpointRequest> request = AddCheckpointRequest::Parse(kExample);
  ASSERT_TRUE(request.ok()) << request.status();
  EXPECT_EQ(request->old_size, 20852014u);
  EXPECT_EQ(request->proof.size(), 4u);
  EXPECT_TRUE(request->checkpoint.starts_with("example.com/behind-the-sofa\n20852163\n"));
  EXPECT_EQ(Note::Parse(request->checkpoint)->signatures.size(), 2u);
  EXPECT_EQ(request->Format(), kExample);
}

TEST(AddCheckpointRequestTest, RoundTrip) {
  for (const std::string& body :
       {std::string("old 0\n\nx"), "old 18446744073709551615\n" + HashLines(1) + "\nx",
        "old 7\n" + HashLines(63) + "\nx\n\n"}) {
    const absl::StatusOr<AddCheckpointRequest> request = AddCheckpointRequest::Parse(body);
    ASSERT_TRUE(request.ok()) << body << request.status();
    EXPECT_EQ(request->Format(), body);
  }
}

TEST(AddCheckpointRequestTest, RefusesBadInput) {
  const struct {
    const char* what;
    std::string body;
  } kCases[] = {
      {"empty", ""},
      {"old line only", "old 1\n"},
      {"no checkpoint", "old 1\n\n"},
      {"no old line", "\nx\n"},
      {"no blank line", "old 1\n" + HashLines(2)},
      {"no newline at all", "old 1"},
      {"no size", "old \n\nx"},
      {"bare old", "old\n\nx"},
      {"upper case", "OLD 1\n\nx"},
      {"leading zero", "old 01\n\nx"},
      {"double zero", "old 00\n\nx"},
      {"negative", "old -1\n\nx"},
      {"plus", "old +1\n\nx"},
      {"two spaces", "old  1\n\nx"},
      {"trailing space", "old 1 \n\nx"},
      {"CRLF", "old 1\r\n\r\nx"},
      {"beyond 64 bits", "old 18446744073709551616\n\nx"},
      {"64 proof lines", "old 1\n" + HashLines(64) + "\nx"},
      {"proof line of 31 bytes", "old 1\nxRhqkYY+jh2QyAgBSqib9dqOPuHZ8HYw8DePaPGrYg==\n\nx"},
      {"proof line not base64", "old 1\n!\n\nx"},
      {"proof line not canonical", "old 1\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2J=\n\nx"},
      {"proof line with space", "old 1\n" + Base64Encode(Hash().bytes()) + " \n\nx"},
      {"too large", "old 1\n\n" + std::string(kMaxAddCheckpointBytes, 'x')},
  };
  for (const auto& c : kCases) {
    const absl::Status status = AddCheckpointRequest::Parse(c.body).status();
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << c.what;
    EXPECT_EQ(ReasonOf(status), "ADD_CHECKPOINT_MALFORMED") << c.what;
  }
}

TEST(AddCheckpointResponseTest, ParsesTheExampleOfTheSpecification) {
  const std::string body =
      "\xE2\x80\x94 witness.example/w1 CMp+6LWBU0anHGH5aNDTJkH/gj79sG+T6+iP2ThYN5krrDJbR1HDnucjL39"
      "QsZTSvVjyQLrdk3DXDqI5G2HgLatVs0pWh6Up69HVOw==\n"
      "\xE2\x80\x94 witness.example/w2 AWui8Sk55XjYLOijihBjhqEH6nS1ndDymE0a+6idX7pLcnoB+dhnz0854aL"
      "ZgrrKbYKA7nC3HNJhm/kWl7oJlqU3rXXvpysAdyP3wQ==\n";
  const absl::StatusOr<std::vector<NoteSignature>> lines = ParseAddCheckpointResponse(body);
  ASSERT_TRUE(lines.ok()) << lines.status();
  ASSERT_EQ(lines->size(), 2u);
  EXPECT_EQ((*lines)[1].name, "witness.example/w2");
  EXPECT_EQ(FormatAddCheckpointResponse(*lines), body);
}

TEST(AddCheckpointResponseTest, RefusesBadInput) {
  for (const char* body : {"", "\n", "ok\n", "\xE2\x80\x94 w AAAAAAA=", "<html>\n"}) {
    EXPECT_FALSE(ParseAddCheckpointResponse(body).ok()) << body;
  }
}

TEST(TreeSizeBodyTest, RoundTripAndBadInput) {
  for (const uint64_t size : {uint64_t{0}, uint64_t{20852163}, ~uint64_t{0}}) {
    EXPECT_EQ(ParseTreeSizeBody(FormatTreeSizeBody(size)).value(), size);
  }
  EXPECT_EQ(FormatTreeSizeBody(12), "12\n");
  for (const char* body :
       {"", "\n", "1", "01\n", "1\n\n", " 1\n", "1 \n", "1\r\n", "x\n", "18446744073709551616\n"}) {
    EXPECT_EQ(ReasonOf(ParseTreeSizeBody(body).status()), "TREE_SIZE_MALFORMED") << body;
  }
}

TEST(MonitorCheckpointPathTest, IsTheHexHashOfTheOrigin) {
  EXPECT_EQ(MonitorCheckpointPath(""),
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855/checkpoint");
}

}  // namespace
}  // namespace candor
