// SPDX-License-Identifier: Apache-2.0
#include "core/util/status_macros.h"

#include <map>
#include <memory>

#include "gtest/gtest.h"

namespace candor {
namespace {

absl::StatusOr<int> Half(int value) {
  if (value % 2 != 0) return absl::InvalidArgumentError("odd");
  return value / 2;
}

absl::StatusOr<int> Quarter(int value) {
  CANDOR_ASSIGN_OR_RETURN(const int half, Half(value));
  int quarter = 0;
  CANDOR_ASSIGN_OR_RETURN(quarter, Half(half));
  return quarter;
}

absl::Status CheckEven(int value, int& calls) {
  ++calls;
  CANDOR_RETURN_IF_ERROR(Half(value).status());
  return absl::OkStatus();
}

absl::StatusOr<std::map<int, int>> MakeMap() { return std::map<int, int>{{1, 2}}; }

absl::StatusOr<std::unique_ptr<int>> MakePointer() { return std::make_unique<int>(7); }

TEST(StatusMacrosTest, AssignsOrReturns) {
  EXPECT_EQ(Quarter(12).value(), 3);
  EXPECT_EQ(Quarter(3).status().message(), "odd");
  EXPECT_EQ(Quarter(6).status().code(), absl::StatusCode::kInvalidArgument);
}

TEST(StatusMacrosTest, EvaluatesOnce) {
  int calls = 0;
  const auto check = [&calls]() -> absl::Status {
    CANDOR_RETURN_IF_ERROR(CheckEven(2, calls));
    CANDOR_RETURN_IF_ERROR(CheckEven(3, calls));
    CANDOR_RETURN_IF_ERROR(CheckEven(4, calls));
    return absl::OkStatus();
  };
  EXPECT_FALSE(check().ok());
  EXPECT_EQ(calls, 2);
}

TEST(StatusMacrosTest, MovesValuesAndTakesCommas) {
  const auto sum = []() -> absl::StatusOr<int> {
    CANDOR_ASSIGN_OR_RETURN(auto pointer, MakePointer());
    CANDOR_ASSIGN_OR_RETURN(auto map, absl::StatusOr<std::map<int, int>>(MakeMap()));
    return *pointer + map[1];
  };
  EXPECT_EQ(sum().value(), 9);
}

}  // namespace
}  // namespace candor
