// SPDX-License-Identifier: Apache-2.0
//
// Private keys at rest: PEM PKCS#8 in files that only their owner may read.

#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "core/crypto/private_key.h"
#include "core/crypto/secret_string.h"

namespace candor {

inline constexpr size_t kMaxSecretFileBytes = 64 * 1024;

// Reads a secret file. Refused (PERMISSION_DENIED, reason KEY_FILE_NOT_PRIVATE) unless it is a
// regular file, not a symbolic link, owned by the current user, and without any permission for
// group and others.
absl::StatusOr<SecretString> ReadSecretFile(const std::string& path);

// Creates `path` with mode 0600 and makes content and folder entry durable. ALREADY_EXISTS (reason
// KEY_FILE_EXISTS) if anything, even a dangling link, is there; a half-written file is removed.
absl::Status WriteSecretFile(const std::string& path, std::string_view content);

// The same for a private key in PEM PKCS#8.
absl::StatusOr<PrivateKey> ReadKeyFile(const std::string& path);
absl::Status WriteKeyFile(const std::string& path, const PrivateKey& key);

}  // namespace candor
