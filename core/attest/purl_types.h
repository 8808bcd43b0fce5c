// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace candor {

// The normalisation that a purl type asks for (the type definitions of package-url/purl-spec):
// lower case for the ASCII letters of namespace, name or version, and what pypi and pub do to
// names. Other types, known or not, are taken as they are. `path` is namespace and name, decoded.
void NormalisePurl(std::string_view type, std::vector<std::string>& path, std::string& version);

// The qualifier, beside repository_url, that tells two products of one name apart for this type;
// "" when there is none.
std::string_view IdentityQualifier(std::string_view type);

}  // namespace candor
