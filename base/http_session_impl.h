// SPDX-License-Identifier: Apache-2.0
//
// Internal to the HTTP server: one session over a plain or TLS stream. Included by one source each.

#pragma once

#include <algorithm>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/dispatch.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/stream_traits.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <chrono>
#include <exception>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "base/http_exchange.h"
#include "base/http_finish.h"
#include "base/http_session.h"
#include "base/http_status.h"
#include "base/http_wire.h"
#include "base/log.h"

namespace candor {

// `Stream` is beast::tcp_stream or a TLS stream over it. `Transport` gives what differs:
//   static awaitable<error_code> Handshake(Stream&);  static awaitable<void> SayGoodbye(Stream&);
template <typename Stream, typename Transport>
class BasicHttpSession final
    : public HttpSession,
      public std::enable_shared_from_this<BasicHttpSession<Stream, Transport>> {
 public:
  template <typename... Arguments>
  BasicHttpSession(HttpSessions* sessions, std::string peer, Arguments&&... stream_arguments)
      : sessions_(sessions),
        options_(sessions->options()),
        peer_(std::move(peer)),
        stream_(std::forward<Arguments>(stream_arguments)...),
        answer_timer_(stream_.get_executor()),
        buffer_(options_.max_header_bytes + kReadAheadBytes) {}

  ~BasicHttpSession() override { sessions_->Remove(this); }

  void Start() override {
    auto self = this->shared_from_this();
    sessions_->Add(this, self);
    boost::asio::co_spawn(
        stream_.get_executor(), [self]() { return self->Run(); },
        [self](const std::exception_ptr& error) {
          // Run handles its errors; what is left is memory that can not be had.
          if (error) LogError("an HTTP session ended by an exception", {{"peer", self->peer_}});
        });
  }

  void Shutdown(bool force) override {
    auto self = this->shared_from_this();
    boost::asio::post(stream_.get_executor(), [self, force]() {
      if (!force && !self->idle_) return;
      self->closing_ = true;
      self->answer_timer_.cancel();
      // Also what the coroutine starts after this fails at once.
      boost::beast::get_lowest_layer(self->stream_).close();
    });
  }

  void Shed() override {
    auto self = this->shared_from_this();
    boost::asio::post(stream_.get_executor(), [self]() {
      if (self->answering_) return;
      self->closing_ = true;
      boost::beast::get_lowest_layer(self->stream_).close();
    });
  }

 private:
  using Awaitable = boost::asio::awaitable<void>;
  using AwaitableBool = boost::asio::awaitable<bool>;
  using SteadyTime = std::chrono::steady_clock::time_point;
  using Parser = boost::beast::http::request_parser<boost::beast::http::string_body>;

  static constexpr size_t kReadAheadBytes = 64 * 1024;
  static constexpr size_t kFirstBodyBytes = 15 * 1024;
  static constexpr size_t kWriteChunkBytes = 256 * 1024;
  static constexpr size_t kLingerBytes = 4 * 1024 * 1024;
  static constexpr absl::Duration kLingerTime = absl::Seconds(2);
  static constexpr uint64_t kMinBodyBytesPerSecond = 64 * 1024;
  // How often it is looked whether the peer still waits for an answer, and how long one that closed
  // its own side is waited with: most of them are gone altogether.
  static constexpr auto kLookInterval = std::chrono::milliseconds(500);
  static constexpr auto kHalfClosedTime = std::chrono::seconds(2);

  static constexpr auto Token() { return boost::asio::as_tuple(boost::asio::use_awaitable); }

  void SetDeadline(absl::Duration timeout) {
    // Bounded so that an infinite duration can not overflow the timer's arithmetic.
    boost::beast::get_lowest_layer(stream_).expires_after(
        absl::ToChronoNanoseconds(std::min(timeout, absl::Hours(24))));
  }

  Awaitable Run() {
    auto self = this->shared_from_this();
    idle_ = true;
    sessions_->SetWaiting(this, true);
    SetDeadline(options_.read_timeout);
    const boost::beast::error_code error = co_await Transport::Handshake(stream_);
    idle_ = false;
    if (error) co_return;
    bool going_on = true;
    while (going_on && !closing_) {
      going_on = co_await WaitForRequest();
      if (going_on) going_on = co_await ServeOne();
    }
    SetDeadline(kLingerTime);
    if (!closing_) co_await Transport::SayGoodbye(stream_);
    boost::beast::error_code ignored;
    boost::beast::get_lowest_layer(stream_).socket().close(ignored);
  }

  // Waits for the first byte of a request, which may be here already (pipelining).
  AwaitableBool WaitForRequest() {
    if (buffer_.size() > 0) co_return true;
    if (sessions_->draining()) co_return false;
    idle_ = true;
    SetDeadline(options_.idle_timeout);
    auto [error, count] =
        co_await stream_.async_read_some(buffer_.prepare(kFirstReadBytes), Token());
    idle_ = false;
    if (error) co_return false;
    buffer_.commit(count);
    co_return true;
  }

  // Reads and answers one request; false when the connection must end.
  AwaitableBool ServeOne() {
    SetDeadline(options_.read_timeout);
    head_ = HttpRequest();  // a refusal must not take the form of the answer before
    Parser parser;
    parser.header_limit(static_cast<uint32_t>(options_.max_header_bytes));
    parser.body_limit(boost::none);  // set when it is known what the request is for
    const boost::beast::error_code error = co_await ReadHeader(&parser);
    if (error) {
      refusal_ = ResponseForReadError(error);
      co_await RefuseUnread();
      co_return false;
    }
    request_ = ToHttpRequest(parser.get());
    request_.peer = peer_;
    RememberHead();
    refusal_ = CheckRequestHeader(parser.get(), options_.max_target_bytes);
    if (refusal_.has_value()) {
      co_await RefuseUnread();
      co_return false;
    }
    const bool keep_alive = parser.keep_alive();
    HttpBodyReservation reservation(sessions_);
    const bool got_body = co_await ReadBody(&parser, &reservation);
    if (!got_body) co_return false;
    SetAnswering(true);
    const bool going_on = co_await Answer(keep_alive);
    SetAnswering(false);
    co_return going_on;
  }

  void SetAnswering(bool answering) {
    answering_ = answering;
    sessions_->SetWaiting(this, !answering);
  }

  // Beast's own limit is for what it has not parsed yet, not for the whole header, and its reading
  // ends only with the header.
  boost::asio::awaitable<boost::beast::error_code> ReadHeader(Parser* parser) {
    for (size_t size = 0;;) {
      boost::beast::error_code error;
      const size_t used = parser->put(buffer_.data(), error);
      buffer_.consume(used);
      size += used;
      const bool done = parser->is_header_done();
      if (size + (done ? 0 : buffer_.size()) > options_.max_header_bytes) {
        co_return boost::beast::http::error::header_limit;
      }
      if (done || error != boost::beast::http::error::need_more) co_return error;
      auto [read_error, count] =
          co_await stream_.async_read_some(buffer_.prepare(kFirstReadBytes), Token());
      if (read_error) co_return read_error;
      buffer_.commit(count);
    }
  }

  // What finishing a response needs of the request; the handler gets the request itself.
  void RememberHead() {
    head_.method = request_.method;
    for (const char* name : {"Accept-Encoding", "If-Match", "If-None-Match", "Range", "If-Range"}) {
      if (request_.headers.Has(name)) head_.headers.Set(name, request_.headers.GetJoined(name));
    }
  }

  // False when the request was refused (and answered) or the peer is gone.
  AwaitableBool ReadBody(Parser* parser, HttpBodyReservation* reservation) {
    const size_t limit = sessions_->handler()
                             .MaxBodyBytes(request_.method, request_.path)
                             .value_or(options_.max_body_bytes);
    parser->body_limit(limit);
    const boost::optional<uint64_t> length = parser->content_length();
    if (length && *length > limit) {
      refusal_ = BodyTooLarge(limit);
      co_await RefuseUnread();
      co_return false;
    }
    if (parser->is_done()) co_return true;
    refusal_ = CheckBodyCoding(request_.headers);
    if (refusal_.has_value()) {
      co_await RefuseUnread();
      co_return false;
    }
    const size_t expected = length ? static_cast<size_t>(*length) : limit;
    if (!reservation->Reserve(expected)) {
      refusal_ = TooManyBodies();
      co_await RefuseUnread();
      co_return false;
    }
    // A large body may take as long as a slow but honest line needs.
    SetDeadline(options_.read_timeout + absl::Seconds(expected / kMinBodyBytesPerSecond));
    const bool told_to_go_on = co_await SendContinue(*parser);
    if (!told_to_go_on) co_return false;
    auto [error, count] =
        co_await boost::beast::http::async_read(stream_, buffer_, *parser, Token());
    if (error) {
      const bool too_large = error == boost::beast::http::error::body_limit;
      refusal_ = too_large ? BodyTooLarge(limit) : ResponseForReadError(error);
      co_await RefuseUnread();
      co_return false;
    }
    request_.body = std::move(parser->get().body());
    co_return true;
  }

  AwaitableBool SendContinue(const Parser& parser) {
    static constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";
    const auto expect = parser.get()[boost::beast::http::field::expect];
    if (!boost::beast::iequals(expect, "100-continue")) co_return true;
    const boost::asio::const_buffer line(kContinue.data(), kContinue.size());
    auto [error, count] = co_await boost::asio::async_write(stream_, line, Token());
    co_return !error;
  }

  AwaitableBool Answer(bool keep_alive) {
    auto exchange = std::make_shared<HttpExchange>();
    CallHandler(exchange->MakeResponder());
    // Arguments live in named objects throughout: g++ 12 destroys temporaries of a co_await twice.
    boost::asio::awaitable<HttpResponse> answer = WaitForAnswer(exchange);
    HttpResponse response = co_await std::move(answer);
    if (closing_) co_return false;
    keep_alive = keep_alive && !sessions_->draining();
    const FinishedResponse finished = FinishResponse(head_, std::move(response));
    const bool sent = co_await Send(finished, keep_alive);
    co_return sent&& keep_alive;
  }

  void CallHandler(HttpResponder respond) {
    try {
      sessions_->handler().Handle(std::move(request_), std::move(respond));
    } catch (...) {
      // The responder was dropped, so the client gets 500.
      LogError("an HTTP handler threw an exception");
    }
  }

  boost::asio::awaitable<HttpResponse> WaitForAnswer(std::shared_ptr<HttpExchange> exchange) {
    // The answer may come on another thread, even after this session is gone: the wake-up holds the
    // session weakly and is taken back before the coroutine ends.
    const Abandoner abandoner(exchange);
    std::weak_ptr<BasicHttpSession> weak = this->weak_from_this();
    auto executor = stream_.get_executor();
    std::function<void()> wake = [weak, executor]() {
      boost::asio::post(executor, [weak]() {
        if (auto self = weak.lock()) self->answer_timer_.cancel();
      });
    };
    auto give_up = SteadyTime::clock::now() +
                   absl::ToChronoNanoseconds(std::min(options_.handler_timeout, absl::Hours(24)));
    std::optional<SteadyTime> half_closed_since;
    std::optional<HttpResponse> response = exchange->TakeOrWake(std::move(wake));
    while (!response.has_value() && !closing_) {
      const SteadyTime now = SteadyTime::clock::now();
      if (now >= give_up) co_return HandlerTimedOut();
      answer_timer_.expires_at(std::min(give_up, now + kLookInterval));
      co_await answer_timer_.async_wait(Token());
      response = exchange->TakeOrWake(nullptr);
      if (response.has_value()) break;
      const PeerState peer = LookAtPeer(boost::beast::get_lowest_layer(stream_).socket());
      if (peer == PeerState::kGone) closing_ = true;
      if (peer == PeerState::kHalfClosed && !half_closed_since) half_closed_since = now;
      if (half_closed_since && now - *half_closed_since >= kHalfClosedTime) closing_ = true;
    }
    co_return response.has_value() ? *std::move(response) : HttpResponse();
  }

  class Abandoner {
   public:
    explicit Abandoner(std::shared_ptr<HttpExchange> exchange) : exchange_(std::move(exchange)) {}
    ~Abandoner() { exchange_->Abandon(); }
    Abandoner(const Abandoner&) = delete;
    Abandoner& operator=(const Abandoner&) = delete;

   private:
    const std::shared_ptr<HttpExchange> exchange_;
  };

  // In pieces with a deadline each. The first is the header with the start of the body, copied
  // together (a TLS stream of Beast loses what follows the first of two buffers); the others are
  // sent from where the body lies.
  AwaitableBool Send(const FinishedResponse& response, bool keep_alive) {
    const char* data = response.body->data() + response.offset;
    size_t sent = std::min(response.length, kFirstBodyBytes);
    std::string start = FormatResponseHeader(response, keep_alive);
    start.append(data, sent);
    SetDeadline(options_.write_timeout);
    const boost::asio::const_buffer first(start.data(), start.size());
    auto [first_error, first_count] = co_await boost::asio::async_write(stream_, first, Token());
    if (first_error) co_return false;
    while (sent < response.length) {
      const boost::asio::const_buffer chunk(data + sent,
                                            std::min(response.length - sent, kWriteChunkBytes));
      SetDeadline(options_.write_timeout);
      auto [error, count] = co_await boost::asio::async_write(stream_, chunk, Token());
      if (error) co_return false;
      sent += chunk.size();
    }
    co_return true;
  }

  // Answers, with refusal_ if any, a request that was not read to its end; the connection is of no
  // more use. Reading on for a moment keeps the system from resetting the connection before the
  // peer has read the answer.
  Awaitable RefuseUnread() {
    std::optional<HttpResponse> response = std::exchange(refusal_, std::nullopt);
    if (!response.has_value()) co_return;
    const FinishedResponse finished = FinishResponse(head_, *std::move(response));
    const bool sent = co_await Send(finished, /*keep_alive=*/false);
    if (!sent) co_return;
    auto& tcp = boost::beast::get_lowest_layer(stream_);
    boost::beast::error_code ignored;
    tcp.socket().shutdown(boost::asio::ip::tcp::socket::shutdown_send, ignored);
    tcp.expires_after(absl::ToChronoNanoseconds(kLingerTime));
    std::string scrap(16 * 1024, '\0');
    for (size_t total = 0; total < kLingerBytes && !closing_;) {
      const boost::asio::mutable_buffer into(scrap.data(), scrap.size());
      auto [error, count] = co_await tcp.async_read_some(into, Token());
      if (error) break;
      total += count;
    }
    closing_ = true;
  }

  static constexpr size_t kFirstReadBytes = 4096;

  HttpSessions* const sessions_;
  const HttpServerOptions& options_;
  const std::string peer_;
  Stream stream_;
  boost::asio::steady_timer answer_timer_;
  boost::beast::flat_buffer buffer_;
  // On the strand only.
  bool idle_ = false;
  bool answering_ = false;
  bool closing_ = false;
  HttpRequest request_;                  // the one being served
  HttpRequest head_;                     // its method and the fields that shape the response
  std::optional<HttpResponse> refusal_;  // for RefuseUnread
};

}  // namespace candor
