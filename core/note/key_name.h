// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

#include "absl/status/status.h"

namespace candor {

// OK if `name` may name a key in a note (C2SP signed-note, "Format"): not empty, valid UTF-8, no
// Unicode space, no '+', no control character. INVALID_ARGUMENT "KEY_NAME_INVALID" otherwise.
absl::Status CheckKeyName(std::string_view name);

// OK if `text` is valid UTF-8 and its only ASCII control characters are newlines, as a note must
// be. `field` names the input in the message. INVALID_ARGUMENT "NOTE_TEXT_INVALID" otherwise.
absl::Status CheckNoteCharacters(std::string_view text, std::string_view field);

}  // namespace candor
