// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace candor {

// An absolute http or https URL (RFC 3986) without user information and fragment.
struct Url {
  std::string scheme;  // "http" or "https"
  std::string host;    // lower case; an IPv6 address without its brackets
  uint16_t port = 0;   // the scheme's default when the text has none
  std::string path;    // begins with '/'; not decoded
  std::string query;   // without '?'; not decoded

  // INVALID_ARGUMENT for other schemes, user information, a fragment, spaces, control or non-ASCII
  // bytes, broken percent-encoding, a bad port, or more than 4,096 bytes.
  static absl::StatusOr<Url> Parse(std::string_view text);

  // Canonical text; the port appears only when it is not the scheme's default.
  std::string ToString() const;
  // What goes into a Host header: host, in brackets if IPv6, and a port that is not the default.
  std::string HostHeader() const;
  // Path and query as sent in a request line.
  std::string Target() const;
};

// `prefix` and `path` with exactly one '/' between them: ("https://a/b/", "checkpoint").
std::string JoinUrl(std::string_view prefix, std::string_view path);

// Decodes %XX ('+' stays as it is). INVALID_ARGUMENT on a broken escape.
absl::StatusOr<std::string> PercentDecode(std::string_view text);
// Keeps RFC 3986 unreserved characters, escapes everything else.
std::string PercentEncode(std::string_view text);

// "host:port" or "[v6]:port", as configuration files name where to listen. The host is never left
// out: whether a server is for this machine or for every network has to be said.
struct HostPort {
  std::string host;   // an IPv6 address without its brackets
  uint16_t port = 0;  // to listen: 0 lets the system choose

  // INVALID_ARGUMENT (reason ADDRESS_INVALID).
  static absl::StatusOr<HostPort> Parse(std::string_view text);
  std::string ToString() const;
};

}  // namespace candor
