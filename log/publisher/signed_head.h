// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "core/note/checkpoint.h"
#include "core/note/note.h"

namespace candor {

// A checkpoint that the log's key signed, with that signature alone.
struct SignedHead {
  Checkpoint checkpoint;
  std::string text;             // checkpoint.FormatText(), what signatures are over
  NoteSignature log_signature;  // by the log's note key
  std::string note;             // text and log_signature as a signed note
};

}  // namespace candor
