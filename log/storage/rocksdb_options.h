// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>

namespace candor {

struct RocksDbLogStoreOptions {
  std::string folder;  // must exist; holds STORE (format and origin) and db/
  std::string origin;  // the log's checkpoint origin
  size_t block_cache_bytes = size_t{64} << 20;
};

}  // namespace candor
