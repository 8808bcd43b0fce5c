// SPDX-License-Identifier: Apache-2.0
#include "witness/server.h"

#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/clock.h"
#include "base/http_client.h"
#include "base/random.h"
#include "core/note/witness_request.h"
#include "core/util/reason.h"
#include "gtest/gtest.h"
#include "witness/init.h"
#include "witness/test_log.h"

namespace candor {
namespace {

// Over a real socket, with a real store.
class WitnessServerTest : public ::testing::Test {
 protected:
  WitnessServerTest() {
    std::filesystem::remove_all(folder_);
    FakeRandom random(1);
    const auto result = InitWitness({.name = "witness.example/w1",
                                     .folder = folder_,
                                     .logs = {log_.vkey().ToString()},
                                     .policy = ""},
                                    &random);
    EXPECT_TRUE(result.ok()) << result.status();
    config_.name = "witness.example/w1";
    config_.data_dir = folder_;
    config_.logs = {log_.vkey().ToString()};
    config_.listen = "127.0.0.1:0";
    config_.threads = 2;
    EXPECT_TRUE(CompleteWitnessConfig(&config_).ok());
  }

  std::unique_ptr<WitnessServer> MustStart() {
    absl::StatusOr<std::unique_ptr<WitnessServer>> server = WitnessServer::Start(config_, &clock_);
    EXPECT_TRUE(server.ok()) << server.status();
    return server.ok() ? *std::move(server) : nullptr;
  }

  HttpResponse Send(const WitnessServer& server, std::string method, std::string_view path,
                    std::string body = "") {
    HttpRequestSpec spec;
    spec.method = std::move(method);
    spec.url = absl::StrCat(server.url(), "/", path);
    spec.body = std::move(body);
    absl::StatusOr<HttpResponse> response = client_->Fetch(std::move(spec));
    EXPECT_TRUE(response.ok()) << response.status();
    return response.ok() ? *std::move(response) : HttpResponse();
  }

  const std::string folder_ = ::testing::TempDir() + "/witness-server";
  const TestLog log_{"log.example"};
  const std::string monitor_path_ = MonitorCheckpointPath(log_.origin());
  FakeClock clock_;
  WitnessConfig config_;
  std::unique_ptr<HttpClient> client_ = NewHttpClient().value();
};

TEST_F(WitnessServerTest, CosignsAndRemembersAcrossARestart) {
  std::string served;
  {
    const auto server = MustStart();
    ASSERT_NE(server, nullptr);
    const HttpResponse added = Send(*server, "POST", "add-checkpoint", log_.Request(0, 5));
    EXPECT_EQ(added.status, 200) << added.text();
    served = Send(*server, "GET", monitor_path_).text();
    EXPECT_EQ(served, log_.SignedAt(5) + added.text());
  }
  const auto server = MustStart();
  ASSERT_NE(server, nullptr);
  EXPECT_EQ(Send(*server, "GET", monitor_path_).text(), served);
  const HttpResponse conflict = Send(*server, "POST", "add-checkpoint", log_.Request(0, 5));
  EXPECT_EQ(conflict.status, 409);
  EXPECT_EQ(conflict.text(), "5\n");
  EXPECT_EQ(conflict.headers.Get("Content-Type"), kTreeSizeContentType);
  EXPECT_EQ(Send(*server, "POST", "add-checkpoint", log_.Request(5, 9)).status, 200);
}

TEST_F(WitnessServerTest, BodyLimit) {
  const auto server = MustStart();
  ASSERT_NE(server, nullptr);
  EXPECT_EQ(
      Send(*server, "POST", "add-checkpoint", std::string(kMaxAddCheckpointBytes, 'x')).status,
      400);
  EXPECT_EQ(
      Send(*server, "POST", "add-checkpoint", std::string(kMaxAddCheckpointBytes + 1, 'x')).status,
      413);
}

TEST_F(WitnessServerTest, WritesThePortFile) {
  config_.port_file = folder_ + "/port";
  const auto server = MustStart();
  ASSERT_NE(server, nullptr);
  std::ifstream in(config_.port_file);
  const std::string text{std::istreambuf_iterator<char>(in), {}};
  const std::string port = server->url().substr(server->url().rfind(':') + 1);
  EXPECT_EQ(text, absl::StrCat("{\"http\": ", port, "}\n"));
}

TEST_F(WitnessServerTest, RefusesToStart) {
  {
    const auto server = MustStart();
    EXPECT_EQ(ReasonOf(WitnessServer::Start(config_, &clock_).status()), "FOLDER_IN_USE");
  }
  WitnessConfig other_name = config_;
  other_name.name = "witness.example/w2";
  EXPECT_EQ(ReasonOf(WitnessServer::Start(other_name, &clock_).status()), "WRONG_WITNESS");
  WitnessConfig no_logs = config_;
  no_logs.logs = {};
  EXPECT_EQ(ReasonOf(WitnessServer::Start(no_logs, &clock_).status()), "CONFIG_INVALID");
  WitnessConfig no_key = config_;
  no_key.key = folder_ + "/none";
  EXPECT_FALSE(WitnessServer::Start(no_key, &clock_).ok());
  std::filesystem::remove_all(folder_ + "/state/db");
  EXPECT_EQ(ReasonOf(WitnessServer::Start(config_, &clock_).status()), "STATE_DAMAGED");
}

}  // namespace
}  // namespace candor
