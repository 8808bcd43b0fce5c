// SPDX-License-Identifier: Apache-2.0
#include "log/config.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "core/util/reason.h"

namespace candor {
namespace {

TEST(ServerConfigTest, ListenAddresses) {
  struct Case {
    const char* text;
    const char* host;  // null: refused
    int port;
  };
  for (const Case& c : std::vector<Case>{
           {"127.0.0.1:8080", "127.0.0.1", 8080},
           {"127.0.0.1:0", "127.0.0.1", 0},
           {"[::1]:65535", "::1", 65535},
           {"localhost:1", "localhost", 1},
           {"127.0.0.1", nullptr, 0},
           {":8080", nullptr, 0},
           {"127.0.0.1:", nullptr, 0},
           {"127.0.0.1:65536", nullptr, 0},
           {"127.0.0.1:-1", nullptr, 0},
           {"127.0.0.1:http", nullptr, 0},
           {"", nullptr, 0},
       }) {
    SCOPED_TRACE(c.text);
    const auto address = ParseListenAddress(c.text, "http_listen");
    ASSERT_EQ(address.ok(), c.host != nullptr) << address.status();
    if (address.ok()) {
      EXPECT_EQ(address->host, c.host);
      EXPECT_EQ(address->port, c.port);
    } else {
      EXPECT_EQ(ReasonOf(address.status()), "CONFIG_INVALID");
      EXPECT_NE(address.status().message().find("http_listen"), std::string::npos);
    }
  }
}

TEST(ServerConfigTest, ExampleFileIsAllCommentsAndDefaultsToLoopback) {
  ServerConfig config;
  ConfigSchema schema = BindServerConfig(&config);
  EXPECT_TRUE(schema.ParseText(schema.ExampleFile(), "example").ok());
  EXPECT_TRUE(config.origin.empty());
  EXPECT_TRUE(config.http_listen.starts_with("127.0.0.1:"));
  EXPECT_TRUE(config.grpc_listen.starts_with("127.0.0.1:"));
}

TEST(ServerConfigTest, CompletesPathsFromTheFolder) {
  ServerConfig config;
  config.origin = "log.example/a";
  config.data_dir = "/srv/log";
  ASSERT_TRUE(CompleteServerConfig(&config).ok());
  EXPECT_EQ(config.note_key, "/srv/log/keys/log.key");
  EXPECT_EQ(config.signed_checkpoint_file, "/srv/log/signed-checkpoint");
}

TEST(ServerConfigTest, RefusesHalfOfTls) {
  ServerConfig config;
  config.origin = "log.example/a";
  config.data_dir = "/srv/log";
  config.tls_key = "key.pem";
  const absl::Status status = CompleteServerConfig(&config);
  EXPECT_EQ(ReasonOf(status), "CONFIG_INVALID");
  EXPECT_NE(status.message().find("tls_certificate"), std::string::npos);
}

}  // namespace
}  // namespace candor
