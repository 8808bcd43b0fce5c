// SPDX-License-Identifier: Apache-2.0
#include "base/http_client.h"

#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "base/gzip.h"
#include "base/http_router.h"
#include "base/http_server.h"
#include "base/http_server_testing.h"
#include "base/test_certificate.h"
#include "core/util/reason.h"

namespace candor {
namespace {

using testing::HasSubstr;

HttpRequestSpec Spec(const std::string& url, const std::string& method = "GET",
                     const std::string& body = "") {
  HttpRequestSpec spec;
  spec.url = url;
  spec.max_response_bytes = 2 * 1024 * 1024;
  spec.timeout = absl::Seconds(20);
  spec.method = method;
  spec.body = body;
  return spec;
}

class HttpClientTest : public testing::Test {
 protected:
  HttpClientTest() : client_(NewHttpClient().value()) {}

  std::string StartServer(HttpServerOptions options = {}) {
    const bool tls = !options.tls_certificate_pem.empty();
    server_ = HttpServer::Create(std::move(options), &handler_).value();
    return absl::StrCat(tls ? "https" : "http", "://127.0.0.1:", server_->Start().value());
  }

  TestHttpHandler handler_;
  std::unique_ptr<HttpServer> server_;
  std::unique_ptr<HttpClient> client_;
};

TEST_F(HttpClientTest, FetchesOverOneKeptConnection) {
  const std::string base = StartServer();
  for (int i = 0; i < 5; ++i) {
    const auto response = client_->Fetch(Spec(base + "/hello"));
    ASSERT_TRUE(response.ok()) << response.status();
    EXPECT_EQ(response->status, 200);
    EXPECT_EQ(response->text(), "hello");
    EXPECT_EQ(response->headers.Get("etag"), "\"h\"");
  }
  EXPECT_EQ(client_->Fetch(Spec(base + "/echo", "POST", "abc"))->text(), "POST 127.0.0.1 abc");
  EXPECT_EQ(client_->Fetch(Spec(base + "/hello", "HEAD"))->text(), "");
  EXPECT_EQ(client_->Fetch(Spec(base + "/none"))->status, 404);
  EXPECT_EQ(server_->connections(), 1u);
}

TEST_F(HttpClientTest, ManyInParallel) {
  const std::string base = StartServer();
  constexpr int kRequests = 100;
  std::atomic<int> left{kRequests};
  std::atomic<int> good{0};
  Notification done;
  for (int i = 0; i < kRequests; ++i) {
    client_->FetchAsync(Spec(base + "/thread"), [&](absl::StatusOr<HttpResponse> response) {
      if (response.ok() && response->text() == "from a thread") ++good;
      if (--left == 0) done.Notify();
    });
  }
  done.Wait();
  EXPECT_EQ(good, kRequests);
}

TEST_F(HttpClientTest, ACallbackMayFetchAgain) {
  const std::string base = StartServer();
  Notification done;
  std::string text;
  client_->FetchAsync(Spec(base + "/hello"), [&](absl::StatusOr<HttpResponse>) {
    client_->FetchAsync(Spec(base + "/thread"), [&](absl::StatusOr<HttpResponse> second) {
      text = second->text();
      done.Notify();
    });
  });
  done.Wait();
  EXPECT_EQ(text, "from a thread");
}

TEST_F(HttpClientTest, TheDeadlineHolds) {
  const std::string base = StartServer();
  HttpRequestSpec spec = Spec(base + "/hold");
  // On a slow machine a short time may pass before the request gets to the server.
  for (spec.timeout = absl::Milliseconds(20); !handler_.held(); spec.timeout *= 2) {
    const auto response = client_->Fetch(spec);
    EXPECT_EQ(response.status().code(), absl::StatusCode::kDeadlineExceeded);
    EXPECT_EQ(ReasonOf(response.status()), "FETCH_TIMEOUT");
  }
  EXPECT_EQ(client_->Fetch(Spec(base + "/hello"))->text(), "hello");
  handler_.ReleaseHeld();
}

TEST_F(HttpClientTest, ResponsesAreBounded) {
  const std::string base = StartServer();
  HttpRequestSpec spec = Spec(base + "/big");
  spec.max_response_bytes = TestHttpHandler::kBigBytes - 1;
  const auto refused = client_->Fetch(spec);
  EXPECT_EQ(refused.status().code(), absl::StatusCode::kResourceExhausted);
  EXPECT_EQ(ReasonOf(refused.status()), "RESPONSE_TOO_LARGE");
  spec.max_response_bytes = TestHttpHandler::kBigBytes;
  EXPECT_EQ(client_->Fetch(spec)->text().size(), TestHttpHandler::kBigBytes);
  spec.method = "HEAD";
  spec.max_response_bytes = 0;
  EXPECT_EQ(client_->Fetch(spec)->headers.Get("Content-Length"),
            std::to_string(TestHttpHandler::kBigBytes));
}

TEST_F(HttpClientTest, ARefusalComesBackThoughTheBodyWasNotRead) {
  const std::string base = StartServer();
  const auto response = client_->Fetch(Spec(base + "/hello", "POST", std::string(1 << 20, 'x')));
  ASSERT_TRUE(response.ok()) << response.status();
  EXPECT_EQ(response->status, 413);
}

TEST_F(HttpClientTest, AnOldConnectionIsReplaced) {
  const std::string base = StartServer();
  const std::string port = base.substr(base.rfind(':') + 1);
  EXPECT_EQ(client_->Fetch(Spec(base + "/hello"))->text(), "hello");
  server_->Stop();
  server_ = HttpServer::Create({}, &handler_).value();
  ASSERT_TRUE(server_->Start("127.0.0.1", static_cast<uint16_t>(std::stoi(port))).ok());
  const auto response = client_->Fetch(Spec(base + "/echo", "POST", "again"));
  ASSERT_TRUE(response.ok()) << response.status();
  EXPECT_EQ(response->text(), "POST 127.0.0.1 again");
}

TEST_F(HttpClientTest, ErrorsNameHostAndPort) {
  const std::string base = StartServer();
  server_->Stop();
  const auto refused = client_->Fetch(Spec(base + "/"));
  EXPECT_EQ(refused.status().code(), absl::StatusCode::kUnavailable);
  EXPECT_EQ(ReasonOf(refused.status()), "CONNECT_FAILED");
  EXPECT_EQ(std::string(refused.status().message()),
            absl::StrCat("cannot connect to 127.0.0.1 port ", base.substr(base.rfind(':') + 1),
                         ": Connection refused"));
  EXPECT_EQ(ReasonOf(client_->Fetch(Spec("no url")).status()), "URL_INVALID");
  EXPECT_EQ(ReasonOf(client_->Fetch(Spec("http://127.0.0.1/", "A B")).status()), "REQUEST_INVALID");
}

TEST_F(HttpClientTest, DestructionCancels) {
  const std::string base = StartServer();
  Notification done;
  absl::Status status;
  client_->FetchAsync(Spec(base + "/hold"), [&](absl::StatusOr<HttpResponse> response) {
    status = response.status();
    done.Notify();
  });
  handler_.WaitUntilHeld();
  client_.reset();
  EXPECT_TRUE(done.HasBeenNotified());
  EXPECT_EQ(status.code(), absl::StatusCode::kCancelled);
  handler_.ReleaseHeld();
}

TEST_F(HttpClientTest, Tls) {
  const TestCertificate certificate = MakeTestCertificate();
  HttpServerOptions options;
  options.tls_certificate_pem = certificate.certificate_pem;
  options.tls_private_key_pem = certificate.private_key_pem;
  const std::string base = StartServer(options);
  HttpClientOptions trusting;
  trusting.ca_certificates_pem = certificate.certificate_pem;
  client_ = NewHttpClient(trusting).value();
  for (const char* path : {"/hello", "/thread", "/big"}) {
    HttpRequestSpec spec = Spec(base + path);
    spec.max_response_bytes = TestHttpHandler::kBigBytes;
    const auto response = client_->Fetch(spec);
    ASSERT_TRUE(response.ok()) << response.status();
    EXPECT_EQ(response->status, 200);
  }
  const std::string large(1 << 20, 'x');
  EXPECT_EQ(client_->Fetch(Spec(base + "/echo", "POST", large))->text(), "POST 127.0.0.1 " + large);
  EXPECT_EQ(server_->connections(), 1u);
  EXPECT_EQ(client_->Fetch(Spec(base + "/hello", "POST", large))->status, 413);
}

TEST_F(HttpClientTest, TlsOnlyWithTrust) {
  const TestCertificate certificate = MakeTestCertificate({"other.example"});
  HttpServerOptions options;
  options.tls_certificate_pem = certificate.certificate_pem;
  options.tls_private_key_pem = certificate.private_key_pem;
  const std::string base = StartServer(options);
  const auto unknown_issuer = client_->Fetch(Spec(base + "/hello"));
  EXPECT_EQ(ReasonOf(unknown_issuer.status()), "TLS_FAILED");
  HttpClientOptions trusting;
  trusting.ca_certificates_pem = certificate.certificate_pem;
  client_ = NewHttpClient(trusting).value();
  const auto wrong_name = client_->Fetch(Spec(base + "/hello"));
  EXPECT_EQ(ReasonOf(wrong_name.status()), "TLS_FAILED");
  EXPECT_THAT(std::string(wrong_name.status().message()), HasSubstr("mismatch"));
  trusting.ca_certificates_pem = "no certificate";
  EXPECT_EQ(ReasonOf(NewHttpClient(trusting).status()), "TLS_CONFIG_INVALID");
}

TEST_F(HttpClientTest, PlainAndTlsDoNotMix) {
  const TestCertificate certificate = MakeTestCertificate();
  HttpServerOptions options;
  options.tls_certificate_pem = certificate.certificate_pem;
  options.tls_private_key_pem = certificate.private_key_pem;
  std::string base = StartServer(options);
  base.replace(0, 5, "http");
  EXPECT_FALSE(client_->Fetch(Spec(base + "/hello")).ok());
}

TEST_F(HttpClientTest, MismatchedKeyAndCertificate) {
  HttpServerOptions options;
  options.tls_certificate_pem = MakeTestCertificate().certificate_pem;
  options.tls_private_key_pem = MakeTestCertificate().private_key_pem;
  EXPECT_EQ(ReasonOf(HttpServer::Create(options, &handler_).status()), "TLS_CONFIG_INVALID");
}

// A server that says fixed bytes to whoever connects, once.
class CannedServer {
 public:
  explicit CannedServer(std::string answer) : answer_(std::move(answer)) {
    listener_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address = {};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof(address);
    if (bind(listener_, reinterpret_cast<sockaddr*>(&address), size) != 0) abort();
    if (listen(listener_, 1) != 0) abort();
    if (getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size) != 0) abort();
    url_ = absl::StrCat("http://127.0.0.1:", ntohs(address.sin_port), "/");
    thread_ = std::thread([this] { Serve(); });
  }
  ~CannedServer() {
    shutdown(listener_, SHUT_RDWR);
    thread_.join();
    close(listener_);
  }
  const std::string& url() const { return url_; }

 private:
  void Serve() {
    const int peer = accept(listener_, nullptr, nullptr);
    if (peer < 0) return;
    char request[4096];
    [[maybe_unused]] const ssize_t got = recv(peer, request, sizeof(request), 0);
    [[maybe_unused]] const ssize_t sent = send(peer, answer_.data(), answer_.size(), MSG_NOSIGNAL);
    close(peer);
  }

  const std::string answer_;
  int listener_;
  std::string url_;
  std::thread thread_;
};

TEST_F(HttpClientTest, StrangeServers) {
  const std::string zipped = GzipCompress(std::string(3'000'000, 'x'));
  const struct {
    std::string answer;
    absl::StatusCode code;
    std::string text;
  } kCases[] = {
      {"HTTP/1.1 200 OK\r\n\r\nuntil the end", absl::StatusCode::kOk, "until the end"},
      {"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx",
       absl::StatusCode::kOk, "x"},
      {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\n\r\n",
       absl::StatusCode::kOk, "a"},
      {"", absl::StatusCode::kUnavailable, ""},
      {"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nabc", absl::StatusCode::kUnavailable, ""},
      {"HTTP/1.1 200 OK\r\nX: ", absl::StatusCode::kUnavailable, ""},
      {"SSH-2.0-OpenSSH\r\n\r\n", absl::StatusCode::kDataLoss, ""},
      {"HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n", absl::StatusCode::kDataLoss, ""},
      {"HTTP/1.1 200 OK\r\nX: " + std::string(100'000, 'x'), absl::StatusCode::kResourceExhausted,
       ""},
      {"HTTP/1.1 200 OK\r\n\r\n" + std::string(3'000'000, 'x'),
       absl::StatusCode::kResourceExhausted, ""},
      {"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n" + zipped,
       absl::StatusCode::kResourceExhausted, ""},
      {"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\nnot gzip at all, but plain text",
       absl::StatusCode::kDataLoss, ""},
  };
  for (const auto& c : kCases) {
    CannedServer server(c.answer);
    const auto response = client_->Fetch(Spec(server.url()));
    EXPECT_EQ(response.status().code(), c.code) << c.answer.substr(0, 60) << response.status();
    if (response.ok()) {
      EXPECT_EQ(response->text(), c.text);
    }
  }
}

TEST_F(HttpClientTest, EndlessInterimResponses) {
  std::string answer;
  for (int i = 0; i < 100; ++i) answer += "HTTP/1.1 103 Early Hints\r\n\r\n";
  CannedServer server(answer);
  EXPECT_EQ(client_->Fetch(Spec(server.url())).status().code(), absl::StatusCode::kDataLoss);
}

}  // namespace
}  // namespace candor
