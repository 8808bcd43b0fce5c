// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "client/participants.h"
#include "client/receipt.h"
#include "core/attest/json.h"
#include "core/crypto/private_key.h"
#include "core/crypto/public_key.h"
#include "core/note/policy.h"

namespace candor {

// The files that commands read and write. Errors name the path.
absl::StatusOr<Policy> LoadPolicy(const std::string& path);
// Key files that it names are relative to its folder.
absl::StatusOr<Participants> LoadParticipants(const std::string& path);
absl::StatusOr<PublicKey> LoadPublicKey(const std::string& path);
absl::StatusOr<std::vector<PrivateKey>> LoadPrivateKeys(const std::vector<std::string>& paths);
std::vector<const PrivateKey*> Pointers(const std::vector<PrivateKey>& keys);
// "" for an empty path.
absl::StatusOr<std::string> LoadCertificates(const std::string& path);

// Replaces `path` as a whole; readable by others as the umask allows (unlike secret files).
absl::Status WritePublicFile(const std::string& path, std::string_view content);
// The same, but ALREADY_EXISTS when something is there.
absl::Status CreatePublicFile(const std::string& path, std::string_view content);

// "90s", "5m". INVALID_ARGUMENT unless it is positive and at most a day.
absl::StatusOr<absl::Duration> ParseTimeout(std::string_view text);

// What a log answered, for people and for machines.
std::string ReceiptWords(const Receipt& receipt, bool policy_checked);
Json ReceiptJson(const Receipt& receipt, bool policy_checked);

}  // namespace candor
