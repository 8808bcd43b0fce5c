// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "core/crypto/hash.h"
#include "core/util/reason.h"
#include "log/service/add_call.h"
#include "log/service/log_queries.h"
#include "proto/candor/v1/log.pb.h"

// Between the wire messages of candor.v1 and the service's own types. Errors are INVALID_ARGUMENT
// and name the field.

namespace candor {

inline constexpr int kMaxKeyHints = 16;

// The deadline is the caller's to set.
absl::StatusOr<AddSubmission> SubmissionFromWire(const candor::v1::AddEntryRequest& request);
void AnswerToWire(const AddAnswer& answer, candor::v1::AddEntryResponse& response);

// 32 bytes. `field` names it in the message.
absl::StatusOr<Hash> HashFromWire(const std::string& bytes, const char* field);

// For the requests that have the oneof `entry`.
template <typename Request>
absl::StatusOr<EntrySelector> SelectorFromWire(const Request& request) {
  switch (request.entry_case()) {
    case Request::kIndex:
      return EntrySelector(ByIndex{request.index()});
    case Request::kLeafHash: {
      const absl::StatusOr<Hash> hash = HashFromWire(request.leaf_hash(), "leaf_hash");
      if (!hash.ok()) return hash.status();
      return EntrySelector(ByLeafHash{*hash});
    }
    case Request::kStatementId: {
      const absl::StatusOr<Hash> hash = HashFromWire(request.statement_id(), "statement_id");
      if (!hash.ok()) return hash.status();
      return EntrySelector(ByStatementId{*hash});
    }
    default:
      return Refuse(absl::StatusCode::kInvalidArgument, "ENTRY_NOT_NAMED",
                    "entry is missing: set index, leaf_hash or statement_id");
  }
}

void InclusionToWire(InclusionAnswer answer, candor::v1::GetInclusionProofResponse& response);
void ConsistencyToWire(const ConsistencyAnswer& answer,
                       candor::v1::GetConsistencyProofResponse& response);

}  // namespace candor
