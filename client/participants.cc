// SPDX-License-Identifier: Apache-2.0
#include "client/participants.h"

#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "client/terminal_text.h"
#include "core/attest/registry_entries.h"
#include "core/util/encoding.h"
#include "core/util/reason.h"
#include "core/util/status_macros.h"

namespace candor {
namespace {

using Words = std::vector<std::string_view>;

constexpr size_t kMaxKeyNameBytes = 64;

absl::Status Invalid(std::string_view message) {
  return Refuse(absl::StatusCode::kInvalidArgument, "PARTICIPANTS_INVALID", message);
}

std::string Quoted(std::string_view word) {
  return absl::StrCat("\"", ForTerminal(word, 80), "\"");
}

absl::Status CheckCharacters(std::string_view line) {
  if (line.find('\r') != line.npos) {
    return Invalid("has a carriage return; save the file with Unix line ends");
  }
  const bool ok = std::all_of(line.begin(), line.end(),
                              [](char c) { return c == '\t' || (c >= 0x20 && c < 0x7F); });
  return ok ? absl::OkStatus() : Invalid("has a character that is not printable ASCII");
}

absl::Status CheckKeyLabel(std::string_view name) {
  if (name.size() <= kMaxKeyNameBytes) return absl::OkStatus();
  return Invalid(absl::StrCat("the key's name is longer than ", kMaxKeyNameBytes, " bytes"));
}

absl::StatusOr<PublicKey> KeyFromBase64(std::string_view text) {
  absl::StatusOr<std::string> der = Base64Decode(text);
  if (!der.ok()) return Invalid("the key is not base64 of a DER SubjectPublicKeyInfo");
  return PublicKey::FromSpki(*der);
}

// Collects the participants, line by line.
class Parser {
 public:
  explicit Parser(const Participants::ReadKeyFile& read_file) : read_file_(read_file) {}

  absl::Status Line(const Words& words) {
    if (words[0] == "participant") return Participant(words);
    if (words[0] != "key" && words[0] != "allow" && words[0] != "accept" &&
        words[0] != "threshold") {
      return Invalid(absl::StrCat(Quoted(words[0]),
                                  " is unknown; a line begins with participant, "
                                  "key, allow, accept or threshold"));
    }
    if (done_.empty()) {
      return Invalid(absl::StrCat(Quoted(words[0]), " stands before the first participant line"));
    }
    if (words[0] == "key") return Key(words);
    if (words[0] == "allow") return Allow(words);
    return words[0] == "accept" ? Accept(words) : Threshold(words);
  }

  // Checks that the participant under way is complete.
  absl::Status Finish() {
    if (done_.empty()) return absl::OkStatus();
    PinnedParticipant& last = done_.back();
    if (last.keys.empty()) {
      return Invalid(absl::StrCat("participant ", last.name, " has no key line"));
    }
    if (last.allow.empty()) {
      return Invalid(absl::StrCat("participant ", last.name,
                                  " has no allow line: say which products it may speak about"));
    }
    if (threshold_ > last.keys.size()) {
      return Invalid(absl::StrCat("participant ", last.name, " has threshold ", *threshold_,
                                  " but only ", last.keys.size(), " keys"));
    }
    last.threshold = threshold_.value_or(1);
    if (last.accept.empty()) last.accept = {PredicateKind::kRelease};
    threshold_.reset();
    return absl::OkStatus();
  }

  std::vector<PinnedParticipant> Take() && { return std::move(done_); }

 private:
  absl::Status Participant(const Words& words) {
    CANDOR_RETURN_IF_ERROR(Finish());
    if (words.size() != 2) return Invalid("write: participant <domain name>");
    if (done_.size() == kMaxPinnedParticipants) {
      return Invalid(absl::StrCat("more than ", kMaxPinnedParticipants, " participants"));
    }
    CANDOR_RETURN_IF_ERROR(CheckParticipantName(words[1]));
    for (const PinnedParticipant& other : done_) {
      if (other.name == words[1]) return Invalid(absl::StrCat(words[1], " is listed twice"));
    }
    done_.emplace_back().name = std::string(words[1]);
    return absl::OkStatus();
  }

  absl::Status Key(const Words& words) {
    const bool from_file = words.size() == 4 && words[2] == "file";
    if (!from_file && words.size() != 3) {
      return Invalid("write: key <name> <base64 public key>, or: key <name> file <PEM file>");
    }
    CANDOR_RETURN_IF_ERROR(CheckKeyLabel(words[1]));
    PinnedParticipant& last = done_.back();
    if (last.keys.size() == kMaxPinnedKeys) {
      return Invalid(absl::StrCat("more than ", kMaxPinnedKeys, " keys"));
    }
    for (const PinnedKey& other : last.keys) {
      if (other.name == words[1]) {
        return Invalid(absl::StrCat("two keys are named ", Quoted(words[1])));
      }
    }
    CANDOR_ASSIGN_OR_RETURN(PublicKey key,
                            from_file ? FromFile(words[3]) : KeyFromBase64(words[2]));
    const auto [other, is_new] = owners_.emplace(key.key_hash(), last.name);
    if (!is_new) return Invalid(absl::StrCat("the key is listed already, for ", other->second));
    last.keys.push_back({std::string(words[1]), std::move(key)});
    return absl::OkStatus();
  }

  absl::StatusOr<PublicKey> FromFile(std::string_view path) {
    CANDOR_ASSIGN_OR_RETURN(const std::string pem, read_file_(std::string(path)));
    return PublicKey::FromPem(pem);
  }

  absl::Status Allow(const Words& words) {
    if (words.size() != 2) return Invalid("write: allow <purl prefix>");
    PinnedParticipant& last = done_.back();
    if (last.allow.size() == kMaxPinnedPrefixes) {
      return Invalid(absl::StrCat("more than ", kMaxPinnedPrefixes, " allow lines"));
    }
    CANDOR_ASSIGN_OR_RETURN(PurlPrefix prefix, PurlPrefix::Parse(words[1]));
    if (std::find(last.allow.begin(), last.allow.end(), prefix) != last.allow.end()) {
      return Invalid(absl::StrCat(words[1], " is allowed twice"));
    }
    last.allow.push_back(std::move(prefix));
    return absl::OkStatus();
  }

  absl::Status Accept(const Words& words) {
    if (words.size() < 2) return Invalid("write: accept <kind>..., for example: accept release");
    std::vector<PredicateKind>& accept = done_.back().accept;
    for (const std::string_view word : absl::MakeSpan(words).subspan(1)) {
      const std::optional<PredicateKind> kind = KindByName(word);
      if (!kind || IsRegistryKind(*kind)) {
        return Invalid(absl::StrCat(Quoted(word), " is not a kind of product statement"));
      }
      if (std::find(accept.begin(), accept.end(), *kind) != accept.end()) {
        return Invalid(absl::StrCat(word, " is accepted twice"));
      }
      accept.push_back(*kind);
    }
    return absl::OkStatus();
  }

  absl::Status Threshold(const Words& words) {
    if (threshold_) return Invalid("the participant has two threshold lines");
    const absl::StatusOr<uint64_t> value =
        words.size() == 2 ? ParseDecimal(words[1]) : absl::InvalidArgumentError("");
    if (!value.ok() || *value < 1 || *value > kMaxPinnedKeys) {
      return Invalid(
          absl::StrCat("write: threshold <1.. number of keys, at most ", kMaxPinnedKeys, ">"));
    }
    threshold_ = static_cast<size_t>(*value);
    return absl::OkStatus();
  }

  const Participants::ReadKeyFile& read_file_;
  std::vector<PinnedParticipant> done_;
  std::optional<size_t> threshold_;        // of the participant under way
  std::map<KeyHash, std::string> owners_;  // key -> participant
};

absl::Status AtLine(const absl::Status& status, size_t line) {
  if (status.ok()) return status;
  // One reason for whatever is wrong with the file; the sentence says what.
  return Invalid(absl::StrCat("line ", line, ": ", status.message()));
}

}  // namespace

Participants::Participants(std::vector<PinnedParticipant> participants)
    : participants_(std::move(participants)) {
  for (size_t i = 0; i < participants_.size(); ++i) {
    for (size_t j = 0; j < participants_[i].keys.size(); ++j) {
      by_key_.emplace(participants_[i].keys[j].key.key_hash(), std::pair(i, j));
    }
  }
}

absl::StatusOr<Participants> Participants::Parse(std::string_view text,
                                                 const ReadKeyFile& read_file) {
  if (text.size() > kMaxParticipantsBytes) {
    return Invalid(
        absl::StrCat("the participants file is larger than ", kMaxParticipantsBytes, " bytes"));
  }
  if (!text.empty() && text.back() != '\n') {
    // A cut off line may still read well and mean something else: a shorter prefix allows more.
    return Invalid(
        "the last line of the participants file must end with a newline: the file may be cut off");
  }
  Parser parser(read_file);
  size_t number = 0;
  for (const std::string_view line : absl::StrSplit(text, '\n')) {
    ++number;
    const Words words = absl::StrSplit(line, absl::ByAnyChar(" \t"), absl::SkipEmpty());
    if (words.empty() || words[0][0] == '#') continue;
    CANDOR_RETURN_IF_ERROR(AtLine(CheckCharacters(line), number));
    CANDOR_RETURN_IF_ERROR(AtLine(parser.Line(words), number));
  }
  CANDOR_RETURN_IF_ERROR(AtLine(parser.Finish(), number));
  std::vector<PinnedParticipant> participants = std::move(parser).Take();
  if (participants.empty()) return Invalid("the participants file names no participant");
  return Participants(std::move(participants));
}

Participants Participants::FromKey(PublicKey key, std::vector<PurlPrefix> allow) {
  PinnedParticipant participant;
  participant.name = "the given key";
  participant.keys.push_back({"given", std::move(key)});
  participant.any_product = allow.empty();
  participant.allow = std::move(allow);
  participant.accept = {PredicateKind::kRelease};
  std::vector<PinnedParticipant> participants;
  participants.push_back(std::move(participant));
  return Participants(std::move(participants));
}

Participants::Match Participants::Find(const KeyHash& key) const {
  const auto it = by_key_.find(key);
  if (it == by_key_.end()) return {};
  const PinnedParticipant& participant = participants_[it->second.first];
  return {&participant, &participant.keys[it->second.second]};
}

}  // namespace candor
