// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/http_types.h"
#include "client/artifact_digest.h"
#include "core/attest/dsse.h"
#include "core/attest/entry.h"
#include "core/attest/testing.h"
#include "core/merkle/testing.h"
#include "core/note/policy.h"
#include "core/note/signer.h"

// For tests only: a whole log in memory, with witnesses. Everything aborts on an error.

namespace candor {

// TestLog's registry with its tree, a log key and the witnesses w1, w2, w3 of a 2-of-3 policy. The
// vendor acme.example is enrolled: entries 0 and 1 are there.
class TestWorld {
 public:
  // Cosignature times are kTime, kTime + 1, kTime + 2.
  static constexpr uint64_t kTime = 1'700'000'000;

  TestWorld();

  // Adds an entry as it is, without any check; answers its index.
  uint64_t Append(const Entry& entry) { return AppendBytes(EncodeEntry(entry)); }
  uint64_t AppendBytes(std::string bytes);
  // The vendor's release of this artifact, signed by its signing key.
  static std::string ReleasePayload(std::string_view artifact, std::string_view purl);
  uint64_t Publish(std::string_view artifact, std::string_view purl);

  // The checkpoint of a size (0: current), cosigned by the first `witnesses`.
  std::string CheckpointNote(uint64_t size = 0, size_t witnesses = 3) const;
  // The proof file of an entry.
  std::string Proof(uint64_t index, size_t witnesses = 3) const;

  std::string PolicyText() const;
  Policy TestPolicy() const;
  // Trusts acme.example with its signing key "release".
  std::string ParticipantsText() const;

  TestLog log;
  MemoryTree tree;
  std::vector<std::string> entries;
  NoteSigner log_key;
  std::vector<Cosigner> witnesses;
};

ArtifactDigests DigestsOf(std::string_view bytes);

// The log's HTTP side: checkpoint, tiles, entry bundles and /add, which resolves and appends as a
// log does. What it serves can be bent. Not thread-safe.
class FakeLogHandler final : public HttpHandler {
 public:
  explicit FakeLogHandler(TestWorld* world) : world_(world) {}
  void Handle(HttpRequest request, HttpResponder respond) override;

  // The next answers to /add fail with these, in order.
  std::vector<absl::Status> add_failures;
  // The failing ones log the entry all the same (an answer that got lost).
  bool add_before_failing = false;
  // Served instead of what is right, unless empty.
  std::string checkpoint_note;
  std::string add_answer;
  // Bodies of all requests to /add.
  std::vector<std::string> added;
  // Paths of all requests.
  std::vector<std::string> paths;

 private:
  HttpResponse Answer(const HttpRequest& request);
  HttpResponse Add(const std::string& envelope_json);
  HttpResponse Tile(std::string_view path) const;
  HttpResponse Bundle(std::string_view path) const;
  uint64_t IndexOf(const Entry& entry);

  TestWorld* const world_;
};

}  // namespace candor
