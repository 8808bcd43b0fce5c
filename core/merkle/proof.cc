// SPDX-License-Identifier: Apache-2.0
#include "core/merkle/proof.h"

#include <algorithm>
#include <bit>
#include <string_view>

#include "absl/strings/str_cat.h"
#include "core/merkle/hasher.h"
#include "core/util/reason.h"
#include "core/util/status_macros.h"

namespace candor {
namespace {

// The leaves [begin, end) of a subtree: begin is a multiple of a power of two that is at least
// end - begin. It is complete, or it lies at the right edge.
struct Subtree {
  uint64_t begin;
  uint64_t end;

  uint64_t size() const { return end - begin; }
  // Where RFC 6962 splits it, for more than one leaf: after the largest power of two below its
  // size.
  uint64_t split() const { return begin + std::bit_floor(size() - 1); }
  Subtree left() const { return {begin, split()}; }
  Subtree right() const { return {split(), end}; }
};

// Reads all nodes at once, and computes the root of each subtree from its own.
absl::StatusOr<std::vector<Hash>> ReadSubtrees(absl::Span<const Subtree> subtrees,
                                               const HashReader& reader) {
  std::vector<NodeId> nodes;
  for (const Subtree& subtree : subtrees) {
    for (NodeId node : FrontierNodes(subtree.size())) {
      node.index += subtree.begin >> node.level;
      nodes.push_back(node);
    }
  }
  CANDOR_ASSIGN_OR_RETURN(const std::vector<Hash> hashes, ReadExactly(reader, nodes));
  std::vector<Hash> roots;
  absl::Span<const Hash> rest = hashes;
  for (const Subtree& subtree : subtrees) {
    const size_t count = std::popcount(subtree.size());
    roots.push_back(FoldFrontier(rest.subspan(0, count)));
    rest.remove_prefix(count);
  }
  return roots;
}

// How a proof climbs from a subtree at this level and index to the root of a tree whose last leaf
// is `last`: first `inner` steps, in which the index's bits tell left from right, up to where the
// paths of the subtree and of the last leaf meet; then one step for each complete subtree to the
// left.
struct Climb {
  size_t inner;
  size_t border;
};

Climb PlanClimb(uint64_t leaf_index, uint64_t last) {
  const size_t inner = std::bit_width(leaf_index ^ last);
  const size_t border = inner == 64 ? 0 : std::popcount(leaf_index >> inner);
  return {inner, border};
}

absl::Status Invalid(std::string_view reason, std::string_view message) {
  return Refuse(absl::StatusCode::kInvalidArgument, reason, message);
}

absl::Status CheckLength(std::string_view kind, size_t length, size_t expected) {
  if (length == expected) return absl::OkStatus();
  return Invalid("PROOF_LENGTH", absl::StrCat("the ", kind, " proof has ", length,
                                              " hashes, for these sizes it must have ", expected));
}

absl::Status RootMismatch(std::string_view which) {
  return Invalid("ROOT_MISMATCH", absl::StrCat("the proof does not lead to the ", which, " root"));
}

}  // namespace

size_t InclusionProofLength(uint64_t leaf_index, uint64_t tree_size) {
  const Climb climb = PlanClimb(leaf_index, tree_size - 1);
  return climb.inner + climb.border;
}

size_t ConsistencyProofLength(uint64_t old_size, uint64_t new_size) {
  if (old_size == 0 || old_size == new_size) return 0;
  // The proof climbs from the last complete subtree of the old tree, whose hash it begins with
  // unless that is the whole old tree.
  return InclusionProofLength(old_size - 1, new_size) - std::countr_zero(old_size) +
         (std::has_single_bit(old_size) ? 0 : 1);
}

absl::StatusOr<std::vector<Hash>> InclusionProof(uint64_t leaf_index, uint64_t tree_size,
                                                 const HashReader& reader) {
  if (leaf_index >= tree_size) {
    return Refuse(
        absl::StatusCode::kOutOfRange, "INDEX_OUT_OF_RANGE",
        absl::StrCat("leaf index ", leaf_index, " is not below the tree size ", tree_size));
  }
  std::vector<Subtree> siblings;
  Subtree subtree = {0, tree_size};
  while (subtree.size() > 1) {
    const bool in_left = leaf_index < subtree.split();
    siblings.push_back(in_left ? subtree.right() : subtree.left());
    subtree = in_left ? subtree.left() : subtree.right();
  }
  std::reverse(siblings.begin(), siblings.end());
  return ReadSubtrees(siblings, reader);
}

absl::StatusOr<Hash> RootFromInclusionProof(const Hash& leaf_hash, uint64_t leaf_index,
                                            uint64_t tree_size, absl::Span<const Hash> proof) {
  if (leaf_index >= tree_size) {
    return Invalid("INDEX_OUT_OF_RANGE", absl::StrCat("leaf index ", leaf_index,
                                                      " is not below the tree size ", tree_size));
  }
  const Climb climb = PlanClimb(leaf_index, tree_size - 1);
  CANDOR_RETURN_IF_ERROR(CheckLength("inclusion", proof.size(), climb.inner + climb.border));
  Hash hash = leaf_hash;
  for (size_t i = 0; i < proof.size(); ++i) {
    const bool is_left_child = i < climb.inner && (leaf_index >> i) % 2 == 0;
    hash = is_left_child ? NodeHash(hash, proof[i]) : NodeHash(proof[i], hash);
  }
  return hash;
}

absl::Status VerifyInclusion(const Hash& leaf_hash, uint64_t leaf_index, uint64_t tree_size,
                             absl::Span<const Hash> proof, const Hash& root) {
  CANDOR_ASSIGN_OR_RETURN(const Hash computed,
                          RootFromInclusionProof(leaf_hash, leaf_index, tree_size, proof));
  return computed == root ? absl::OkStatus() : RootMismatch("given");
}

absl::StatusOr<std::vector<Hash>> ConsistencyProof(uint64_t old_size, uint64_t new_size,
                                                   const HashReader& reader) {
  if (old_size > new_size) {
    return Refuse(absl::StatusCode::kOutOfRange, "SIZE_OUT_OF_RANGE",
                  absl::StrCat("old size ", old_size, " is above the new size ", new_size));
  }
  if (old_size == 0 || old_size == new_size) return std::vector<Hash>();
  std::vector<Subtree> parts;
  Subtree subtree = {0, new_size};
  while (subtree.end != old_size) {
    const bool ends_in_left = old_size <= subtree.split();
    parts.push_back(ends_in_left ? subtree.right() : subtree.left());
    subtree = ends_in_left ? subtree.left() : subtree.right();
  }
  // The verifier knows the whole old tree's root already.
  if (subtree.begin != 0) parts.push_back(subtree);
  std::reverse(parts.begin(), parts.end());
  return ReadSubtrees(parts, reader);
}

namespace {

// Both trees are non-empty and the new one is larger: rebuilds both roots from the proof.
absl::Status VerifyGrowth(uint64_t old_size, uint64_t new_size, const Hash& old_root,
                          const Hash& new_root, absl::Span<const Hash> proof) {
  const int level = std::countr_zero(old_size);
  const Climb climb = PlanClimb(old_size - 1, new_size - 1);
  const size_t inner = climb.inner - level;
  Hash old_hash = old_root;
  if (!std::has_single_bit(old_size)) {
    old_hash = proof[0];
    proof.remove_prefix(1);
  }
  Hash new_hash = old_hash;
  const uint64_t index = (old_size - 1) >> level;
  for (size_t i = 0; i < proof.size(); ++i) {
    if (i < inner && (index >> i) % 2 == 0) {
      new_hash = NodeHash(new_hash, proof[i]);  // To the right of the old tree.
    } else {
      old_hash = NodeHash(proof[i], old_hash);
      new_hash = NodeHash(proof[i], new_hash);
    }
  }
  if (old_hash != old_root) return RootMismatch("old");
  return new_hash == new_root ? absl::OkStatus() : RootMismatch("new");
}

}  // namespace

absl::Status VerifyConsistency(uint64_t old_size, uint64_t new_size, const Hash& old_root,
                               const Hash& new_root, absl::Span<const Hash> proof) {
  if (old_size > new_size) {
    return Invalid("SIZE_OUT_OF_RANGE",
                   absl::StrCat("old size ", old_size, " is above the new size ", new_size));
  }
  CANDOR_RETURN_IF_ERROR(
      CheckLength("consistency", proof.size(), ConsistencyProofLength(old_size, new_size)));
  if (old_size == 0 && old_root != EmptyRoot()) return RootMismatch("old");
  if (old_size == new_size) return old_root == new_root ? absl::OkStatus() : RootMismatch("new");
  if (old_size == 0) return absl::OkStatus();
  return VerifyGrowth(old_size, new_size, old_root, new_root, proof);
}

}  // namespace candor
