// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "client/artifact_digest.h"
#include "client/participants.h"
#include "core/attest/purl.h"
#include "core/note/cosignature.h"
#include "core/note/policy.h"

namespace candor {

// Yes: the artifact is what a pinned participant published in a log of the policy, as witnessed.
// No: something was checked and is wrong. Unknown: it can not be decided here (a part is missing,
// or of a version or kind that this code does not know). Only yes is permission to install.
enum class Verdict : uint8_t { kYes, kNo, kUnknown };

// "OK", "NO", "UNKNOWN".
std::string_view VerdictWord(Verdict verdict);

// One check, in the order in which they are made.
struct VerifyStep {
  std::string name;  // "artifact", "signature", ...: one word, fixed
  Verdict verdict;
  std::string reason;  // a machine reason unless the verdict is yes
  std::string detail;  // one line with the values that were compared, fit for a terminal
};

// The machine reasons (VerifyReport::reason):
//   no:      PROOF_MALFORMED, ENTRY_MALFORMED, STATEMENT_MALFORMED, PAYLOAD_MISMATCH,
//            ARTIFACT_DIFFERS, DIGESTS_DISAGREE, KEY_NOT_PINNED, SIGNATURE_INVALID,
//            THRESHOLD_NOT_MET, KIND_NOT_ACCEPTED, PRODUCT_NOT_NAMED, PRODUCT_NOT_ALLOWED,
//            PRODUCT_DIFFERS, ENTRY_NOT_IN_TREE, LOG_NOT_IN_POLICY, CHECKPOINT_SIGNATURE_INVALID,
//            QUORUM_NOT_MET
//   unknown: PROOF_FORMAT_UNSUPPORTED, ENTRY_UNSUPPORTED, STATEMENT_UNSUPPORTED, PAYLOAD_MISSING,
//            DIGEST_UNSUPPORTED, ARTIFACT_UNREADABLE, PROOF_UNREADABLE (the last two by callers)
struct VerifyReport {
  Verdict verdict = Verdict::kUnknown;
  std::string reason;             // "" when yes
  std::string message;            // one sentence, fit for a terminal
  std::vector<VerifyStep> steps;  // ends with the first that is not yes

  // What was found out before the end; meaningful when yes.
  std::vector<std::string> purls;  // products the statement speaks about, canonical
  std::string participant;
  std::vector<std::string> key_names;  // the participant's keys that signed
  std::string log_origin;
  uint64_t index = 0;
  uint64_t tree_size = 0;
  std::vector<std::string> witnesses;  // the policy's names of those that cosigned
  std::optional<uint64_t> logged_by;   // POSIX seconds
  std::optional<uint64_t> fresh_as_of;
};

struct VerifyInput {
  std::string artifact_name;  // for messages only
  ArtifactDigests artifact;
  std::string_view proof;  // the tlog-proof file
  const Policy* policy = nullptr;
  const Participants* participants = nullptr;
  // The statement when the entry does not hold it.
  std::optional<std::string_view> payload;
  // When set, the artifact must be this product, and of this version, with these qualifiers and
  // this subpath as far as it has them: else a genuine proof of another of the vendor's products
  // would do. Qualifiers that make another product (repository_url) count also when left out.
  std::optional<Purl> expected_product;
  // Cosignature times later than this do not count for times: now plus tolerated clock skew.
  uint64_t latest_credible_time = kMaxCosignatureTime;
};

// Verifies offline: pure, no clock, no network, no files. Bounded by the sizes of what it is given.
VerifyReport Verify(const VerifyInput& input);

}  // namespace candor
