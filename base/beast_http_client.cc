// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <deque>
#include <exception>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <thread>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/http_client.h"
#include "base/http_client_connection.h"
#include "base/http_client_wire.h"
#include "base/tls_context.h"
#include "base/url.h"
#include "core/util/reason.h"
#include "core/util/status_macros.h"

namespace candor {
namespace {

namespace asio = boost::asio;
using SteadyTime = std::chrono::steady_clock::time_point;

std::chrono::nanoseconds ToChrono(absl::Duration duration) {
  // Bounded so that an infinite duration can not overflow the clock's arithmetic.
  return absl::ToChronoNanoseconds(std::min(duration, absl::Hours(24)));
}

// One request and its callback. Used on the client's thread only.
struct Call {
  Call(HttpRequestSpec call_spec, HttpClient::Callback call_done, asio::io_context& io)
      : spec(std::move(call_spec)), done(std::move(call_done)), timer(io) {}

  HttpRequestSpec spec;
  HttpClient::Callback done;  // null once called
  asio::steady_timer timer;
  SteadyTime deadline;
  Url url;
  std::string header;
  std::shared_ptr<HttpConnection> connection;  // in use, if any
};

bool IsRepeatable(const std::string& method) {
  return method == "GET" || method == "HEAD" || method == "PUT";
}

class BeastHttpClient final : public HttpClient {
 public:
  BeastHttpClient(HttpClientOptions options, std::unique_ptr<asio::ssl::context> tls_context)
      : options_(std::move(options)),
        tls_context_(std::move(tls_context)),
        thread_([this] { io_.run(); }) {}

  ~BeastHttpClient() override {
    asio::post(io_, [this] {
      const std::set<std::shared_ptr<Call>> calls = calls_;
      for (const auto& call : calls) {
        Finish(call, absl::CancelledError("the HTTP client is shutting down"));
      }
      io_.stop();
    });
    thread_.join();
  }

  void FetchAsync(HttpRequestSpec spec, Callback done) override {
    auto call = std::make_shared<Call>(std::move(spec), std::move(done), io_);
    asio::post(io_, [this, call] { Begin(call); });
  }

 private:
  struct Idle {
    std::shared_ptr<HttpConnection> connection;
    SteadyTime since;
  };

  void Begin(const std::shared_ptr<Call>& call) {
    calls_.insert(call);
    if (absl::Status status = Prepare(call.get()); !status.ok()) {
      Finish(call, std::move(status));
      return;
    }
    call->timer.expires_at(call->deadline);
    call->timer.async_wait([this, call](const boost::system::error_code& error) {
      // Also ends a call that the system's resolver holds up.
      if (!error) Finish(call, FetchTimedOut(call->url, call->spec.timeout));
    });
    asio::co_spawn(
        io_, [this, call]() { return Run(call); },
        [this, call](const std::exception_ptr& error) {
          if (error) Finish(call, absl::InternalError("the HTTP client failed"));
        });
  }

  absl::Status Prepare(Call* call) {
    CANDOR_ASSIGN_OR_RETURN(call->url, Url::Parse(call->spec.url));
    CANDOR_RETURN_IF_ERROR(CheckRequestSpec(call->spec));
    call->header = FormatRequestHeader(call->spec, call->url, options_.user_agent);
    call->deadline = std::chrono::steady_clock::now() + ToChrono(call->spec.timeout);
    return absl::OkStatus();
  }

  asio::awaitable<void> Run(std::shared_ptr<Call> call) {
    absl::StatusOr<HttpExchangeResult> result = absl::UnknownError("not sent");
    call->connection = TakeIdle(call->url);
    const bool reused = call->connection != nullptr;
    if (reused) {
      // Named, because g++ 12 destroys temporaries of a co_await twice.
      asio::awaitable<absl::StatusOr<HttpExchangeResult>> exchange = Exchange(call);
      result = co_await std::move(exchange);
    }
    const bool again = !reused || (!result.ok() && ReasonOf(result.status()) == "CONNECTION_LOST" &&
                                   IsRepeatable(call->spec.method));
    if (again && call->done) {
      call->connection = NewConnection(call->url);
      absl::Status opened = co_await call->connection->Open(call->url, call->deadline);
      if (!opened.ok()) {
        result = std::move(opened);
      } else {
        asio::awaitable<absl::StatusOr<HttpExchangeResult>> exchange = Exchange(call);
        result = co_await std::move(exchange);
      }
    }
    if (!result.ok()) {
      Finish(call, std::move(result).status());
      co_return;
    }
    if (result->keep) KeepIdle(call->url, std::move(call->connection));
    call->connection = nullptr;
    Finish(call, DecodeContent(call->spec, std::move(result->response)));
  }

  asio::awaitable<absl::StatusOr<HttpExchangeResult>> Exchange(std::shared_ptr<Call> call) {
    // Kept here too: finishing a call lets go of its connection.
    std::shared_ptr<HttpConnection> connection = call->connection;
    co_return co_await connection->Exchange(call->spec, call->url, call->header, call->deadline);
  }

  std::shared_ptr<HttpConnection> NewConnection(const Url& url) {
    if (url.scheme == "https") return NewTlsConnection(io_.get_executor(), *tls_context_);
    return NewTcpConnection(io_.get_executor());
  }

  // Answers the call, once, and ends what it still does.
  void Finish(const std::shared_ptr<Call>& call, absl::StatusOr<HttpResponse> result) {
    if (!call->done) return;
    Callback done = std::exchange(call->done, nullptr);
    calls_.erase(call);
    call->timer.cancel();
    if (call->connection != nullptr) call->connection->Close();
    done(std::move(result));
  }

  static std::string PoolKey(const Url& url) {
    return absl::StrCat(url.scheme, "://", url.HostHeader());
  }

  // The youngest kept connection that is still good, or null.
  std::shared_ptr<HttpConnection> TakeIdle(const Url& url) {
    std::deque<Idle>& pool = idle_[PoolKey(url)];
    while (!pool.empty()) {
      Idle idle = std::move(pool.back());
      pool.pop_back();
      const bool fresh =
          std::chrono::steady_clock::now() - idle.since < ToChrono(options_.idle_timeout);
      if (fresh && idle.connection->IsQuiet()) return std::move(idle.connection);
    }
    idle_.erase(PoolKey(url));
    return nullptr;
  }

  void KeepIdle(const Url& url, std::shared_ptr<HttpConnection> connection) {
    if (options_.max_idle_connections_per_host == 0) return;
    std::deque<Idle>& pool = idle_[PoolKey(url)];
    pool.push_back(Idle{std::move(connection), std::chrono::steady_clock::now()});
    if (pool.size() > options_.max_idle_connections_per_host) pool.pop_front();
  }

  const HttpClientOptions options_;
  const std::unique_ptr<asio::ssl::context> tls_context_;
  asio::io_context io_{1};
  asio::executor_work_guard<asio::io_context::executor_type> work_ = asio::make_work_guard(io_);
  // On the client's thread only.
  std::set<std::shared_ptr<Call>> calls_;
  std::map<std::string, std::deque<Idle>> idle_;
  std::thread thread_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<HttpClient>> NewHttpClient(HttpClientOptions options) {
  CANDOR_ASSIGN_OR_RETURN(std::unique_ptr<asio::ssl::context> tls_context,
                          NewClientTlsContext(options.ca_certificates_pem));
  return std::unique_ptr<HttpClient>(
      std::make_unique<BeastHttpClient>(std::move(options), std::move(tls_context)));
}

}  // namespace candor
