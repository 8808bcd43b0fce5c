// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "core/crypto/hash.h"
#include "core/merkle/tree.h"

// Inclusion and consistency proofs of RFC 6962 sections 2.1.1 and 2.1.2 (RFC 9162 section 2.1).
// Hashes go from the leaves to the root. Sizes and indexes are any 64-bit numbers.
//
// Making a proof reads all nodes in one ReadHashes call. Checking trusts only the roots: a proof
// must have exactly the length that the sizes call for. Errors of checking are INVALID_ARGUMENT
// with reason INDEX_OUT_OF_RANGE, SIZE_OUT_OF_RANGE, PROOF_LENGTH, or ROOT_MISMATCH when everything
// is well formed and the hashes do not lead to the root.

namespace candor {

// The longest proofs in trees of at most 2^63 leaves, for decoders that bound what they accept.
inline constexpr size_t kMaxInclusionProofHashes = 63;
inline constexpr size_t kMaxConsistencyProofHashes = 64;

// The number of hashes in the proofs. Requires leaf_index < tree_size, old_size <= new_size.
size_t InclusionProofLength(uint64_t leaf_index, uint64_t tree_size);
size_t ConsistencyProofLength(uint64_t old_size, uint64_t new_size);

// The proof that the leaf is in the tree of `tree_size` leaves.
// OUT_OF_RANGE with reason INDEX_OUT_OF_RANGE when leaf_index >= tree_size.
absl::StatusOr<std::vector<Hash>> InclusionProof(uint64_t leaf_index, uint64_t tree_size,
                                                 const HashReader& reader);

absl::Status VerifyInclusion(const Hash& leaf_hash, uint64_t leaf_index, uint64_t tree_size,
                             absl::Span<const Hash> proof, const Hash& root);

// The root that an inclusion proof leads to, for callers that get the root to compare elsewhere.
absl::StatusOr<Hash> RootFromInclusionProof(const Hash& leaf_hash, uint64_t leaf_index,
                                            uint64_t tree_size, absl::Span<const Hash> proof);

// The proof that the tree of `new_size` leaves begins with the tree of `old_size`. Empty when the
// sizes are equal or old_size is 0.
// OUT_OF_RANGE with reason SIZE_OUT_OF_RANGE when old_size > new_size.
absl::StatusOr<std::vector<Hash>> ConsistencyProof(uint64_t old_size, uint64_t new_size,
                                                   const HashReader& reader);

// When old_size is 0 the proof is empty, old_root is EmptyRoot(), and every new_root follows (of a
// new_size above 0). When the sizes are equal the proof is empty and the roots are equal.
absl::Status VerifyConsistency(uint64_t old_size, uint64_t new_size, const Hash& old_root,
                               const Hash& new_root, absl::Span<const Hash> proof);

}  // namespace candor
