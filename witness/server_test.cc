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
#include "base/test_certificate.h"
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

  void UseTls(const std::string& certificate_pem, const std::string& key_pem) {
    config_.tls = {.certificate = folder_ + "/tls.pem", .key = folder_ + "/tls.key"};
    std::ofstream(config_.tls.certificate) << certificate_pem;
    std::ofstream(config_.tls.key) << key_pem;
    std::filesystem::permissions(
        config_.tls.key, std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
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

  static std::unique_ptr<HttpClient> ClientTrusting(const TestCertificate& certificate) {
    HttpClientOptions options;
    options.ca_certificates_pem = certificate.certificate_pem;
    return NewHttpClient(options).value();
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

TEST_F(WitnessServerTest, SpeaksTlsWithItsCertificate) {
  const TestCertificate certificate = MakeTestCertificate();
  UseTls(certificate.certificate_pem, certificate.private_key_pem);
  const auto server = MustStart();
  ASSERT_NE(server, nullptr);
  EXPECT_TRUE(server->url().starts_with("https://")) << server->url();
  client_ = ClientTrusting(certificate);
  EXPECT_EQ(Send(*server, "POST", "add-checkpoint", log_.Request(0, 5)).status, 200);

  HttpRequestSpec spec;
  spec.url = server->url() + "/healthz";
  const auto refused = ClientTrusting(MakeTestCertificate())->Fetch(spec);
  EXPECT_EQ(ReasonOf(refused.status()), "TLS_FAILED") << refused.status();
}

TEST_F(WitnessServerTest, RefusesACertificateThatCanNotWork) {
  const TestCertificate certificate = MakeTestCertificate();
  const TestCertificate other = MakeTestCertificate();
  UseTls(certificate.certificate_pem, other.private_key_pem);
  const absl::Status mismatch = WitnessServer::Start(config_, &clock_).status();
  EXPECT_EQ(ReasonOf(mismatch), "TLS_CONFIG_INVALID");
  EXPECT_NE(mismatch.message().find("key"), std::string::npos) << mismatch;
  UseTls("no certificate", certificate.private_key_pem);
  EXPECT_EQ(ReasonOf(WitnessServer::Start(config_, &clock_).status()), "TLS_CONFIG_INVALID");
  UseTls(certificate.certificate_pem, certificate.private_key_pem);
  std::filesystem::permissions(config_.tls.key, std::filesystem::perms::group_read,
                               std::filesystem::perm_options::add);
  EXPECT_EQ(ReasonOf(WitnessServer::Start(config_, &clock_).status()), "KEY_FILE_NOT_PRIVATE");
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
