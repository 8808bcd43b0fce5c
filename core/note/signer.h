// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string_view>

#include "absl/status/statusor.h"
#include "core/crypto/private_key.h"
#include "core/note/note.h"
#include "core/note/vkey.h"

namespace candor {

// Signs note text with a plain Ed25519 signature (type 0x01): a log's checkpoint key. Move-only;
// thread-safe for signing.
class NoteSigner {
 public:
  // INVALID_ARGUMENT if the name is not a key name or the key is not Ed25519.
  static absl::StatusOr<NoteSigner> Create(std::string_view name, PrivateKey key);

  const VerifierKey& vkey() const { return vkey_; }

  // `text` must be note text: not empty, final newline, valid characters.
  absl::StatusOr<NoteSignature> Sign(std::string_view text) const;

 private:
  NoteSigner(VerifierKey vkey, PrivateKey key);

  VerifierKey vkey_;
  PrivateKey key_;
};

// Makes Ed25519 checkpoint cosignatures, version 1 (type 0x04, C2SP tlog-cosignature): a witness.
// Move-only; thread-safe for signing. Whoever calls it has checked consistency and persisted first.
class Cosigner {
 public:
  static absl::StatusOr<Cosigner> Create(std::string_view name, PrivateKey key);

  const VerifierKey& vkey() const { return vkey_; }

  // `checkpoint_text` is the text of a checkpoint (Checkpoint::ParseText accepts it),
  // `unix_seconds` is in 1 .. 2^63-1: the protocol forbids a cosignature without a time.
  // INVALID_ARGUMENT otherwise.
  absl::StatusOr<NoteSignature> Cosign(std::string_view checkpoint_text,
                                       uint64_t unix_seconds) const;

 private:
  Cosigner(VerifierKey vkey, PrivateKey key);

  VerifierKey vkey_;
  PrivateKey key_;
};

}  // namespace candor
