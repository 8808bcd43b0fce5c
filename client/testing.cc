// SPDX-License-Identifier: Apache-2.0
#include "client/testing.h"

#include <algorithm>
#include <memory>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "base/http_status.h"
#include "client/proof_extra.h"
#include "core/attest/resolve.h"
#include "core/attest/statement_builder.h"
#include "core/merkle/entry_bundle.h"
#include "core/merkle/hasher.h"
#include "core/merkle/proof.h"
#include "core/merkle/tile.h"
#include "core/note/testing.h"
#include "core/note/tlog_proof.h"
#include "core/util/encoding.h"

namespace candor {
namespace {

constexpr uint8_t kLogSeed = 200;
constexpr uint8_t kWitnessSeed = 201;

}  // namespace

ArtifactDigests DigestsOf(std::string_view bytes) {
  ArtifactHasher hasher;
  hasher.Update(bytes);
  return hasher.Final();
}

TestWorld::TestWorld() : log_key(TestLogSigner(TestLog::kOrigin, kLogSeed)) {
  for (uint8_t i = 0; i < 3; ++i) {
    witnesses.push_back(TestCosigner(absl::StrCat("witness.example/w", i + 1),
                                     static_cast<uint8_t>(kWitnessSeed + i)));
  }
  log.AddVendor();
  Append(log.ConfigEntry());
  const PrivateKey* const keys[] = {&log.root, &log.signing};
  Append(log.KeysetEntry(log.VendorKeyset(), keys));
}

uint64_t TestWorld::AppendBytes(std::string bytes) {
  tree.AppendEntry(bytes);
  entries.push_back(std::move(bytes));
  return entries.size() - 1;
}

std::string TestWorld::ReleasePayload(std::string_view artifact, std::string_view purl) {
  const ArtifactDigests digests = DigestsOf(artifact);
  Subject subject;
  subject.name = "artifact.bin";
  subject.digest = {{"sha256", digests.sha256}, {"sha512", digests.sha512}};
  return BuildReleaseStatement({&subject, 1}, purl).value();
}

uint64_t TestWorld::Publish(std::string_view artifact, std::string_view purl) {
  const PrivateKey* const keys[] = {&log.signing};
  return Append(TestEntry(ReleasePayload(artifact, purl), keys));
}

std::string TestWorld::CheckpointNote(uint64_t size, size_t count) const {
  Checkpoint checkpoint;
  checkpoint.origin = std::string(TestLog::kOrigin);
  checkpoint.tree_size = size == 0 ? tree.size() : size;
  checkpoint.root = tree.Root(checkpoint.tree_size);
  std::vector<TestCosignature> cosignatures;
  for (size_t i = 0; i < count; ++i) cosignatures.push_back({&witnesses[i], kTime + i});
  return TestSignedCheckpoint(checkpoint, log_key, cosignatures);
}

std::string TestWorld::Proof(uint64_t index, size_t count) const {
  TlogProof proof;
  proof.extra = MakeProofExtra(entries[index]);
  proof.index = index;
  proof.proof = InclusionProof(index, tree.size(), tree).value();
  proof.checkpoint = CheckpointNote(0, count);
  return proof.Format();
}

std::string TestWorld::PolicyText() const {
  std::string text = absl::StrCat("log ", log_key.vkey().ToString(), "\n");
  for (size_t i = 0; i < witnesses.size(); ++i) {
    absl::StrAppend(&text, "witness w", i + 1, " ", witnesses[i].vkey().ToString(), "\n");
  }
  return text + "group g 2 w1 w2 w3\nquorum g\n";
}

Policy TestWorld::TestPolicy() const { return Policy::Parse(PolicyText()).value(); }

std::string TestWorld::ParticipantsText() const {
  return absl::StrCat("participant acme.example\nkey release ",
                      Base64Encode(log.signing.public_key().spki()), "\nallow ",
                      TestLog::kVendorPrefix, "\n");
}

void FakeLogHandler::Handle(HttpRequest request, HttpResponder respond) {
  paths.push_back(request.path);
  respond(Answer(request));
}

HttpResponse FakeLogHandler::Answer(const HttpRequest& request) {
  if (request.method == "POST" && request.path == "/add") return Add(request.body);
  if (request.path == "/checkpoint") {
    return HttpResponse::Text(200,
                              checkpoint_note.empty() ? world_->CheckpointNote() : checkpoint_note);
  }
  const std::string_view path = std::string_view(request.path).substr(1);
  if (absl::StartsWith(path, "tile/entries/")) return Bundle(path);
  return Tile(path);
}

HttpResponse FakeLogHandler::Tile(std::string_view path) const {
  const absl::StatusOr<TileId> id = ParseTilePath(path);
  if (!id.ok()) return ErrorResponse(id.status());
  MemoryTileSource source(&world_->tree);
  const auto tiles = source.ReadTiles({&*id, 1});
  if (!tiles.ok()) return ErrorResponse(tiles.status());
  return HttpResponse::Make(200, "application/octet-stream", tiles->front());
}

HttpResponse FakeLogHandler::Bundle(std::string_view path) const {
  const absl::StatusOr<EntryBundleId> id = ParseEntryBundlePath(path);
  if (!id.ok()) return ErrorResponse(id.status());
  const uint64_t start = id->index * kTileWidth;
  if (start + id->width > world_->entries.size()) {
    return ErrorResponse(absl::NotFoundError("there is no such bundle"));
  }
  const auto bundle = EncodeEntryBundle(absl::MakeSpan(world_->entries).subspan(start, id->width));
  return HttpResponse::Make(200, "application/octet-stream", bundle.value());
}

uint64_t FakeLogHandler::IndexOf(const Entry& entry) {
  for (size_t i = 0; i < world_->entries.size(); ++i) {
    if (DecodeEntry(world_->entries[i])->statement_id() == entry.statement_id()) return i;
  }
  return world_->Append(entry);
}

HttpResponse FakeLogHandler::Add(const std::string& envelope_json) {
  added.push_back(envelope_json);
  const absl::StatusOr<DsseEnvelope> envelope = ParseEnvelope(envelope_json);
  if (!envelope.ok()) return ErrorResponse(envelope.status());
  const absl::StatusOr<Resolution> resolution = Resolve(*envelope, world_->log.registry);
  if (!resolution.ok()) return ErrorResponse(resolution.status());
  if (!resolution->entry) return ErrorResponse(resolution->refusal);
  if (!add_failures.empty()) {
    const absl::Status failure = add_failures.front();
    add_failures.erase(add_failures.begin());
    if (add_before_failing) IndexOf(*resolution->entry);
    return ErrorResponse(failure);
  }
  if (!add_answer.empty()) return HttpResponse::Text(200, add_answer);
  return HttpResponse::Text(200, world_->Proof(IndexOf(*resolution->entry)));
}

}  // namespace candor
