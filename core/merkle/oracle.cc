// SPDX-License-Identifier: Apache-2.0
#include "core/merkle/oracle.h"

#include <string>

namespace candor::oracle {
namespace {

// The largest power of two smaller than n.
size_t SplitPoint(size_t n) {
  size_t k = 1;
  while (2 * k < n) k *= 2;
  return k;
}

std::vector<Hash> SubProof(size_t m, absl::Span<const Hash> leaves, bool complete) {
  const size_t n = leaves.size();
  if (m == n && complete) return {};
  if (m == n) return {TreeHash(leaves)};
  const size_t k = SplitPoint(n);
  std::vector<Hash> proof;
  if (m <= k) {
    proof = SubProof(m, leaves.subspan(0, k), complete);
    proof.push_back(TreeHash(leaves.subspan(k)));
  } else {
    proof = SubProof(m - k, leaves.subspan(k), false);
    proof.push_back(TreeHash(leaves.subspan(0, k)));
  }
  return proof;
}

}  // namespace

Hash TreeHash(absl::Span<const Hash> leaves) {
  if (leaves.empty()) return Sha256("");
  if (leaves.size() == 1) return leaves[0];
  const size_t k = SplitPoint(leaves.size());
  std::string bytes = "\x01";
  bytes.append(TreeHash(leaves.subspan(0, k)).bytes());
  bytes.append(TreeHash(leaves.subspan(k)).bytes());
  return Sha256(bytes);
}

std::vector<Hash> Path(size_t m, absl::Span<const Hash> leaves) {
  if (leaves.size() == 1) return {};
  const size_t k = SplitPoint(leaves.size());
  std::vector<Hash> path;
  if (m < k) {
    path = Path(m, leaves.subspan(0, k));
    path.push_back(TreeHash(leaves.subspan(k)));
  } else {
    path = Path(m - k, leaves.subspan(k));
    path.push_back(TreeHash(leaves.subspan(0, k)));
  }
  return path;
}

std::vector<Hash> Proof(size_t m, absl::Span<const Hash> leaves) {
  return SubProof(m, leaves, true);
}

std::vector<Hash> SampleLeaves(size_t count) {
  std::vector<Hash> leaves;
  for (size_t i = 0; i < count; ++i) leaves.push_back(Sha256("leaf " + std::to_string(i)));
  return leaves;
}

}  // namespace candor::oracle
