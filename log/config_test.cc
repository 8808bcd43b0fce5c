// SPDX-License-Identifier: Apache-2.0
#include "log/config.h"

#include <gtest/gtest.h>

#include <string>

#include "core/util/reason.h"

namespace candor {
namespace {

ServerConfig Complete() {
  ServerConfig config;
  config.origin = "log.example/a";
  config.data_dir = "/srv/log";
  return config;
}

TEST(ServerConfigTest, RefusesBadAddresses) {
  for (const char* bad : {"127.0.0.1", ":8080", "127.0.0.1:", "127.0.0.1:65536", "two words:1"}) {
    SCOPED_TRACE(bad);
    ServerConfig http = Complete();
    http.http_listen = bad;
    const absl::Status http_refused = CompleteServerConfig(&http);
    EXPECT_EQ(ReasonOf(http_refused), "CONFIG_INVALID");
    EXPECT_EQ(http_refused.message().find("http_listen: "), 0u) << http_refused;

    ServerConfig grpc = Complete();
    grpc.grpc_listen = bad;
    const absl::Status grpc_refused = CompleteServerConfig(&grpc);
    EXPECT_EQ(ReasonOf(grpc_refused), "CONFIG_INVALID");
    EXPECT_EQ(grpc_refused.message().find("grpc_listen: "), 0u) << grpc_refused;
  }
  ServerConfig no_grpc = Complete();
  no_grpc.grpc_listen = "";
  EXPECT_TRUE(CompleteServerConfig(&no_grpc).ok());
  ServerConfig no_http = Complete();
  no_http.http_listen = "";
  EXPECT_FALSE(CompleteServerConfig(&no_http).ok());
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
  ServerConfig config = Complete();
  ASSERT_TRUE(CompleteServerConfig(&config).ok());
  EXPECT_EQ(config.note_key, "/srv/log/keys/log.key");
  EXPECT_EQ(config.signed_checkpoint_file, "/srv/log/signed-checkpoint");
}

TEST(ServerConfigTest, RefusesHalfOfTls) {
  ServerConfig config = Complete();
  config.tls.key = "key.pem";
  const absl::Status status = CompleteServerConfig(&config);
  EXPECT_EQ(ReasonOf(status), "CONFIG_INVALID");
  EXPECT_NE(status.message().find("tls_certificate"), std::string::npos);
}

}  // namespace
}  // namespace candor
