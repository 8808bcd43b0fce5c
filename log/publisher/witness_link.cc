// SPDX-License-Identifier: Apache-2.0
#include "log/publisher/witness_link.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "base/http_status.h"
#include "base/url.h"
#include "core/merkle/proof.h"
#include "core/note/cosignature.h"
#include "core/note/witness_request.h"
#include "core/util/status_macros.h"

namespace candor {
namespace {

// After so many 409 in a row with sizes that lead nowhere the witness is given time.
constexpr int kMaxConflictsInARow = 3;

// The size in a 409 answer (tlog-witness, add-checkpoint).
absl::StatusOr<uint64_t> ConflictSize(const HttpResponse& response) {
  const std::string header(response.headers.Get("Content-Type").value_or(""));
  std::string type = absl::AsciiStrToLower(header.substr(0, header.find(';')));
  absl::StripAsciiWhitespace(&type);
  if (type != kTreeSizeContentType) {
    return absl::InvalidArgumentError("it does not have the content type text/x.tlog.size");
  }
  return ParseTreeSizeBody(response.text());
}

std::string RefusalWords(const HttpResponse& response) {
  switch (response.status) {
    case 403:
      return "answered 403: it knows another key for this log's origin; give its operator this "
             "log's vkey";
    case 404:
      return "answered 404: it does not know this log's origin; give its operator this log's vkey";
    default:
      break;
  }
  const absl::Status status = StatusFromResponse(response);
  return absl::StrCat("answered ", response.status,
                      status.ok() ? "" : absl::StrCat(": ", status.message()));
}

}  // namespace

std::string_view WitnessStateName(WitnessState state) {
  switch (state) {
    case WitnessState::kUntried:
      return "untried";
    case WitnessState::kCosigned:
      return "cosigned";
    case WitnessState::kFailed:
      return "failed";
    case WitnessState::kDisputed:
      return "disputed";
    case WitnessState::kUnusable:
      return "unusable";
  }
  return "unknown";
}

WitnessLink::WitnessLink(PolicyWitness witness, WitnessLinkOptions options)
    : witness_(std::move(witness)), options_(options) {
  if (!witness_.vkey.supported()) {
    error_ = "has a key of a type that can not be verified here";
  } else if (witness_.url.empty()) {
    error_ = "has no url in the witness policy";
  }
  if (!error_.empty()) state_ = WitnessState::kUnusable;
}

absl::StatusOr<HttpRequestSpec> WitnessLink::Begin(const SignedHead& target,
                                                   const HashReader& reader, absl::Time now) {
  const uint64_t new_size = target.checkpoint.tree_size;
  AddCheckpointRequest request;
  request.old_size = std::min(size_.value_or(0), new_size);
  absl::StatusOr<std::vector<Hash>> proof = ConsistencyProof(request.old_size, new_size, reader);
  if (!proof.ok()) {
    Fail(absl::StrCat("was not asked: our tree can not be read: ", proof.status().message()), now);
    return proof.status();
  }
  request.proof = *std::move(proof);
  request.checkpoint = target.note;

  HttpRequestSpec spec;
  spec.method = "POST";
  spec.url = JoinUrl(witness_.url, "add-checkpoint");
  spec.headers.Set("Content-Type", "text/plain; charset=utf-8");
  spec.body = request.Format();
  spec.timeout = options_.request_timeout;
  spec.max_response_bytes = kMaxNoteBytes;
  sent_old_size_ = request.old_size;
  busy_ = true;
  return spec;
}

std::optional<WitnessLink::Cosignature> WitnessLink::Finish(
    const SignedHead& target, const absl::StatusOr<HttpResponse>& response, absl::Time now) {
  busy_ = false;
  if (!response.ok()) {
    Fail(absl::StrCat("did not answer: ", response.status().message()), now);
    return std::nullopt;
  }
  switch (response->status) {
    case 200:
      return TakeCosignature(target, *response, now);
    case 409:
      TakeConflict(target, *response, now);
      return std::nullopt;
    case 422:
      Dispute(absl::StrCat("answered 422: it does not accept that our tree of ",
                           target.checkpoint.tree_size, " entries extends the tree of ",
                           sent_old_size_, " that it cosigned"),
              now);
      // What we believe about its size may be what is wrong.
      size_.reset();
      return std::nullopt;
    default:
      Fail(RefusalWords(*response), now);
      return std::nullopt;
  }
}

std::optional<WitnessLink::Cosignature> WitnessLink::TakeCosignature(const SignedHead& target,
                                                                     const HttpResponse& response,
                                                                     absl::Time now) {
  const auto lines = ParseAddCheckpointResponse(response.text());
  if (!lines.ok()) {
    Fail("answered 200 with a body that holds no signature lines", now);
    return std::nullopt;
  }
  const auto ours = std::find_if(lines->begin(), lines->end(), [this](const NoteSignature& line) {
    return witness_.vkey.Matches(line);
  });
  if (ours == lines->end()) {
    Fail(absl::StrCat("sent no cosignature by the policy's key ", witness_.vkey.name()), now);
    return std::nullopt;
  }
  const absl::StatusOr<uint64_t> time = VerifyCosignature(witness_.vkey, target.text, *ours);
  if (!time.ok()) {
    Fail("sent a cosignature that does not verify", now);
    return std::nullopt;
  }
  if (*time == 0) {
    Fail("sent a cosignature without a time", now);
    return std::nullopt;
  }
  if (*time > static_cast<uint64_t>(absl::ToUnixSeconds(now + options_.clock_skew))) {
    Fail("sent a cosignature from the future: its clock or ours is wrong", now);
    return std::nullopt;
  }
  state_ = WitnessState::kCosigned;
  error_.clear();
  failures_ = 0;
  conflicts_ = 0;
  next_attempt_ = now;
  answered_at_ = now;
  size_ = target.checkpoint.tree_size;
  return Cosignature{*ours, *time};
}

void WitnessLink::TakeConflict(const SignedHead& target, const HttpResponse& response,
                               absl::Time now) {
  const uint64_t target_size = target.checkpoint.tree_size;
  const absl::StatusOr<uint64_t> size = ConflictSize(response);
  if (sent_old_size_ == target_size && target_size > 0 && (!size.ok() || *size == target_size)) {
    // With the old size right there is no other reason for a 409 than another root.
    Dispute(absl::StrCat("answered 409 to the checkpoint of ", target_size,
                         " entries sent with that very old size, as if it had cosigned another "
                         "tree of that size"),
            now);
    size_.reset();
    return;
  }
  if (!size.ok()) {
    Fail(absl::StrCat("answered 409 without a usable size: ", size.status().message()), now);
    return;
  }
  if (*size > target_size) {
    Dispute(absl::StrCat("says that it cosigned a tree of ", *size,
                         " entries; the largest this log has signed, as far as it knows, has ",
                         target_size),
            now);
    return;
  }
  if (*size == sent_old_size_) {
    Fail("answered 409 with the very size that we sent", now);
    return;
  }
  size_ = *size;
  if (++conflicts_ > kMaxConflictsInARow) {
    conflicts_ = 0;
    Fail("answers 409 with another size each time", now);
    return;
  }
  next_attempt_ = now;  // At once, from the size that it named.
}

void WitnessLink::Fail(std::string error, absl::Time now) {
  // A dispute ends with a cosignature, not with an unreachable witness.
  if (state_ != WitnessState::kDisputed) {
    state_ = WitnessState::kFailed;
    error_ = std::move(error);
  }
  BackOff(now);
}

void WitnessLink::Dispute(std::string error, absl::Time now) {
  state_ = WitnessState::kDisputed;
  error_ = std::move(error);
  BackOff(now);
}

void WitnessLink::BackOff(absl::Time now) {
  const int doublings = std::min(failures_++, 20);
  next_attempt_ =
      now + std::min(options_.backoff_max, options_.backoff_initial * (int64_t{1} << doublings));
}

}  // namespace candor
