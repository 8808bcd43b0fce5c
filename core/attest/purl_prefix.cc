// SPDX-License-Identifier: Apache-2.0
#include "core/attest/purl_prefix.h"

#include <algorithm>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "core/attest/purl_text.h"
#include "core/attest/purl_types.h"
#include "core/util/reason.h"
#include "core/util/status_macros.h"

namespace candor {
namespace {

absl::Status Invalid(std::string_view text, std::string_view problem) {
  return Refuse(absl::StatusCode::kInvalidArgument, "PURL_PREFIX_INVALID",
                absl::StrCat("the purl prefix \"", text.substr(0, 256), "\" ", problem));
}

bool BeginsWith(const std::vector<std::string>& path, const std::vector<std::string>& prefix) {
  return prefix.size() <= path.size() && std::equal(prefix.begin(), prefix.end(), path.begin());
}

// The qualifiers of a prefix; an error when one is not part of a product's identity.
absl::StatusOr<std::map<std::string, std::string>> IdentityOnly(std::string_view text,
                                                                std::string_view type,
                                                                std::string_view whole) {
  CANDOR_ASSIGN_OR_RETURN(auto qualifiers, PurlQualifiers(text));
  for (const auto& [key, value] : qualifiers) {
    if (!IsIdentityQualifier(type, key)) {
      return Invalid(whole, absl::StrCat("has the qualifier ", key,
                                         ", which does not tell products apart; leave it out"));
    }
  }
  return qualifiers;
}

}  // namespace

absl::StatusOr<PurlPrefix> PurlPrefix::Parse(std::string_view text) {
  CANDOR_ASSIGN_OR_RETURN(std::string_view rest, AfterPurlScheme(text));
  if (rest.find('#') != std::string_view::npos) return Invalid(text, "has a subpath; leave it out");
  std::string_view query = TakeAfterLast(rest, '?');
  size_t slash = std::min(rest.find('/'), rest.size());
  PurlPrefix prefix;
  CANDOR_ASSIGN_OR_RETURN(prefix.type_, PurlType(rest.substr(0, slash)));
  rest.remove_prefix(slash);
  if (rest.find('@') != std::string_view::npos) {
    return Invalid(text, "has an '@'; leave the version out, and write %40 in a name");
  }
  CANDOR_ASSIGN_OR_RETURN(prefix.path_, PurlSegments(rest));
  if (prefix.path_.empty()) {
    return Refuse(absl::StatusCode::kInvalidArgument, "PURL_PREFIX_TOO_BROAD",
                  absl::StrCat("the purl prefix \"", text.substr(0, 256),
                               "\" covers a whole package type; name a namespace or a package"));
  }
  prefix.below_only_ = rest.back() == '/';
  CANDOR_ASSIGN_OR_RETURN(auto qualifiers, IdentityOnly(query, prefix.type_, text));
  prefix.identity_ = JoinPurlQualifiers(qualifiers);

  // Only a path that ends in a name gets the rule for names.
  std::string no_version;
  if (prefix.below_only_) prefix.path_.emplace_back();
  NormalisePurl(prefix.type_, prefix.path_, no_version);
  if (prefix.below_only_) prefix.path_.pop_back();
  prefix.text_ = absl::StrCat("pkg:", prefix.type_, "/", JoinPurlSegments(prefix.path_),
                              prefix.below_only_ ? "/" : "", prefix.identity_.empty() ? "" : "?",
                              prefix.identity_);
  if (prefix.text_ != text) {
    return Invalid(text, absl::StrCat("is not in canonical form; write \"", prefix.text_, "\""));
  }
  return prefix;
}

bool PurlPrefix::Covers(const Purl& purl) const {
  return type_ == purl.type() && BeginsWith(purl.path(), path_) &&
         (!below_only_ || purl.path().size() > path_.size()) && identity_ == purl.identity();
}

bool PurlPrefix::Covers(const PurlPrefix& other) const {
  return type_ == other.type_ && BeginsWith(other.path_, path_) &&
         (!below_only_ || other.below_only_ || other.path_.size() > path_.size()) &&
         identity_ == other.identity_;
}

bool PurlPrefix::Overlaps(const PurlPrefix& other) const {
  return type_ == other.type_ && identity_ == other.identity_ &&
         (BeginsWith(path_, other.path_) || BeginsWith(other.path_, path_));
}

}  // namespace candor
