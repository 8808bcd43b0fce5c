// SPDX-License-Identifier: Apache-2.0
#include "client/connect.h"

#include <string>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "client/log_client.h"
#include "core/util/reason.h"
#include "gtest/gtest.h"

namespace candor {
namespace {

TEST(ConnectLogTest, TakesFourSchemes) {
  for (const std::string url : {"http://localhost:8080", "https://log.example/prefix",
                                "grpc://localhost:50051", "grpcs://[::1]:443", "grpc://a:1/"}) {
    const auto log = ConnectLog(url);
    ASSERT_TRUE(log.ok()) << url << " " << log.status();
    EXPECT_EQ((*log)->url(), url);
  }
}

TEST(ConnectLogTest, RefusesOthers) {
  for (const std::string url :
       {"", "log.example", "ftp://log.example", "grpc://", "grpc://host", "grpc://host:0",
        "grpc://:50051", "grpc://host:x", "http://", "grpcs://host:1/path", "http://user@host/"}) {
    EXPECT_EQ(ReasonOf(ConnectLog(url).status()), "LOG_URL_INVALID") << url;
  }
}

TEST(ConnectLogTest, NobodyThere) {
  for (const std::string url : {"http://127.0.0.1:1", "grpc://127.0.0.1:1"}) {
    const auto log = ConnectLog(url).value();
    const absl::Status status = log->GetCheckpoint(absl::Seconds(5)).status();
    EXPECT_EQ(status.code(), absl::StatusCode::kUnavailable) << url << " " << status;
  }
}

TEST(ConnectLogTest, EnvelopesAreBounded) {
  const std::string large(kMaxEnvelopeJsonBytes + 1, 'x');
  for (const std::string url : {"http://127.0.0.1:1", "grpc://127.0.0.1:1"}) {
    EXPECT_EQ(ReasonOf(ConnectLog(url).value()->Add(large, absl::Seconds(1)).status()),
              "ENVELOPE_TOO_LARGE");
  }
}

}  // namespace
}  // namespace candor
