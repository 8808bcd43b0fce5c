// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <type_traits>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"

namespace candor {

// absl's string_view is a type of its own in Debian's build: this makes one of ours.
inline absl::string_view AbslView(std::string_view text) { return {text.data(), text.size()}; }
// And one of ours of absl's.
inline std::string_view StdView(absl::string_view text) { return {text.data(), text.size()}; }

namespace str_cat_internal {

template <typename T>
decltype(auto) Part(const T& part) {
  if constexpr (std::is_convertible_v<const T&, std::string_view>) {
    return AbslView(part);
  } else {
    return (part);
  }
}

}  // namespace str_cat_internal

// absl::StrCat that also takes std::string_view.
template <typename... Parts>
std::string StrCat(const Parts&... parts) {
  return absl::StrCat(str_cat_internal::Part(parts)...);
}

}  // namespace candor
