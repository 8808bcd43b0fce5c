// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace candor {

// Text from outside made fit for a terminal and for one line: control characters (C0, DEL, C1),
// line breaks, bidirectional overrides and other invisible format characters, and bytes that are
// not UTF-8 come out as \n, \xNN or \u{NNNN}; a backslash as two. Cut to `max_bytes` with "..." at
// the end.
std::string ForTerminal(std::string_view text, size_t max_bytes = 1024);

// A POSIX time as "2026-03-01T12:00:00Z".
std::string UtcTime(uint64_t unix_seconds);

}  // namespace candor
