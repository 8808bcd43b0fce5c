// SPDX-License-Identifier: Apache-2.0
#include "client/cli/publish_attestations.h"

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/types/span.h"
#include "base/io.h"
#include "client/attestation_file.h"
#include "client/cli/files.h"
#include "client/log_client.h"
#include "client/release.h"
#include "client/terminal_text.h"
#include "core/attest/dsse.h"
#include "core/crypto/public_key.h"
#include "core/util/reason.h"
#include "core/util/status_macros.h"

namespace candor {
namespace {

// One statement, ready to be sent.
struct Item {
  std::string name;  // "FILE" or "FILE line 3", for messages
  std::string file;
  std::string place;
  std::string payload;
  std::string json;
  std::vector<PublicKey> signers;
  std::vector<std::string> proofs;  // where its proof goes
};

absl::StatusOr<Item> MakeItem(const std::string& file, FoundEnvelope found,
                              absl::Span<const PublicKey> keys) {
  Item item;
  item.name = absl::StrCat(file, found.place.empty() ? "" : " ", found.place);
  item.file = file;
  item.place = std::move(found.place);
  CANDOR_RETURN_IF_ERROR(CheckHoldsStatement(found.envelope));
  CANDOR_ASSIGN_OR_RETURN(item.signers, NameSigners(keys, &found.envelope));
  CANDOR_ASSIGN_OR_RETURN(item.json, FormatEnvelope(found.envelope));
  CANDOR_RETURN_IF_ERROR(CheckEnvelopeSize(item.json));
  item.payload = std::move(found.envelope.payload);
  return item;
}

absl::Status LoadFile(const std::string& file, absl::Span<const PublicKey> keys,
                      std::vector<Item>* items) {
  CANDOR_ASSIGN_OR_RETURN(const std::string bytes, ReadFileBounded(file, kMaxAttestationFileBytes));
  absl::StatusOr<AttestationFile> parsed = ParseAttestations(bytes);
  if (!parsed.ok()) return Annotate(parsed.status(), file);
  if (parsed->unsigned_statement) {
    return Refuse(absl::StatusCode::kInvalidArgument, "ATTESTATION_UNSIGNED",
                  absl::StrCat(file,
                               ": it is an in-toto statement that nobody signed; sign it with "
                               "--statement and --key"));
  }
  const bool numbered = parsed->envelopes.size() > 1;
  for (size_t i = 0; i < parsed->envelopes.size(); ++i) {
    const std::string place = parsed->envelopes[i].place;
    absl::StatusOr<Item> item = MakeItem(file, std::move(parsed->envelopes[i]), keys);
    if (!item.ok()) {
      return Annotate(item.status(), absl::StrCat(file, place.empty() ? "" : " ", place));
    }
    item->proofs = {numbered ? absl::StrCat(file, ".", i + 1, ".tlog-proof")
                             : absl::StrCat(file, ".tlog-proof")};
    items->push_back(*std::move(item));
  }
  return absl::OkStatus();
}

absl::StatusOr<std::vector<Item>> Load(const AttestationRequest& request) {
  std::vector<PublicKey> keys;
  for (const std::string& path : request.public_keys) {
    CANDOR_ASSIGN_OR_RETURN(PublicKey key, LoadPublicKey(path));
    keys.push_back(std::move(key));
  }
  std::vector<Item> items;
  for (const std::string& file : request.files) {
    CANDOR_RETURN_IF_ERROR(LoadFile(file, keys, &items));
  }
  return items;
}

// For the flags that make sense with one statement only.
absl::Status ApplyToOne(const AttestationRequest& request, Item* item) {
  if (!request.artifacts.empty()) {
    CANDOR_ASSIGN_OR_RETURN(const std::vector<Artifact> artifacts,
                            ReadArtifacts(request.artifacts));
    CANDOR_RETURN_IF_ERROR(CheckSubjects(item->payload, artifacts));
    item->proofs.clear();
    for (const std::string& path : request.artifacts) item->proofs.push_back(path + ".tlog-proof");
  }
  if (!request.out.empty()) item->proofs = {request.out};
  return absl::OkStatus();
}

absl::StatusOr<Receipt> PublishItem(Submitter* submitter, const Item& item) {
  CANDOR_ASSIGN_OR_RETURN(Publication publication, submitter->Submit(item.json, item.signers));
  for (const std::string& path : item.proofs) {
    CANDOR_RETURN_IF_ERROR(WritePublicFile(path, publication.proof));
  }
  return std::move(publication.receipt);
}

// Tells what became of each statement, in words or as one JSON document.
class Report {
 public:
  Report(CommandIo* io, const SubmitFlags& flags, size_t count)
      : io_(*io), json_(flags.json), checked_(!flags.policy.empty()), count_(count) {}

  void Published(const Item& item, const Receipt& receipt) {
    ++published_;
    const std::string words = ReceiptWords(receipt, checked_);
    const std::string proofs = absl::StrJoin(item.proofs, ", ");
    if (json_) {
      Json json = ReceiptJson(receipt, checked_);
      json["proofs"] = item.proofs;
      Add(item, std::move(json));
    } else if (count_ == 1) {
      io_.out << "published: " << words << "\nproof: " << proofs << "\n";
    } else {
      io_.out << "published: " << ForTerminal(item.name) << ": " << words << "; proof: " << proofs
              << "\n"
              << std::flush;
    }
  }

  void Failed(const Item& item, const absl::Status& status) {
    const ExitCode code = ExitCodeFor(status);
    if (exit_code_ != kExitNo) exit_code_ = code;
    if (json_) {
      Add(item, {{"error", ErrorJson(status)}});
    } else {
      Fail(io_, Annotate(status, item.name));
    }
  }

  ExitCode Finish(size_t not_tried) {
    if (json_ && count_ == 1) {
      PrintJson(io_, statements_[0]);
    } else if (json_) {
      PrintJson(io_, {{"published", published_},
                      {"notTried", not_tried},
                      {"statements", std::move(statements_)}});
    } else if (count_ > 1) {
      io_.out << published_ << " of " << count_ << " published";
      if (not_tried > 0) io_.out << ", " << not_tried << " not tried";
      io_.out << "\n";
    }
    return exit_code_;
  }

 private:
  void Add(const Item& item, Json json) {
    json["file"] = item.file;
    if (!item.place.empty()) json["place"] = item.place;
    statements_.push_back(std::move(json));
  }

  CommandIo& io_;
  const bool json_;
  const bool checked_;
  const size_t count_;
  size_t published_ = 0;
  ExitCode exit_code_ = kExitYes;
  Json statements_ = Json::array();
};

}  // namespace

int PublishAttestations(CommandIo& io, const AttestationRequest& request) {
  const bool json = request.submit.json;
  absl::StatusOr<std::vector<Item>> items = Load(request);
  if (!items.ok()) return Fail(io, items.status(), json);
  if (items->size() == 1) {
    const absl::Status applied = ApplyToOne(request, &items->front());
    if (!applied.ok()) return Fail(io, applied, json);
  } else if (!request.artifacts.empty() || !request.out.empty()) {
    return FailUsage(
        io, "candor publish",
        absl::StrCat("there are ", items->size(),
                     " statements: leave out --out and the artifacts, each statement's "
                     "proof goes beside its file"));
  }
  const absl::StatusOr<std::unique_ptr<Submitter>> submitter =
      Submitter::Create(&io, request.submit);
  if (!submitter.ok()) return Fail(io, submitter.status(), json);

  Report report(&io, request.submit, items->size());
  size_t tried = 0;
  for (const Item& item : *items) {
    const absl::StatusOr<Receipt> receipt = PublishItem(submitter->get(), item);
    ++tried;
    if (receipt.ok()) {
      report.Published(item, *receipt);
      continue;
    }
    report.Failed(item, receipt.status());
    // The next one would wait just as long for nothing.
    if (ExitCodeFor(receipt.status()) == kExitUnknown) break;
  }
  return report.Finish(items->size() - tried);
}

}  // namespace candor
