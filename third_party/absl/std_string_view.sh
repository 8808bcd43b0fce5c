#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Usage: std_string_view.sh OUT_DIR
# Debian builds abseil for C++14, so its absl::string_view is a class of its own, which neither takes
# a std::string_view nor becomes one. This copies the three headers that decide that and adds the
# conversions (and one comparison, ambiguous without). They are inline and hold no data: the layout
# and the library stay as they are.
set -eu

# edit HEADER LINE ADDITION: adds text before the only line that is LINE.
edit() {
  if [ "$(grep -cxF -- "$2" "/usr/include/$1")" != 1 ]; then
    echo "$1: this version of abseil does not have the expected line: $2" >&2
    exit 1
  fi
  mkdir -p "$out/$(dirname "$1")"
  line=$2 addition=$3 awk '$0 == ENVIRON["line"] { print ENVIRON["addition"] } { print }' \
    "/usr/include/$1" > "$out/$1"
}

out=$1
edit absl/strings/string_view.h '  // Implicit constructors' \
  '  constexpr string_view(std::basic_string_view<char> s) noexcept
      : ptr_(s.data()), length_(s.size()) {}
  constexpr operator std::basic_string_view<char>() const noexcept { return {ptr_, length_}; }
  template <typename T,
            std::enable_if_t<std::is_same_v<T, std::basic_string_view<char>>, int> = 0>
  friend constexpr bool operator==(string_view a, T b) noexcept {
    return std::basic_string_view<char>(a) == b;
  }'
sed -i 's/^#include <string>$/#include <string>\n#include <string_view>\n#include <type_traits>/' \
  "$out/absl/strings/string_view.h"
edit absl/strings/str_cat.h '  AlphaNum(absl::string_view pc) : piece_(pc) {}  // NOLINT(runtime/explicit)' \
  '  AlphaNum(std::basic_string_view<char> s) : piece_(s) {}'
edit absl/strings/internal/str_split_internal.h \
  '  ConvertibleToStringView(char* s) : value_(s) {}  // NOLINT(runtime/explicit)' \
  '  ConvertibleToStringView(std::basic_string_view<char> s) : value_(s) {}'
