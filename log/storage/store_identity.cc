// SPDX-License-Identifier: Apache-2.0
#include "log/storage/store_identity.h"

#include <vector>

#include "absl/strings/str_cat.h"
#include "core/util/encoding.h"
#include "core/util/reason.h"

namespace candor {
namespace {

constexpr std::string_view kTitle = "candor log store\nformat ";
constexpr std::string_view kOriginLabel = "\norigin ";

absl::Status Damaged() {
  return Refuse(
      absl::StatusCode::kDataLoss, "STORE_DAMAGED",
      "the STORE file does not say the store's format and origin; restore it from a copy");
}

}  // namespace

std::string StoreIdentity::FormatText() const {
  return absl::StrCat(kTitle, format, kOriginLabel, origin, "\n");
}

absl::StatusOr<StoreIdentity> StoreIdentity::ParseText(std::string_view text) {
  if (!text.starts_with(kTitle)) return Damaged();
  std::string_view rest = text.substr(kTitle.size());
  const size_t line_end = rest.find('\n');
  if (line_end == std::string_view::npos) return Damaged();
  const absl::StatusOr<uint64_t> format = ParseDecimal(rest.substr(0, line_end));
  if (!format.ok() || *format == 0) return Damaged();
  // What follows the first two lines is the affair of the format.
  if (*format > kFormat) return StoreIdentity{*format, ""};
  rest.remove_prefix(line_end);
  if (!rest.starts_with(kOriginLabel) || !rest.ends_with('\n')) return Damaged();
  StoreIdentity identity{*format, std::string(rest.substr(kOriginLabel.size()))};
  identity.origin.pop_back();
  if (identity.origin.empty() || identity.FormatText() != text ||
      identity.origin.find('\n') != std::string::npos) {
    return Damaged();
  }
  return identity;
}

absl::Status CheckStoreIdentity(const StoreIdentity& identity, std::string_view origin,
                                std::string_view folder) {
  if (identity.format > StoreIdentity::kFormat) {
    return Refuse(absl::StatusCode::kFailedPrecondition, "FORMAT_TOO_NEW",
                  absl::StrCat("store ", folder, " has format ", identity.format,
                               " and this program knows formats up to ", StoreIdentity::kFormat,
                               "; use the newer program that wrote it"));
  }
  if (identity.origin != origin) {
    return Refuse(absl::StatusCode::kFailedPrecondition, "WRONG_ORIGIN",
                  absl::StrCat("store ", folder, " belongs to the log ", identity.origin,
                               ", not to ", origin, "; check the configured folder and origin"));
  }
  return absl::OkStatus();
}

}  // namespace candor
