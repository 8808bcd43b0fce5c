// SPDX-License-Identifier: Apache-2.0
#include "base/http_server_testing.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <stdexcept>
#include <utility>

namespace candor {

TestHttpHandler::~TestHttpHandler() {
  std::vector<std::thread> threads;
  {
    MutexLock lock(&mutex_);
    threads.swap(threads_);
  }
  for (std::thread& thread : threads) thread.join();
}

void TestHttpHandler::Handle(HttpRequest request, HttpResponder respond) {
  const std::string& path = request.path;
  if (path == "/hello") {
    HttpResponse response = HttpResponse::Text(200, "hello");
    response.headers.Set("ETag", "\"h\"");
    respond(std::move(response));
  } else if (path == "/echo") {
    respond(HttpResponse::Text(200, request.method + " " + request.peer + " " + request.body));
  } else if (path == "/thread") {
    MutexLock lock(&mutex_);
    threads_.emplace_back([respond] { respond(HttpResponse::Text(200, "from a thread")); });
  } else if (path == "/hold") {
    {
      MutexLock lock(&mutex_);
      held_responder_ = std::move(respond);
    }
    held_.Notify();
  } else if (path == "/throw") {
    throw std::runtime_error("on purpose");
  } else if (path == "/big") {
    respond(HttpResponse::Text(200, std::string(kBigBytes, 'b')));
  } else if (path == "/twice") {
    respond(HttpResponse::Text(200, "first"));
    respond(HttpResponse::Text(200, "second"));
  } else if (path != "/drop") {
    respond(HttpResponse::Text(404, "nothing"));
  }
}

std::optional<size_t> TestHttpHandler::MaxBodyBytes(std::string_view, std::string_view path) const {
  if (path == "/echo") return kEchoBytes;
  return std::nullopt;
}

void TestHttpHandler::ReleaseHeld() {
  HttpResponder respond;
  {
    MutexLock lock(&mutex_);
    respond = std::move(held_responder_);
  }
  respond(HttpResponse::Text(200, "held"));
}

RawConnection::RawConnection(uint16_t port) : fd_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  const timeval patience = {60, 0};
  setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
  sockaddr_in address = {};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (connect(fd_, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) != 0) abort();
}

RawConnection::~RawConnection() {
  if (fd_ >= 0) close(fd_);
}

bool RawConnection::Send(std::string_view data) {
  while (!data.empty()) {
    const ssize_t sent = send(fd_, data.data(), data.size(), MSG_NOSIGNAL);
    if (sent <= 0) return false;
    data.remove_prefix(static_cast<size_t>(sent));
  }
  return true;
}

void RawConnection::CloseWrite() { shutdown(fd_, SHUT_WR); }

void RawConnection::Reset() {
  const linger at_once = {1, 0};
  setsockopt(fd_, SOL_SOCKET, SO_LINGER, &at_once, sizeof(at_once));
  close(std::exchange(fd_, -1));
}

bool RawConnection::Fill() {
  char chunk[16384];
  const ssize_t got = recv(fd_, chunk, sizeof(chunk), 0);
  if (got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) timed_out_ = true;
  if (got <= 0) return false;
  buffer_.append(chunk, static_cast<size_t>(got));
  return true;
}

std::string RawConnection::ReadResponse(bool has_body) {
  size_t end = std::string::npos;
  while ((end = buffer_.find("\r\n\r\n")) == std::string::npos) {
    if (!Fill()) return std::exchange(buffer_, "");
  }
  size_t total = end + 4;
  const size_t length = buffer_.find("Content-Length: ");
  if (has_body && length < end) total += std::strtoull(&buffer_[length + 16], nullptr, 10);
  while (buffer_.size() < total) {
    if (!Fill()) return std::exchange(buffer_, "");
  }
  std::string response = buffer_.substr(0, total);
  buffer_.erase(0, total);
  return response;
}

std::string RawConnection::ReadToEnd(bool* timed_out) {
  while (Fill()) {
  }
  if (timed_out != nullptr) *timed_out = timed_out_;
  return std::exchange(buffer_, "");
}

}  // namespace candor
