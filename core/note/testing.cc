// SPDX-License-Identifier: Apache-2.0
#include "core/note/testing.h"

#include "core/crypto/key_algorithm.h"

namespace candor {

PrivateKey TestEd25519Key(uint8_t seed) {
  const std::string bytes(32, static_cast<char>(seed));
  return PrivateKey::FromSeed(KeyAlgorithm::kEd25519, bytes).value();
}

NoteSigner TestLogSigner(std::string_view name, uint8_t seed) {
  return NoteSigner::Create(name, TestEd25519Key(seed)).value();
}

Cosigner TestCosigner(std::string_view name, uint8_t seed) {
  return Cosigner::Create(name, TestEd25519Key(seed)).value();
}

std::string TestSignedCheckpoint(const Checkpoint& checkpoint, const NoteSigner& log,
                                 const std::vector<TestCosignature>& cosignatures) {
  Note note{.text = checkpoint.FormatText(), .signatures = {}};
  note.signatures.push_back(log.Sign(note.text).value());
  for (const TestCosignature& c : cosignatures) {
    note.signatures.push_back(c.cosigner->Cosign(note.text, c.unix_seconds).value());
  }
  return note.Format();
}

std::string WithBrokenSignature(std::string_view note, size_t signature_index) {
  Note parsed = Note::Parse(note).value();
  parsed.signatures.at(signature_index).signature.back() ^= 1;
  return parsed.Format();
}

}  // namespace candor
