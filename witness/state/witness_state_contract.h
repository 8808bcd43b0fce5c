// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string_view>

#include "core/note/signer.h"
#include "gtest/gtest.h"
#include "witness/state/witness_state.h"

namespace candor {

// The witness whose cosigned checkpoints the tests of this folder use.
const Cosigner& StateTestCosigner();

// A checkpoint of `origin` with a root that is made from `root`, cosigned at `time`.
CosignedCheckpointPtr TestCosigned(std::string_view origin, uint64_t tree_size, uint64_t time,
                                   std::string_view root = "root");

// What every WitnessState must do. The parameter makes an empty one, of the witness
// StateTestCosigner().
class WitnessStateContract
    : public ::testing::TestWithParam<std::function<std::unique_ptr<WitnessState>()>> {};

}  // namespace candor
