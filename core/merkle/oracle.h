// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <vector>

#include "absl/types/span.h"
#include "core/crypto/hash.h"

// RFC 6962 section 2.1 word for word, recursive and slow: what the tests of this folder compare
// with. It shares nothing with the code under test but SHA-256. For tests only.

namespace candor::oracle {

// MTH(D[n]), of leaf hashes.
Hash TreeHash(absl::Span<const Hash> leaves);

// PATH(m, D[n])
std::vector<Hash> Path(size_t m, absl::Span<const Hash> leaves);

// PROOF(m, D[n]), 0 < m <= n
std::vector<Hash> Proof(size_t m, absl::Span<const Hash> leaves);

// `count` different leaf hashes, always the same.
std::vector<Hash> SampleLeaves(size_t count);

}  // namespace candor::oracle
