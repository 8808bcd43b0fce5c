// SPDX-License-Identifier: Apache-2.0
#include "client/verifier.h"

#include <algorithm>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "client/pinned_signers.h"
#include "client/proof_extra.h"
#include "client/quorum_words.h"
#include "client/subject_match.h"
#include "client/terminal_text.h"
#include "core/attest/content.h"
#include "core/attest/entry.h"
#include "core/attest/purl_text.h"
#include "core/attest/statement.h"
#include "core/merkle/hasher.h"
#include "core/merkle/proof.h"
#include "core/note/checkpoint.h"
#include "core/note/note.h"
#include "core/note/tlog_proof.h"
#include "core/util/reason.h"

namespace candor {
namespace {

// How many of a long list are named in one line.
constexpr size_t kMaxNamed = 5;

std::string Short(const Hash& hash) { return absl::StrCat(hash.hex().substr(0, 16), "..."); }

// At most kMaxNamed items and how many more there are.
std::string Listed(const std::vector<std::string>& items) {
  const size_t shown = std::min(items.size(), kMaxNamed);
  std::string out = absl::StrJoin(items.begin(), items.begin() + shown, ", ");
  if (shown < items.size()) absl::StrAppend(&out, " and ", items.size() - shown, " more");
  return out;
}

std::string PurlWords(const std::vector<Purl>& purls) {
  std::vector<std::string> words;
  for (const Purl& purl : purls) words.push_back(purl.ToString());
  return words.empty() ? "no product" : ForTerminal(Listed(words));
}

// The products of all of these subjects, each once.
std::vector<Purl> ProductsOfAll(const std::vector<const Subject*>& subjects,
                                const EntryContent& content) {
  std::vector<Purl> products;
  std::set<std::string> seen;
  bool has_all = false;
  for (const Subject* subject : subjects) {
    // A thousand subjects without a name of their own are not looked at a thousand times.
    const bool unnamed = !LooksLikePurl(subject->name) && !LooksLikePurl(subject->uri);
    if (unnamed && std::exchange(has_all, true)) continue;
    for (Purl& purl : ProductsOf(*subject, content)) {
      if (seen.insert(purl.ToString()).second) products.push_back(std::move(purl));
    }
  }
  return products;
}

// Whether a product is what the caller expects: everything that `expected` says holds. What it
// leaves out may be anything, except for the qualifiers that make another product of it.
bool IsExpected(const Purl& purl, const Purl& expected) {
  if (purl.ProductString() != expected.ProductString()) return false;
  if (!expected.version().empty() && purl.version() != expected.version()) return false;
  if (!expected.subpath().empty() && purl.subpath() != expected.subpath()) return false;
  return std::all_of(expected.qualifiers().begin(), expected.qualifiers().end(),
                     [&purl](const auto& qualifier) {
                       const auto it = purl.qualifiers().find(qualifier.first);
                       return it != purl.qualifiers().end() && it->second == qualifier.second;
                     });
}

class Verification {
 public:
  explicit Verification(const VerifyInput& input) : input_(input) {}

  VerifyReport Run() && {
    using Step = bool (Verification::*)();
    constexpr Step kSteps[] = {&Verification::ReadProof,      &Verification::ReadStatement,
                               &Verification::CheckArtifact,  &Verification::CheckSignature,
                               &Verification::CheckScope,     &Verification::CheckProduct,
                               &Verification::CheckInclusion, &Verification::CheckCheckpoint,
                               &Verification::CheckWitnesses};
    for (const Step step : kSteps) {
      if (!(this->*step)()) return std::move(report_);
    }
    report_.verdict = Verdict::kYes;
    report_.message = Summary();
    return std::move(report_);
  }

 private:
  bool Yes(std::string name, std::string detail) {
    report_.steps.push_back({std::move(name), Verdict::kYes, "", std::move(detail)});
    return true;
  }
  bool Stop(Verdict verdict, std::string name, std::string reason, std::string message) {
    report_.verdict = verdict;
    report_.reason = reason;
    report_.message = message;
    report_.steps.push_back({std::move(name), verdict, std::move(reason), std::move(message)});
    return false;
  }
  bool No(std::string name, std::string reason, std::string message) {
    return Stop(Verdict::kNo, std::move(name), std::move(reason), std::move(message));
  }
  bool Refused(std::string name, const absl::Status& status) {
    return No(std::move(name), ReasonOf(status), std::string(status.message()));
  }
  bool Unknown(std::string name, std::string reason, std::string message) {
    return Stop(Verdict::kUnknown, std::move(name), std::move(reason), std::move(message));
  }

  bool ReadProof();
  bool ReadStatement();
  bool CheckArtifact();
  bool CheckSignature();
  bool CheckScope();
  bool CheckProduct();
  bool CheckInclusion();
  bool CheckCheckpoint();
  bool CheckWitnesses();

  bool StopAtContent(const absl::Status& status);
  std::string UnpinnedKeys() const;
  std::string Summary() const;
  std::string_view payload() const {
    return entry_->is_inline() ? std::string_view(*entry_->payload()) : *input_.payload;
  }

  const VerifyInput& input_;
  VerifyReport report_;
  TlogProof proof_;
  Hash leaf_hash_;
  std::optional<Entry> entry_;
  std::optional<EntryContent> content_;
  std::vector<Purl> products_;  // what the artifact is
  std::vector<PinnedSigner> signers_;
  std::optional<PolicyResult> policy_result_;
};

bool Verification::ReadProof() {
  const std::string kStep = "proof";
  absl::StatusOr<TlogProof> proof = TlogProof::Parse(input_.proof);
  if (!proof.ok()) {
    return No(kStep, "PROOF_MALFORMED",
              absl::StrCat("the proof file is malformed: ", ForTerminal(proof.status().message())));
  }
  proof_ = *std::move(proof);
  const absl::StatusOr<std::string_view> bytes = EntryOfProof(proof_);
  if (!bytes.ok()) {
    const std::string message(bytes.status().message());
    return absl::IsUnimplemented(bytes.status())
               ? Unknown(kStep, "PROOF_FORMAT_UNSUPPORTED", message)
               : No(kStep, "PROOF_MALFORMED", message);
  }
  absl::StatusOr<Entry> entry = DecodeEntry(*bytes);
  if (!entry.ok()) {
    const std::string message =
        absl::StrCat("the entry in the proof file: ", ForTerminal(entry.status().message()));
    return absl::IsUnimplemented(entry.status()) ? Unknown(kStep, "ENTRY_UNSUPPORTED", message)
                                                 : No(kStep, "ENTRY_MALFORMED", message);
  }
  leaf_hash_ = LeafHash(*bytes);
  entry_ = *std::move(entry);
  report_.index = proof_.index;
  return Yes(kStep, absl::StrCat("tlog-proof of entry ", proof_.index, ", ", bytes->size(),
                                 " bytes, statement ", Short(entry_->statement_id())));
}

bool Verification::StopAtContent(const absl::Status& status) {
  const std::string reason = ReasonOf(status);
  const std::string message =
      absl::StrCat("the statement in the entry: ", ForTerminal(status.message()));
  if (reason == "PAYLOAD_MISMATCH") {
    return No("statement", reason, "the given payload is not the one that the entry names");
  }
  if (absl::IsUnimplemented(status) || reason == "PREDICATE_UNKNOWN" ||
      reason == "PAYLOAD_TYPE_UNSUPPORTED" || reason == "STATEMENT_TYPE_UNKNOWN") {
    return Unknown("statement", "STATEMENT_UNSUPPORTED", message);
  }
  return No("statement", "STATEMENT_MALFORMED", message);
}

bool Verification::ReadStatement() {
  if (!entry_->is_inline() && !input_.payload) {
    return Unknown(
        "statement", "PAYLOAD_MISSING",
        absl::StrCat("the statement is not in the proof file; give the file with SHA-256 ",
                     entry_->payload_hash().hex(), " as the payload"));
  }
  absl::StatusOr<EntryContent> content =
      entry_->is_inline() ? ExamineEntry(*entry_) : ExamineEntry(*entry_, *input_.payload);
  if (!content.ok()) return StopAtContent(content.status());
  content_ = *std::move(content);
  for (const Purl& purl : content_->purls) report_.purls.push_back(purl.ToString());
  return Yes("statement", absl::StrCat(KindName(content_->kind), " statement with ",
                                       content_->statement.subjects.size(), " subject(s) about ",
                                       PurlWords(content_->purls)));
}

bool Verification::CheckArtifact() {
  const std::string kStep = "artifact";
  bool usable = false;
  std::vector<const Subject*> matching;  // one file may be several products
  std::vector<std::string> matches;
  for (const Subject& subject : content_->statement.subjects) {
    const SubjectMatch match = MatchSubject(subject, input_.artifact);
    usable = usable || match != SubjectMatch::kUnusable;
    if (match == SubjectMatch::kDisagrees) {
      return No(kStep, "DIGESTS_DISAGREE",
                absl::StrCat("the digests of subject ", SubjectName(subject),
                             " contradict each other: one is the artifact's, another is not"));
    }
    if (match != SubjectMatch::kMatches) continue;
    matching.push_back(&subject);
    matches.push_back(absl::StrCat(SubjectName(subject),
                                   " (compared: ", ComparedDigests(subject, input_.artifact), ")"));
  }
  if (!matches.empty()) {
    products_ = ProductsOfAll(matching, *content_);
    return Yes(kStep,
               absl::StrCat("sha256 ", input_.artifact.sha256, " is subject ", Listed(matches)));
  }
  if (!usable) {
    return Unknown(kStep, "DIGEST_UNSUPPORTED",
                   "the statement has no sha256, sha384 or sha512 digest of any artifact");
  }
  std::vector<std::string> names;
  for (const Subject& subject : content_->statement.subjects) names.push_back(SubjectName(subject));
  return No(kStep, "ARTIFACT_DIFFERS",
            absl::StrCat(
                "the artifact differs from the statement: ", ForTerminal(input_.artifact_name, 200),
                " has sha256 ", input_.artifact.sha256, ", which is not that of ", Listed(names)));
}

std::string Verification::UnpinnedKeys() const {
  std::vector<std::string> hashes;
  for (const EntrySignature& signature : entry_->signatures()) {
    hashes.push_back(signature.key.hex());
  }
  return Listed(hashes);
}

bool Verification::CheckSignature() {
  const absl::StatusOr<std::vector<PinnedSigner>> found =
      FindPinnedSigners(*entry_, payload(), *input_.participants);
  if (!found.ok()) return Refused("signature", found.status());
  const std::vector<PinnedSigner>& all = *found;
  if (all.empty()) {
    return No("signature", "KEY_NOT_PINNED",
              absl::StrCat("no pinned participant signed it: the signing key ", UnpinnedKeys(),
                           " is not among the trusted keys"));
  }
  for (const PinnedSigner& signer : all) {
    if (signer.key_names.size() >= signer.participant->threshold) signers_.push_back(signer);
  }
  if (signers_.empty()) {
    return No("signature", "THRESHOLD_NOT_MET",
              absl::StrCat(all[0].participant->name, " signed with ", all[0].key_names.size(),
                           " key(s) (", absl::StrJoin(all[0].key_names, ", "),
                           "), its threshold is ", all[0].participant->threshold));
  }
  std::vector<std::string> words;
  for (const PinnedSigner& signer : signers_) {
    words.push_back(absl::StrCat(signer.participant->name, " (key ",
                                 absl::StrJoin(signer.key_names, ", "), ")"));
  }
  return Yes("signature", absl::StrCat("valid, by ", absl::StrJoin(words, ", ")));
}

bool Verification::CheckScope() {
  absl::Status refusal;
  for (const PinnedSigner& signer : signers_) {
    refusal = CheckPinnedScope(*signer.participant, *content_);
    if (!refusal.ok()) continue;
    report_.participant = signer.participant->name;
    report_.key_names = signer.key_names;
    return Yes("scope",
               signer.participant->any_product
                   ? absl::StrCat(report_.participant, " may speak about any product")
                   : absl::StrCat(report_.participant, " may speak about every product named"));
  }
  return Refused("scope", refusal);
}

bool Verification::CheckProduct() {
  if (!input_.expected_product) return true;
  const Purl& expected = *input_.expected_product;
  for (const Purl& purl : products_) {
    if (!IsExpected(purl, expected)) continue;
    return Yes("product", absl::StrCat("is the expected ", ForTerminal(expected.ToString())));
  }
  return No("product", "PRODUCT_DIFFERS",
            absl::StrCat("the artifact is ", PurlWords(products_), ", expected was ",
                         ForTerminal(expected.ToString())));
}

bool Verification::CheckInclusion() {
  const std::string kStep = "inclusion";
  // TlogProof::Parse has read both once already.
  const absl::StatusOr<Note> note = Note::Parse(proof_.checkpoint);
  const absl::StatusOr<Checkpoint> checkpoint =
      note.ok() ? Checkpoint::ParseText(note->text) : note.status();
  if (!checkpoint.ok()) {
    return No(kStep, "PROOF_MALFORMED", ForTerminal(checkpoint.status().message()));
  }
  const absl::Status status = VerifyInclusion(leaf_hash_, proof_.index, checkpoint->tree_size,
                                              proof_.proof, checkpoint->root);
  if (!status.ok()) {
    return No(kStep, "ENTRY_NOT_IN_TREE",
              absl::StrCat("the entry is not in the tree of the checkpoint (index ", proof_.index,
                           ", size ", checkpoint->tree_size, "): ", status.message()));
  }
  report_.tree_size = checkpoint->tree_size;
  return Yes(kStep, absl::StrCat("leaf ", Short(leaf_hash_), " is entry ", proof_.index,
                                 " of the tree of size ", checkpoint->tree_size, " with root ",
                                 Short(checkpoint->root)));
}

bool Verification::CheckCheckpoint() {
  const std::string kStep = "checkpoint";
  absl::StatusOr<PolicyResult> result =
      input_.policy->Evaluate(proof_.checkpoint, input_.latest_credible_time);
  if (!result.ok()) {
    const std::string message = ForTerminal(result.status().message());
    return ReasonOf(result.status()) == "SIGNATURE_INVALID"
               ? No(kStep, "CHECKPOINT_SIGNATURE_INVALID",
                    absl::StrCat("a signature on the checkpoint is invalid: ", message))
               : No(kStep, "LOG_NOT_IN_POLICY",
                    absl::StrCat("the checkpoint is not signed by a log of the policy: ", message));
  }
  policy_result_ = *std::move(result);
  report_.log_origin = ForTerminal(policy_result_->checkpoint.origin, 255);
  return Yes(kStep, absl::StrCat("signed by log ", report_.log_origin, " of the policy"));
}

bool Verification::CheckWitnesses() {
  const std::string kStep = "witnesses";
  std::vector<std::string> words;
  for (const PolicyCosignature& cosignature : policy_result_->cosignatures) {
    const std::string& name = input_.policy->witnesses()[cosignature.witness].name;
    report_.witnesses.push_back(ForTerminal(name, 80));
    words.push_back(absl::StrCat(report_.witnesses.back(), " at ", UtcTime(cosignature.earliest)));
  }
  const std::string needed = QuorumWords(*input_.policy);
  if (!policy_result_->quorum_satisfied) {
    return No(kStep, "QUORUM_NOT_MET",
              absl::StrCat("too few cosignatures: ",
                           words.empty() ? "none" : absl::StrJoin(report_.witnesses, ", "),
                           " cosigned, the policy needs ", needed));
  }
  report_.logged_by = policy_result_->logged_by;
  report_.fresh_as_of = policy_result_->fresh_as_of;
  if (input_.policy->quorum_is_none()) return Yes(kStep, "the policy asks for no witness");
  return Yes(kStep, absl::StrCat("cosigned by ", absl::StrJoin(words, ", "), "; the policy needs ",
                                 needed));
}

std::string Verification::Summary() const {
  std::string out = absl::StrCat(ForTerminal(input_.artifact_name, 200), " is ",
                                 PurlWords(products_), " by ", report_.participant);
  if (report_.logged_by) {
    absl::StrAppend(&out, ", logged by ", UtcTime(*report_.logged_by));
  } else if (input_.policy->quorum_is_none()) {
    absl::StrAppend(&out, ", logged (no witness, so no time)");
  } else {
    absl::StrAppend(&out, ", logged (at no time that this machine's clock finds credible)");
  }
  absl::StrAppend(&out, " as entry ", report_.index, " of ", report_.log_origin);
  return out;
}

}  // namespace

std::string_view VerdictWord(Verdict verdict) {
  switch (verdict) {
    case Verdict::kYes:
      return "OK";
    case Verdict::kNo:
      return "NO";
    case Verdict::kUnknown:
      break;
  }
  return "UNKNOWN";
}

VerifyReport Verify(const VerifyInput& input) { return Verification(input).Run(); }

}  // namespace candor
