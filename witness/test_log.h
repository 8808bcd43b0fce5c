// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/crypto/hash.h"
#include "core/merkle/testing.h"
#include "core/note/checkpoint.h"
#include "core/note/signer.h"

namespace candor {

// For tests: a log with as many entries as anyone asks about. Thread-safe after construction.
class TestLog {
 public:
  // `branch` and `fork_at`: logs with the same name and key differ from entry `fork_at` on.
  explicit TestLog(std::string_view origin, uint8_t seed = 1, std::string_view branch = "",
                   uint64_t fork_at = 0);

  const NoteSigner& signer() const { return signer_; }
  VerifierKey vkey() const { return signer_.vkey(); }
  const std::string& origin() const { return signer_.vkey().name(); }

  Checkpoint At(uint64_t size) const;
  std::string SignedAt(uint64_t size) const;
  std::vector<Hash> Proof(uint64_t old_size, uint64_t new_size) const;
  // The body of add-checkpoint.
  std::string Request(uint64_t old_size, uint64_t new_size) const;

 private:
  static constexpr uint64_t kEntries = 64;

  NoteSigner signer_;
  MemoryTree tree_;
};

}  // namespace candor
