// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <string>
#include <vector>

namespace candor {

struct TestCertificate {
  std::string certificate_pem;
  std::string private_key_pem;
};

// For tests: a fresh self-signed certificate (P-256, valid from yesterday to tomorrow) for these
// DNS names and IPv4 addresses. It is its own CA.
TestCertificate MakeTestCertificate(const std::vector<std::string>& names = {"localhost",
                                                                             "127.0.0.1"});

}  // namespace candor
