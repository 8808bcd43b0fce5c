// SPDX-License-Identifier: Apache-2.0
#include "core/attest/purl_types.h"

#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "absl/strings/ascii.h"

namespace candor {
namespace {

struct TypeRule {
  std::string_view type;
  bool lower_namespace;
  bool lower_name;
  bool lower_version;
};

// Types without a rule are case-sensitive throughout.
constexpr std::array kRules = {
    TypeRule{"alpm", true, true, false},
    TypeRule{"apk", true, true, false},
    TypeRule{"bitbucket", true, true, false},
    TypeRule{"bitnami", false, true, false},
    TypeRule{"brew", true, true, false},
    TypeRule{"chrome-extension", false, true, false},
    TypeRule{"composer", true, true, false},
    TypeRule{"deb", true, true, false},
    TypeRule{"github", true, true, false},
    TypeRule{"hex", true, true, false},
    TypeRule{"huggingface", false, false, true},
    TypeRule{"luarocks", true, true, false},
    TypeRule{"oci", false, true, true},
    TypeRule{"otp", false, true, false},
    TypeRule{"pub", false, true, false},
    TypeRule{"pypi", false, true, true},
    TypeRule{"qpkg", true, false, false},
    TypeRule{"rpm", true, false, false},
    TypeRule{"vscode-extension", true, true, true},
    TypeRule{"yocto", true, false, false},
};

bool IsPubCharacter(char c) { return absl::ascii_isalnum(static_cast<unsigned char>(c)); }

}  // namespace

void NormalisePurl(std::string_view type, std::vector<std::string>& path, std::string& version) {
  auto rule = std::find_if(kRules.begin(), kRules.end(),
                           [type](const TypeRule& each) { return each.type == type; });
  if (rule == kRules.end()) return;
  for (size_t i = 0; i < path.size(); ++i) {
    bool is_name = i + 1 == path.size();
    if (is_name ? rule->lower_name : rule->lower_namespace) absl::AsciiStrToLower(&path[i]);
  }
  if (rule->lower_version) absl::AsciiStrToLower(&version);
  if (path.empty()) return;
  std::string& name = path.back();
  if (type == "pypi") std::replace(name.begin(), name.end(), '_', '-');
  if (type == "pub") {
    std::replace_if(name.begin(), name.end(), [](char c) { return !IsPubCharacter(c); }, '_');
  }
}

std::string_view IdentityQualifier(std::string_view type) {
  return type == "conda" ? "channel" : "";
}

}  // namespace candor
