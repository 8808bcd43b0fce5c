// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "core/attest/purl.h"

namespace candor {

// The products under one path: "pkg:generic/acme.example/" are those below it, and
// "pkg:deb/debian/curl" (no '/' at the end) is that product, every version, and what is below it.
// Whole segments are compared, and identity qualifiers must be equal: "pkg:oci/app" does not cover
// "pkg:oci/app?repository_url=...", and the other way round. An immutable value.
class PurlPrefix {
 public:
  // The text must be canonical and have at least one segment after the type, so that nobody gets a
  // whole ecosystem; no version, subpath, or other than identity qualifiers.
  // INVALID_ARGUMENT with reason PURL_PREFIX_INVALID or PURL_PREFIX_TOO_BROAD.
  static absl::StatusOr<PurlPrefix> Parse(std::string_view text);

  const std::string& ToString() const { return text_; }
  const std::string& type() const { return type_; }
  const std::vector<std::string>& path() const { return path_; }
  const std::string& identity() const { return identity_; }

  bool Covers(const Purl& purl) const;
  // Whether everything that `other` covers is covered.
  bool Covers(const PurlPrefix& other) const;
  // Whether one path is a prefix of the other, either way, under the same identity qualifiers.
  bool Overlaps(const PurlPrefix& other) const;

  friend bool operator==(const PurlPrefix& a, const PurlPrefix& b) { return a.text_ == b.text_; }

 private:
  PurlPrefix() = default;

  std::string text_;
  std::string type_;
  std::vector<std::string> path_;
  std::string identity_;
  bool below_only_ = false;  // The text's path ends with '/'.
};

}  // namespace candor
