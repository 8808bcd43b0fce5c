// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "core/attest/json.h"

namespace candor {

// Typed access to the members of one JSON object, with errors that name the member by its path
// ("predicate.registrar.keys[2].alg"). A view: the object outlives it. Every error is
// INVALID_ARGUMENT with the reason given to Of.
class JsonFields {
 public:
  // An error unless `value` is an object.
  static absl::StatusOr<JsonFields> Of(const Json& value, std::string path,
                                       std::string_view reason);

  // Null when the member is absent.
  const Json* Find(std::string_view name) const;

  // A string of min..max bytes.
  absl::StatusOr<std::string> String(std::string_view name, size_t min, size_t max) const;
  // "" when absent.
  absl::StatusOr<std::string> OptionalString(std::string_view name, size_t max) const;
  // A number without fraction or exponent, min..max.
  absl::StatusOr<uint64_t> Uint(std::string_view name, uint64_t min, uint64_t max) const;
  // `absent` when absent.
  absl::StatusOr<bool> OptionalBool(std::string_view name, bool absent) const;
  absl::StatusOr<JsonFields> Object(std::string_view name) const;
  // An array of min..max elements.
  absl::StatusOr<const Json*> Array(std::string_view name, size_t min, size_t max) const;
  // An array of min..max strings, each of 1..max_bytes.
  absl::StatusOr<std::vector<std::string>> Strings(std::string_view name, size_t min, size_t max,
                                                   size_t max_bytes) const;
  // An error when the object has any other member.
  absl::Status OnlyThese(std::initializer_list<std::string_view> names) const;

  // "path.name"
  std::string PathOf(std::string_view name) const;
  // INVALID_ARGUMENT "path.name problem".
  absl::Status Error(std::string_view name, std::string_view problem) const;

 private:
  JsonFields(const Json* object, std::string path, std::string_view reason)
      : object_(object), path_(std::move(path)), reason_(reason) {}
  absl::StatusOr<const Json*> Required(std::string_view name) const;

  const Json* object_;
  std::string path_;
  std::string_view reason_;
};

}  // namespace candor
