// SPDX-License-Identifier: Apache-2.0
#include "core/attest/names.h"

#include <string>
#include <vector>

#include "core/util/reason.h"
#include "gtest/gtest.h"

namespace candor {
namespace {

TEST(NamesTest, Participants) {
  for (const std::string& name :
       std::vector<std::string>{"acme.example", "a.b", "x-1.acme.example", "xn--nxasmq6b.example",
                                "3com.example", std::string(63, 'a') + ".example"}) {
    EXPECT_TRUE(CheckParticipantName(name).ok()) << name;
  }
  const std::string long_name = std::string(63, 'a') + "." + std::string(63, 'a') + "." +
                                std::string(63, 'a') + "." + std::string(63, 'a');
  for (const std::string& name : std::vector<std::string>{
           "", "acme", "Acme.example", "acme.example.", ".acme.example", "acme..example",
           "-acme.example", "acme-.example", "acme_cam.example", "acme.example/x",
           "acme example.org", "1.2.3.4", "acme.123", "\xC3\xA4.example",
           std::string(64, 'a') + ".example", long_name}) {
    EXPECT_EQ(ReasonOf(CheckParticipantName(name)), "PARTICIPANT_INVALID") << name;
  }
}

TEST(NamesTest, Origins) {
  EXPECT_TRUE(CheckOrigin("log.example/candor").ok());
  EXPECT_TRUE(CheckOrigin(std::string(kMaxOriginBytes, 'a')).ok());
  for (std::string origin :
       {std::string(), std::string("log example"), std::string("log+x"), std::string("log\n"),
        std::string("l\xC3\xB6g"), std::string(kMaxOriginBytes + 1, 'a')}) {
    EXPECT_EQ(ReasonOf(CheckOrigin(origin)), "ORIGIN_INVALID") << origin;
  }
}

}  // namespace
}  // namespace candor
