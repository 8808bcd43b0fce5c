// SPDX-License-Identifier: Apache-2.0
#include "core/attest/purl.h"

#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "core/attest/purl_text.h"
#include "core/attest/purl_types.h"
#include "core/util/status_macros.h"

namespace candor {
namespace {

// Takes "@version" off. An '@' belongs to a name when a '/' comes after it ("@scope/name").
absl::StatusOr<std::string> TakeVersion(std::string_view& rest) {
  size_t at = rest.rfind('@');
  if (at == std::string_view::npos || rest.find('/', at) != std::string_view::npos) {
    return std::string();
  }
  if (at == 0 || rest[at - 1] == '/') return PurlError("has no name before the '@'");
  return PurlDecode(TakeAfterLast(rest, '@'));
}

}  // namespace

absl::StatusOr<Purl> Purl::Parse(std::string_view text) {
  CANDOR_ASSIGN_OR_RETURN(std::string_view rest, AfterPurlScheme(text));
  Purl purl;
  CANDOR_ASSIGN_OR_RETURN(purl.subpath_, PurlSegments(TakeAfterLast(rest, '#')));
  CANDOR_ASSIGN_OR_RETURN(purl.qualifiers_, PurlQualifiers(TakeAfterLast(rest, '?')));
  if (rest.find_first_of("?#") != std::string_view::npos) {
    return PurlError("has more than one '?' or '#'; percent-encode the others");
  }
  size_t slash = rest.find('/');
  if (slash == std::string_view::npos) return PurlError("has no name after its type");
  CANDOR_ASSIGN_OR_RETURN(purl.type_, PurlType(rest.substr(0, slash)));
  rest.remove_prefix(slash + 1);
  CANDOR_ASSIGN_OR_RETURN(purl.version_, TakeVersion(rest));
  CANDOR_ASSIGN_OR_RETURN(purl.path_, PurlSegments(rest));
  if (purl.path_.empty()) return PurlError("has no name after its type");
  NormalisePurl(purl.type_, purl.path_, purl.version_);
  return purl;
}

std::string Purl::identity() const {
  std::map<std::string, std::string> identity;
  for (const auto& [key, value] : qualifiers_) {
    if (IsIdentityQualifier(type_, key)) identity.emplace(key, value);
  }
  return JoinPurlQualifiers(identity);
}

std::string Purl::ToString() const {
  std::string text = absl::StrCat("pkg:", type_, "/", JoinPurlSegments(path_));
  if (!version_.empty()) text += absl::StrCat("@", PurlEncode(version_));
  if (!qualifiers_.empty()) text += absl::StrCat("?", JoinPurlQualifiers(qualifiers_));
  if (!subpath_.empty()) text += absl::StrCat("#", JoinPurlSegments(subpath_));
  return text;
}

std::string Purl::ProductString() const {
  std::string identity_text = identity();
  return absl::StrCat("pkg:", type_, "/", JoinPurlSegments(path_), identity_text.empty() ? "" : "?",
                      identity_text);
}

}  // namespace candor
