// SPDX-License-Identifier: Apache-2.0
#include "witness/state/memory_witness_state.h"

#include <memory>

#include "gtest/gtest.h"
#include "witness/state/fault_witness_state.h"
#include "witness/state/witness_state_contract.h"

namespace candor {
namespace {

INSTANTIATE_TEST_SUITE_P(Memory, WitnessStateContract,
                         ::testing::Values([] { return std::make_unique<MemoryWitnessState>(); }));

TEST(FaultWitnessStateTest, FailsOnceInEitherWay) {
  using Fault = FaultWitnessState::Fault;
  for (const Fault fault : {Fault::kNotPersisted, Fault::kPersisted}) {
    MemoryWitnessState memory;
    FaultWitnessState state(&memory);
    const auto first = TestCosigned("a.example", 1, 100);
    state.FailNext(fault);
    EXPECT_EQ(state.Advance(nullptr, first).code(), absl::StatusCode::kUnavailable);
    EXPECT_EQ(state.Latest(first->origin_hash()) != nullptr, fault == Fault::kPersisted);
    EXPECT_FALSE(state.Health().ok());
  }
}

}  // namespace
}  // namespace candor
