// SPDX-License-Identifier: Apache-2.0
#include "witness/test_log.h"

#include "absl/strings/str_cat.h"
#include "core/merkle/proof.h"
#include "core/note/testing.h"
#include "core/note/witness_request.h"

namespace candor {

TestLog::TestLog(std::string_view origin, uint8_t seed, std::string_view branch, uint64_t fork_at)
    : signer_(TestLogSigner(origin, seed)) {
  for (uint64_t i = 0; i < kEntries; ++i) {
    tree_.AppendEntry(absl::StrCat("entry ", i, i < fork_at ? "" : branch));
  }
}

Checkpoint TestLog::At(uint64_t size) const {
  return {.origin = origin(), .tree_size = size, .root = tree_.Root(size), .extensions = {}};
}

std::string TestLog::SignedAt(uint64_t size) const {
  return TestSignedCheckpoint(At(size), signer_);
}

std::vector<Hash> TestLog::Proof(uint64_t old_size, uint64_t new_size) const {
  return ConsistencyProof(old_size, new_size, tree_).value();
}

std::string TestLog::Request(uint64_t old_size, uint64_t new_size) const {
  const AddCheckpointRequest request{
      .old_size = old_size, .proof = Proof(old_size, new_size), .checkpoint = SignedAt(new_size)};
  return request.Format();
}

}  // namespace candor
