// SPDX-License-Identifier: Apache-2.0
//
// Small bounded file and stream helpers. Errors name the path and what the system said:
// NOT_FOUND, PERMISSION_DENIED, INVALID_ARGUMENT (reason FILE_TOO_LARGE), or UNAVAILABLE.

#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace candor {

// A status for the errno value of a failed system call: "cannot <action> <path>: <system text>".
absl::Status ErrnoStatus(int error, std::string_view action, std::string_view path);

// The whole content, which must be at most `max_bytes`. Symbolic links are followed. Folders are
// refused.
absl::StatusOr<std::string> ReadFileBounded(const std::string& path, size_t max_bytes);

// Reads `fd` to its end; `name` is for messages. Does not close it.
absl::StatusOr<std::string> ReadFdBounded(int fd, std::string_view name, size_t max_bytes);

absl::StatusOr<std::string> ReadStdinBounded(size_t max_bytes);

// Writes all of `data`, going on after short writes and interruptions.
absl::Status WriteAll(int fd, std::string_view name, std::string_view data);

}  // namespace candor
