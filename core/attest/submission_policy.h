// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "absl/status/status.h"
#include "core/attest/content.h"

namespace candor {

// Checks of a submission that help vendors and are no part of Admit: an entry that breaks them is
// not misbehaviour. Every subject of a product statement has a digest that a customer can use
// (sha256, sha384 or sha512; Candor's own kinds may name a purl, participant or document instead);
// a release has a purl with a version.
// INVALID_ARGUMENT with reason POLICY_FIELD_INVALID, naming the field.
absl::Status CheckSubmission(const EntryContent& content);

}  // namespace candor
