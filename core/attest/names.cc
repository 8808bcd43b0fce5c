// SPDX-License-Identifier: Apache-2.0
#include "core/attest/names.h"

#include <algorithm>
#include <string_view>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "core/util/reason.h"

namespace candor {
namespace {

constexpr size_t kMaxNameBytes = 253;  // RFC 1035 section 2.3.4, without the dot at the end.
constexpr size_t kMaxLabelBytes = 63;

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

bool IsLabel(std::string_view label) {
  return !label.empty() && label.size() <= kMaxLabelBytes && label.front() != '-' &&
         label.back() != '-' && std::all_of(label.begin(), label.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || IsDigit(c) || c == '-';
         });
}

bool IsDomainName(std::string_view name) {
  if (name.size() > kMaxNameBytes) return false;
  size_t labels = 0;
  std::string_view last;
  for (std::string_view rest = name;; ++labels) {
    size_t dot = std::min(rest.find('.'), rest.size());
    last = rest.substr(0, dot);
    if (!IsLabel(last)) return false;
    if (dot == rest.size()) break;
    rest.remove_prefix(dot + 1);
  }
  // A last label of digits would be an IP address.
  return labels >= 1 && !std::all_of(last.begin(), last.end(), IsDigit);
}

}  // namespace

absl::Status CheckParticipantName(std::string_view name) {
  if (IsDomainName(name)) return absl::OkStatus();
  return Refuse(absl::StatusCode::kInvalidArgument, "PARTICIPANT_INVALID",
                absl::StrCat("the participant \"", name.substr(0, 256),
                             "\" must be a domain name in lower case, such as acme.example"));
}

absl::Status CheckOrigin(std::string_view origin) {
  bool ok = !origin.empty() && origin.size() <= kMaxOriginBytes &&
            std::all_of(origin.begin(), origin.end(),
                        [](char c) { return c > 0x20 && c < 0x7f && c != '+'; });
  if (ok) return absl::OkStatus();
  return Refuse(absl::StatusCode::kInvalidArgument, "ORIGIN_INVALID",
                absl::StrCat("the origin must be 1 to ", kMaxOriginBytes,
                             " printable ASCII characters without space and '+'"));
}

}  // namespace candor
