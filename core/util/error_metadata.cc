// SPDX-License-Identifier: Apache-2.0
#include "core/util/error_metadata.h"

#include "absl/strings/cord.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"

namespace candor {
namespace {

constexpr std::string_view kUrlPrefix = "candor.v1/metadata/";

}  // namespace

absl::Status WithMetadata(absl::Status status, std::string_view key, std::string_view value) {
  if (status.ok()) return status;
  status.SetPayload(absl::StrCat(kUrlPrefix, key), absl::Cord(absl::string_view(value)));
  return status;
}

std::map<std::string, std::string> MetadataOf(const absl::Status& status) {
  std::map<std::string, std::string> metadata;
  status.ForEachPayload([&metadata](std::string_view url, const absl::Cord& payload) {
    if (!url.starts_with(kUrlPrefix)) return;
    metadata.emplace(url.substr(kUrlPrefix.size()), std::string(payload));
  });
  return metadata;
}

}  // namespace candor
