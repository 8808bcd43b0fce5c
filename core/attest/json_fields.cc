// SPDX-License-Identifier: Apache-2.0
#include "core/attest/json_fields.h"

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "core/util/reason.h"
#include "core/util/status_macros.h"

namespace candor {

absl::StatusOr<JsonFields> JsonFields::Of(const Json& value, std::string path,
                                          std::string_view reason) {
  if (!value.is_object()) {
    return Refuse(absl::StatusCode::kInvalidArgument, reason,
                  absl::StrCat(path, " must be a JSON object"));
  }
  return JsonFields(&value, std::move(path), reason);
}

const Json* JsonFields::Find(std::string_view name) const {
  auto it = object_->find(name);
  return it == object_->end() ? nullptr : &*it;
}

absl::StatusOr<const Json*> JsonFields::Required(std::string_view name) const {
  const Json* value = Find(name);
  if (value == nullptr) return Error(name, "is missing");
  return value;
}

absl::StatusOr<std::string> JsonFields::String(std::string_view name, size_t min,
                                               size_t max) const {
  CANDOR_ASSIGN_OR_RETURN(const Json* value, Required(name));
  if (!value->is_string()) return Error(name, "must be a string");
  const auto& text = value->get_ref<const std::string&>();
  if (text.size() < min || text.size() > max) {
    return Error(name,
                 absl::StrCat("has ", text.size(), " bytes; it must have ", min, " to ", max));
  }
  return text;
}

absl::StatusOr<std::string> JsonFields::OptionalString(std::string_view name, size_t max) const {
  if (Find(name) == nullptr) return std::string();
  return String(name, 0, max);
}

absl::StatusOr<uint64_t> JsonFields::Uint(std::string_view name, uint64_t min, uint64_t max) const {
  CANDOR_ASSIGN_OR_RETURN(const Json* value, Required(name));
  if (!value->is_number_unsigned()) return Error(name, "must be a whole number, not negative");
  uint64_t number = value->get<uint64_t>();
  if (number < min || number > max) {
    return Error(name, absl::StrCat("is ", number, "; it must be ", min, " to ", max));
  }
  return number;
}

absl::StatusOr<bool> JsonFields::OptionalBool(std::string_view name, bool absent) const {
  const Json* value = Find(name);
  if (value == nullptr) return absent;
  if (!value->is_boolean()) return Error(name, "must be true or false");
  return value->get<bool>();
}

absl::StatusOr<JsonFields> JsonFields::Object(std::string_view name) const {
  CANDOR_ASSIGN_OR_RETURN(const Json* value, Required(name));
  return Of(*value, PathOf(name), reason_);
}

absl::StatusOr<const Json*> JsonFields::Array(std::string_view name, size_t min, size_t max) const {
  CANDOR_ASSIGN_OR_RETURN(const Json* value, Required(name));
  if (!value->is_array()) return Error(name, "must be an array");
  if (value->size() < min || value->size() > max) {
    return Error(name,
                 absl::StrCat("has ", value->size(), " elements; it must have ", min, " to ", max));
  }
  return value;
}

absl::StatusOr<std::vector<std::string>> JsonFields::Strings(std::string_view name, size_t min,
                                                             size_t max, size_t max_bytes) const {
  CANDOR_ASSIGN_OR_RETURN(const Json* array, Array(name, min, max));
  std::vector<std::string> strings;
  for (const Json& element : *array) {
    std::string element_name = absl::StrCat(name, "[", strings.size(), "]");
    if (!element.is_string()) return Error(element_name, "must be a string");
    const auto& text = element.get_ref<const std::string&>();
    if (text.empty() || text.size() > max_bytes) {
      return Error(element_name,
                   absl::StrCat("has ", text.size(), " bytes; it must have 1 to ", max_bytes));
    }
    strings.push_back(text);
  }
  return strings;
}

absl::Status JsonFields::OnlyThese(std::initializer_list<std::string_view> names) const {
  for (const auto& [name, value] : object_->items()) {
    if (std::find(names.begin(), names.end(), name) == names.end()) {
      return Error(std::string_view(name).substr(0, 64),
                   "is not a member that this version knows; check its spelling");
    }
  }
  return absl::OkStatus();
}

std::string JsonFields::PathOf(std::string_view name) const {
  return path_.empty() ? std::string(name) : absl::StrCat(path_, ".", name);
}

absl::Status JsonFields::Error(std::string_view name, std::string_view problem) const {
  return Refuse(absl::StatusCode::kInvalidArgument, reason_,
                absl::StrCat(PathOf(name), " ", problem));
}

}  // namespace candor
