// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string_view>

#include "absl/status/status.h"
#include "core/attest/content.h"
#include "core/attest/entry.h"
#include "core/attest/memory_registry.h"
#include "core/attest/registry.h"

namespace candor {

// Verifies every signature of an entry over PAE(payload type, payload), each under the key with its
// key hash: from the registry, or, for a log-config or keyset, among those that it lists itself.
// Whether the key may say what it says is Admit's question; both together are what an auditor must
// check of an entry. PERMISSION_DENIED with reason SIGNATURE_INVALID or KEY_NOT_ENROLLED.
absl::Status VerifyEntrySignatures(const Entry& entry, const EntryContent& content,
                                   std::string_view payload, const RegistryReader& registry);
// The same for an entry with its payload inline, and with its payload given.
absl::Status VerifyEntrySignatures(const Entry& entry, const RegistryReader& registry);
absl::Status VerifyEntrySignatures(const Entry& entry, std::string_view payload,
                                   const RegistryReader& registry);

// One step of replay, for auditors and monitors: verify, admit, apply. The registry changes only
// when everything is in order. The payload must be inline.
absl::Status ReplayEntry(MemoryRegistry& registry, const Entry& entry, uint64_t index);
absl::Status ReplayEntry(MemoryRegistry& registry, const Entry& entry, std::string_view payload,
                         uint64_t index);

}  // namespace candor
