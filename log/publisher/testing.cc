// SPDX-License-Identifier: Apache-2.0
#include "log/publisher/testing.h"

#include <cstdlib>

#include "absl/strings/str_cat.h"
#include "core/merkle/proof.h"
#include "core/note/checkpoint.h"
#include "core/note/note.h"
#include "core/note/testing.h"
#include "core/note/witness_request.h"
#include "core/util/testing.h"

namespace candor {
namespace {

HttpResponse SizeConflict(uint64_t size) {
  return HttpResponse::Make(409, kTreeSizeContentType, FormatTreeSizeBody(size));
}

}  // namespace

FakeWitness::FakeWitness(std::string name, uint8_t seed, const Clock* clock)
    : name_(std::move(name)),
      clock_(clock),
      cosigner_(TestCosigner(name_, seed)),
      stranger_(TestCosigner("stranger.example", seed + 100)) {}

HttpResponse FakeWitness::AddCheckpoint(const std::string& body) {
  ++requests;
  const uint64_t now = absl::ToUnixSeconds(clock_->Now() + clock_error);
  old_sizes.push_back(Must(AddCheckpointRequest::Parse(body)).old_size);
  switch (mode) {
    case Mode::kHonest:
    case Mode::kDown:
    case Mode::kSlow:
      return Honest(body, now);
    case Mode::kGarbage:
      return HttpResponse::Text(200, std::string("\x00\xff not a line", 13));
    case Mode::kForeignSignature:
      return Cosign(body, stranger_, now);
    case Mode::kBrokenSignature: {
      HttpResponse response = Cosign(body, cosigner_, now);
      auto lines = Must(ParseAddCheckpointResponse(response.text()));
      lines[0].signature.back() ^= 1;
      return HttpResponse::Text(200, FormatAddCheckpointResponse(lines));
    }
    case Mode::kNoTime: {
      HttpResponse response = Cosign(body, cosigner_, now);
      auto lines = Must(ParseAddCheckpointResponse(response.text()));
      for (size_t i = 0; i < 8; ++i) lines[0].signature[i] = 0;
      return HttpResponse::Text(200, FormatAddCheckpointResponse(lines));
    }
    case Mode::kFuture:
      return Cosign(body, cosigner_, now + 3600);
    case Mode::kUnknownOrigin:
      return HttpResponse::Text(404, "unknown origin\n");
    case Mode::kUnprocessable:
      return HttpResponse::Text(422, "bad proof\n");
    case Mode::kServerError:
      return HttpResponse::Text(500, "broken\n");
    case Mode::kClaimSize:
      return SizeConflict(claimed_size);
    case Mode::kClaimSizeUntyped:
      return HttpResponse::Text(409, FormatTreeSizeBody(claimed_size));
    case Mode::kClaimOtherSizes:
      return SizeConflict(requests % 3);
  }
  std::abort();
}

HttpResponse FakeWitness::Honest(const std::string& body, uint64_t time) {
  const AddCheckpointRequest request = Must(AddCheckpointRequest::Parse(body));
  const Note note = Must(Note::Parse(request.checkpoint));
  const Checkpoint checkpoint = Must(Checkpoint::ParseText(note.text));
  if (request.old_size != size) return SizeConflict(size);
  if (size > 0 &&
      !VerifyConsistency(size, checkpoint.tree_size, root, checkpoint.root, request.proof).ok()) {
    return HttpResponse::Text(422, "inconsistent\n");
  }
  size = checkpoint.tree_size;
  root = checkpoint.root;
  return Cosign(body, cosigner_, time);
}

HttpResponse FakeWitness::Cosign(const std::string& body, const Cosigner& cosigner, uint64_t time) {
  const AddCheckpointRequest request = Must(AddCheckpointRequest::Parse(body));
  const Note note = Must(Note::Parse(request.checkpoint));
  return HttpResponse::Text(200,
                            FormatAddCheckpointResponse({Must(cosigner.Cosign(note.text, time))}));
}

void FakeWitnessNetwork::FetchAsync(HttpRequestSpec spec, Callback done) {
  const auto witness = witnesses_.find(spec.url);
  if (witness == witnesses_.end() || witness->second->mode == FakeWitness::Mode::kDown) {
    done(absl::UnavailableError(absl::StrCat("cannot connect to ", spec.url)));
  } else if (witness->second->mode == FakeWitness::Mode::kSlow) {
    held_.emplace_back(std::move(spec), std::move(done));
  } else {
    done(witness->second->AddCheckpoint(spec.body));
  }
}

void FakeWitnessNetwork::Release(absl::Status failure) {
  auto held = std::move(held_);
  held_.clear();
  for (auto& [spec, done] : held) {
    if (failure.ok()) {
      done(witnesses_.at(spec.url)->AddCheckpoint(spec.body));
    } else {
      done(failure);
    }
  }
}

absl::Status MemoryKeeper::KeepSigned(uint64_t tree_size, const std::string& note) {
  if (!fail_signed.ok()) return fail_signed;
  signed_note = note;
  calls.push_back(absl::StrCat("signed ", tree_size));
  return absl::OkStatus();
}

absl::Status MemoryKeeper::KeepPublished(uint64_t tree_size, const std::string& note) {
  if (!fail_published.ok()) return fail_published;
  published_note = note;
  calls.push_back(absl::StrCat("published ", tree_size));
  return absl::OkStatus();
}

Policy TestWitnessPolicy(const std::vector<FakeWitness*>& witnesses, int threshold) {
  std::string text;
  std::string names;
  for (const FakeWitness* witness : witnesses) {
    absl::StrAppend(&text, "witness ", witness->name(), " ", witness->cosigner().vkey().ToString(),
                    " ", witness->url(), "\n");
    absl::StrAppend(&names, " ", witness->name());
  }
  if (threshold == 0) {
    absl::StrAppend(&text, "quorum none\n");
  } else {
    absl::StrAppend(&text, "group all-of-them ", threshold, names, "\nquorum all-of-them\n");
  }
  return Must(Policy::Parse(text));
}

}  // namespace candor
