// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <compare>
#include <cstdint>
#include <utility>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "core/crypto/hash.h"

// The shape of an RFC 6962 tree, in terms of its complete subtrees. Indexes start at 0, ranges are
// half open, and every 64-bit tree size works. Code here works out which nodes it needs, reads them
// once through HashReader, and then only computes.

namespace candor {

// The root of a complete subtree: of the leaves [index << level, (index + 1) << level).
// Level 0 is a leaf hash.
struct NodeId {
  uint8_t level = 0;  // 0..63
  uint64_t index = 0;

  friend auto operator<=>(const NodeId&, const NodeId&) = default;

  template <typename H>
  friend H AbslHashValue(H state, const NodeId& node) {
    return H::combine(std::move(state), node.level, node.index);
  }
};

// Whether the leaves of `node` all lie in a tree of `tree_size` leaves.
bool IsNodeInTree(NodeId node, uint64_t tree_size);

// Where node hashes come from. Implementations say whether they are thread-safe.
class HashReader {
 public:
  virtual ~HashReader() = default;

  // The hashes of `nodes`, as many and in the same order, or an error (NOT_FOUND when one does not
  // exist). The caller asks for all it needs in one call. Nodes may repeat.
  virtual absl::StatusOr<std::vector<Hash>> ReadHashes(absl::Span<const NodeId> nodes) const = 0;
};

// Reads and checks the count, so that callers can index the result.
absl::StatusOr<std::vector<Hash>> ReadExactly(const HashReader& reader,
                                              absl::Span<const NodeId> nodes);

// The complete subtrees that make up a tree of this size, from left (largest) to right: one per set
// bit of `tree_size`, none for 0.
std::vector<NodeId> FrontierNodes(uint64_t tree_size);

// The root of the tree of this size; EmptyRoot() for size 0. Reads FrontierNodes(tree_size).
absl::StatusOr<Hash> TreeRoot(uint64_t tree_size, const HashReader& reader);

// The right edge of a growing tree: what is needed to append to it and to know its root, at most 64
// hashes. A value type. Not thread-safe.
class Frontier {
 public:
  Frontier() = default;  // The empty tree.

  // Restores a frontier from the hashes of FrontierNodes(tree_size), in that order.
  // INVALID_ARGUMENT when the count is wrong.
  static absl::StatusOr<Frontier> Restore(uint64_t tree_size, std::vector<Hash> hashes);

  // Restores a frontier from where its hashes are kept.
  static absl::StatusOr<Frontier> Load(uint64_t tree_size, const HashReader& reader);

  // Adds a leaf at index size(). At most 2^64 - 1 leaves.
  void Append(const Hash& leaf_hash);
  // The same, and tells `on_node` each node that this leaf completes, from the leaf itself upwards.
  void Append(const Hash& leaf_hash, absl::FunctionRef<void(NodeId, const Hash&)> on_node);

  uint64_t size() const { return size_; }
  Hash root() const;
  // The hashes of FrontierNodes(size()), in that order.
  const std::vector<Hash>& hashes() const { return hashes_; }

  friend bool operator==(const Frontier&, const Frontier&) = default;

 private:
  uint64_t size_ = 0;
  std::vector<Hash> hashes_;
};

// The root of a tree that consists of these complete subtrees, from left to right, as FrontierNodes
// lists them; EmptyRoot() for none.
Hash FoldFrontier(absl::Span<const Hash> hashes);

}  // namespace candor
