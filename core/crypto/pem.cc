// SPDX-License-Identifier: Apache-2.0
#include "core/crypto/pem.h"

#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "core/util/encoding.h"
#include "core/util/reason.h"
#include "core/util/status_macros.h"

namespace candor {
namespace {

constexpr size_t kLineLength = 64;

absl::Status Malformed(std::string_view why) {
  return Refuse(absl::StatusCode::kInvalidArgument, "MALFORMED_PEM",
                absl::StrCat("the PEM text ", why));
}

// Takes the next line off `text`, without its end.
std::string_view TakeLine(std::string_view& text) {
  const size_t end = text.find('\n');
  std::string_view line = text.substr(0, end);
  text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

// Takes the lines up to and including `last_line` off `text` and joins those before it.
absl::StatusOr<SecretString> TakeBody(std::string_view last_line, std::string_view& text) {
  std::string joined;
  joined.reserve(kMaxPemSize);  // It must not grow: that would leave copies behind.
  while (!text.empty()) {
    const std::string_view line = TakeLine(text);
    if (line == last_line) return SecretString(std::move(joined));
    if (line.empty()) {
      const SecretString wiped(std::move(joined));
      return Malformed("has an empty line");
    }
    joined.append(line);
  }
  const SecretString wiped(std::move(joined));
  return Malformed(absl::StrCat("has no line ", last_line));
}

}  // namespace

absl::StatusOr<SecretString> PemDecode(std::string_view label, std::string_view text) {
  if (text.size() > kMaxPemSize) {
    return Malformed(absl::StrCat("is longer than ", kMaxPemSize, " bytes"));
  }
  if (TakeLine(text) != absl::StrCat("-----BEGIN ", label, "-----")) {
    return Malformed(absl::StrCat("does not begin with the line -----BEGIN ", label, "-----"));
  }
  CANDOR_ASSIGN_OR_RETURN(const SecretString base64,
                          TakeBody(absl::StrCat("-----END ", label, "-----"), text));
  // A key that went through a CI secret often has an empty line more.
  if (text.find_first_not_of("\r\n") != std::string_view::npos) {
    return Malformed("goes on after its end: exactly one block is expected");
  }
  absl::StatusOr<std::string> der = Base64Decode(base64);
  if (!der.ok()) return Malformed("has lines that are not canonical base64");
  return SecretString(*std::move(der));
}

SecretString PemEncode(std::string_view label, std::string_view der) {
  const SecretString base64(Base64Encode(der));
  std::string text;
  text.reserve(2 * label.size() + 40 + base64.view().size() * (kLineLength + 1) / kLineLength);
  absl::StrAppend(&text, "-----BEGIN ", label, "-----\n");
  for (size_t i = 0; i < base64.view().size(); i += kLineLength) {
    absl::StrAppend(&text, base64.view().substr(i, kLineLength), "\n");
  }
  absl::StrAppend(&text, "-----END ", label, "-----\n");
  return SecretString(std::move(text));
}

}  // namespace candor
