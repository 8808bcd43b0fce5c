// SPDX-License-Identifier: Apache-2.0
#include "core/merkle/tree.h"

#include <bit>
#include <cstddef>

#include "absl/strings/str_cat.h"
#include "core/merkle/hasher.h"
#include "core/util/reason.h"
#include "core/util/status_macros.h"

namespace candor {

bool IsNodeInTree(NodeId node, uint64_t tree_size) {
  return node.level < 64 && node.index < tree_size >> node.level;
}

absl::StatusOr<std::vector<Hash>> ReadExactly(const HashReader& reader,
                                              absl::Span<const NodeId> nodes) {
  if (nodes.empty()) return std::vector<Hash>();
  CANDOR_ASSIGN_OR_RETURN(std::vector<Hash> hashes, reader.ReadHashes(nodes));
  if (hashes.size() != nodes.size()) {
    return absl::InternalError(absl::StrCat("the hash reader gave ", hashes.size(), " hashes for ",
                                            nodes.size(), " nodes"));
  }
  return hashes;
}

std::vector<NodeId> FrontierNodes(uint64_t tree_size) {
  std::vector<NodeId> nodes;
  nodes.reserve(std::popcount(tree_size));
  for (int level = 63; level >= 0; --level) {
    const uint64_t count = tree_size >> level;
    if (count % 2 == 1) nodes.push_back({static_cast<uint8_t>(level), count - 1});
  }
  return nodes;
}

Hash FoldFrontier(absl::Span<const Hash> hashes) {
  if (hashes.empty()) return EmptyRoot();
  Hash root = hashes.back();
  for (size_t i = hashes.size() - 1; i-- > 0;) root = NodeHash(hashes[i], root);
  return root;
}

absl::StatusOr<Hash> TreeRoot(uint64_t tree_size, const HashReader& reader) {
  CANDOR_ASSIGN_OR_RETURN(std::vector<Hash> hashes, ReadExactly(reader, FrontierNodes(tree_size)));
  return FoldFrontier(hashes);
}

absl::StatusOr<Frontier> Frontier::Restore(uint64_t tree_size, std::vector<Hash> hashes) {
  const size_t expected = std::popcount(tree_size);
  if (hashes.size() != expected) {
    return Refuse(absl::StatusCode::kInvalidArgument, "MALFORMED_FRONTIER",
                  absl::StrCat("the frontier of a tree of size ", tree_size, " has ", expected,
                               " hashes, not ", hashes.size()));
  }
  Frontier frontier;
  frontier.size_ = tree_size;
  frontier.hashes_ = std::move(hashes);
  return frontier;
}

absl::StatusOr<Frontier> Frontier::Load(uint64_t tree_size, const HashReader& reader) {
  CANDOR_ASSIGN_OR_RETURN(std::vector<Hash> hashes, ReadExactly(reader, FrontierNodes(tree_size)));
  return Restore(tree_size, std::move(hashes));
}

void Frontier::Append(const Hash& leaf_hash) {
  Append(leaf_hash, [](NodeId, const Hash&) {});
}

void Frontier::Append(const Hash& leaf_hash, absl::FunctionRef<void(NodeId, const Hash&)> on_node) {
  NodeId node = {0, size_};
  Hash hash = leaf_hash;
  on_node(node, hash);
  // A right child completes its parent; the left one is the last that is kept.
  while (node.index % 2 == 1) {
    hash = NodeHash(hashes_.back(), hash);
    hashes_.pop_back();
    ++node.level;
    node.index /= 2;
    on_node(node, hash);
  }
  hashes_.push_back(hash);
  ++size_;
}

Hash Frontier::root() const { return FoldFrontier(hashes_); }

}  // namespace candor
