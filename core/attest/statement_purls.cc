// SPDX-License-Identifier: Apache-2.0
#include "core/attest/statement_purls.h"

#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "core/attest/json.h"
#include "core/util/reason.h"
#include "core/util/status_macros.h"

namespace candor {
namespace {

enum class Need {
  kPurl,  // The field must be a purl.
  kUri,   // Any text; it counts when it claims to be a purl.
};

// Gathers purls, each once, by canonical form.
class Collector {
 public:
  absl::Status Add(std::string_view text, std::string_view field, Need need) {
    if (!LooksLikePurl(text)) {
      if (need == Need::kUri) return absl::OkStatus();
      return Refuse(absl::StatusCode::kInvalidArgument, "PURL_INVALID",
                    absl::StrCat(field, " must be a package URL that begins with \"pkg:\""));
    }
    absl::StatusOr<Purl> purl = Purl::Parse(text);
    if (!purl.ok()) return Annotate(purl.status(), field);
    std::string canonical = purl->ToString();
    purls_.emplace(std::move(canonical), *std::move(purl));
    if (purls_.size() > kMaxStatementPurls) {
      return Refuse(absl::StatusCode::kInvalidArgument, "TOO_MANY_PURLS",
                    absl::StrCat("the statement is about more than ", kMaxStatementPurls,
                                 " different purls; make several statements"));
    }
    return absl::OkStatus();
  }

  // A member that may be absent but otherwise must be a string.
  absl::Status AddMember(const Json& object, std::string_view name, std::string_view path,
                         Need need) {
    const Json* value = Member(object, name);
    if (value == nullptr) return absl::OkStatus();
    if (!value->is_string()) {
      return Refuse(absl::StatusCode::kInvalidArgument, "PURL_INVALID",
                    absl::StrCat(path, ".", name, " must be a string"));
    }
    return Add(value->get_ref<const std::string&>(), absl::StrCat(path, ".", name), need);
  }

  static const Json* Member(const Json& object, std::string_view name) {
    if (!object.is_object()) return nullptr;
    auto it = object.find(name);
    return it == object.end() ? nullptr : &*it;
  }

  std::vector<Purl> Take() && {
    std::vector<Purl> sorted;
    for (auto& [text, purl] : purls_) sorted.push_back(std::move(purl));
    return sorted;
  }

 private:
  std::map<std::string, Purl> purls_;
};

absl::Status AddVexProduct(const Json& product, Collector& collector) {
  constexpr std::string_view kPath = "predicate.statements[].products[]";
  if (product.is_string()) {
    return collector.Add(product.get_ref<const std::string&>(), kPath, Need::kUri);
  }
  CANDOR_RETURN_IF_ERROR(collector.AddMember(product, "@id", kPath, Need::kUri));
  if (const Json* identifiers = Collector::Member(product, "identifiers")) {
    return collector.AddMember(*identifiers, "purl", absl::StrCat(kPath, ".identifiers"),
                               Need::kUri);
  }
  return absl::OkStatus();
}

absl::Status AddVexProducts(const Json& predicate, Collector& collector) {
  const Json* statements = Collector::Member(predicate, "statements");
  if (statements == nullptr || !statements->is_array()) return absl::OkStatus();
  for (const Json& statement : *statements) {
    const Json* products = Collector::Member(statement, "products");
    if (products == nullptr || !products->is_array()) continue;
    for (const Json& product : *products) {
      CANDOR_RETURN_IF_ERROR(AddVexProduct(product, collector));
    }
  }
  return absl::OkStatus();
}

absl::Status AddBomComponent(const Json& predicate, Collector& collector) {
  const Json* metadata = Collector::Member(predicate, "metadata");
  const Json* component = metadata ? Collector::Member(*metadata, "component") : nullptr;
  if (component == nullptr) return absl::OkStatus();
  return collector.AddMember(*component, "purl", "predicate.metadata.component", Need::kPurl);
}

absl::Status AddLabelledFirmware(const Json& predicate, Collector& collector) {
  const Json* scope = Collector::Member(predicate, "scope");
  const Json* firmware = scope ? Collector::Member(*scope, "firmware") : nullptr;
  if (firmware == nullptr) return absl::OkStatus();
  bool ok = firmware->is_array();
  for (const Json& each : *firmware) {
    ok = ok && each.is_string();
    if (!ok) break;
    CANDOR_RETURN_IF_ERROR(collector.Add(each.get_ref<const std::string&>(),
                                         "predicate.scope.firmware[]", Need::kPurl));
  }
  if (ok) return absl::OkStatus();
  return Refuse(absl::StatusCode::kInvalidArgument, "PURL_INVALID",
                "predicate.scope.firmware must be an array of package URLs");
}

absl::Status AddNamedFields(const Json& predicate, PredicateKind kind, Collector& collector) {
  switch (kind) {
    case PredicateKind::kRelease:
    case PredicateKind::kSupportPeriod:
      return collector.AddMember(predicate, "purl", "predicate", Need::kPurl);
    case PredicateKind::kVsa:
      return collector.AddMember(predicate, "resourceUri", "predicate", Need::kUri);
    case PredicateKind::kCycloneDx:
      return AddBomComponent(predicate, collector);
    case PredicateKind::kOpenVex:
      return AddVexProducts(predicate, collector);
    case PredicateKind::kSecurityLabel:
      return AddLabelledFirmware(predicate, collector);
    default:
      return absl::OkStatus();
  }
}

}  // namespace

absl::StatusOr<std::vector<Purl>> StatementPurls(const Statement& statement, PredicateKind kind) {
  Collector collector;
  for (size_t i = 0; i < statement.subjects.size(); ++i) {
    const Subject& subject = statement.subjects[i];
    CANDOR_RETURN_IF_ERROR(
        collector.Add(subject.uri, absl::StrCat("subject[", i, "].uri"), Need::kUri));
    CANDOR_RETURN_IF_ERROR(
        collector.Add(subject.name, absl::StrCat("subject[", i, "].name"), Need::kUri));
  }
  CANDOR_RETURN_IF_ERROR(AddNamedFields(*statement.predicate, kind, collector));
  return std::move(collector).Take();
}

}  // namespace candor
