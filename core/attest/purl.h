// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "core/attest/purl_text.h"

namespace candor {

// A package URL (ECMA-427), normalised by the rules of its type. An immutable value.
class Purl {
 public:
  // Stricter than the specification where names are compared: encoded '/' and '.' or '..' segments
  // in namespace, name and subpath are refused, and so are control characters.
  // INVALID_ARGUMENT with reason PURL_INVALID.
  static absl::StatusOr<Purl> Parse(std::string_view text);

  const std::string& type() const { return type_; }
  // Namespace segments and then the name, decoded and normalised: what prefixes match on.
  const std::vector<std::string>& path() const { return path_; }
  const std::string& name() const { return path_.back(); }
  const std::string& version() const { return version_; }  // "" when absent.
  const std::map<std::string, std::string>& qualifiers() const { return qualifiers_; }
  const std::vector<std::string>& subpath() const { return subpath_; }

  // The qualifiers that tell two products of one name apart (repository_url; channel for conda), as
  // canonical text, "" when there are none.
  std::string identity() const;

  // The canonical form. Parse(ToString()) is the same purl.
  std::string ToString() const;
  // The canonical form without version, other than identity qualifiers, and subpath.
  std::string ProductString() const;

  friend bool operator==(const Purl& a, const Purl& b) { return a.ToString() == b.ToString(); }
  friend auto operator<=>(const Purl& a, const Purl& b) { return a.ToString() <=> b.ToString(); }

 private:
  friend class PurlPrefix;
  Purl() = default;

  std::string type_;
  std::vector<std::string> path_;
  std::string version_;
  std::map<std::string, std::string> qualifiers_;
  std::vector<std::string> subpath_;
};

}  // namespace candor
