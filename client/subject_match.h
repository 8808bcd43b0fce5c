// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "client/artifact_digest.h"
#include "core/attest/content.h"
#include "core/attest/purl.h"
#include "core/attest/statement.h"

namespace candor {

// How a statement's subject relates to an artifact, by the digests that count (ArtifactDigests):
// all others, SHA-1 and MD5 above all, are not looked at.
enum class SubjectMatch : uint8_t {
  kMatches,    // every digest that counts is the artifact's, and there is at least one
  kDiffers,    // none of them is
  kDisagrees,  // some are and some are not: the statement contradicts itself
  kUnusable,   // there is none that counts
};

SubjectMatch MatchSubject(const Subject& subject, const ArtifactDigests& artifact);

// The names of the digests that were compared: "sha256, sha512".
std::string ComparedDigests(const Subject& subject, const ArtifactDigests& artifact);

// What a matching subject is called, fit for a terminal.
std::string SubjectName(const Subject& subject);

// The products that a matching subject is: its own purls, else all that the statement speaks about.
// So a statement about several products does not lend one product's name to another's file.
std::vector<Purl> ProductsOf(const Subject& subject, const EntryContent& content);

}  // namespace candor
