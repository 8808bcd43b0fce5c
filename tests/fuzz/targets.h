// SPDX-License-Identifier: Apache-2.0
//
// One function for each decoder that reads bytes from outside. libFuzzer calls them with whatever
// it finds (docs/fuzzing.md); corpus_test with the seeds in corpus/ and mutations of them.

#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace candor {

// None when the input does not decode; else what is broken about it, "" when nothing is.
using FuzzOutcome = std::optional<std::string>;

// Decodes `input` and checks what must hold if it decodes: mostly that encoding gives the same
// bytes. Never aborts by itself: a crash is a finding.
using FuzzFunction = FuzzOutcome (*)(std::string_view input);

struct FuzzTarget {
  const char* name;  // also the folder of its seeds
  FuzzFunction function;
};

const std::vector<FuzzTarget>& FuzzTargets();

// Of core/note.
FuzzOutcome FuzzNote(std::string_view input);
FuzzOutcome FuzzCheckpoint(std::string_view input);
FuzzOutcome FuzzVkey(std::string_view input);
FuzzOutcome FuzzPolicy(std::string_view input);
FuzzOutcome FuzzTlogProof(std::string_view input);
FuzzOutcome FuzzAddCheckpoint(std::string_view input);
FuzzOutcome FuzzCosignature(std::string_view input);
// Of core/attest.
FuzzOutcome FuzzEntry(std::string_view input);
FuzzOutcome FuzzEnvelope(std::string_view input);
FuzzOutcome FuzzStatement(std::string_view input);
FuzzOutcome FuzzPurl(std::string_view input);
// Of core/merkle; the first byte of a bundle is its number of entries, less one.
FuzzOutcome FuzzTilePath(std::string_view input);
FuzzOutcome FuzzEntryBundle(std::string_view input);
// Of core/crypto.
FuzzOutcome FuzzPublicKey(std::string_view input);
FuzzOutcome FuzzSignature(std::string_view input);

}  // namespace candor
