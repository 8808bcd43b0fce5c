// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/time/time.h"
#include "base/http_finish.h"
#include "base/http_types.h"
#include "base/mutex.h"
#include "core/merkle/entry_bundle.h"
#include "core/merkle/hasher.h"
#include "core/merkle/tile.h"
#include "gtest/gtest.h"
#include "log/service/http_service.h"
#include "log/service/testing.h"

// For the tests of the HTTP service.

namespace candor {

// What a client gets.
struct HttpAnswer {
  int status = 0;
  HttpHeaders headers;
  std::string body;
};

// The log's HTTP service over a log in memory.
class HttpServiceTest : public ::testing::Test {
 protected:
  struct Waiting {
    Notification done;
    HttpAnswer answer;
  };

  // What a client gets: the service's response with the rules of HTTP applied.
  std::shared_ptr<Waiting> Begin(HttpRequest request) {
    auto waiting = std::make_shared<Waiting>();
    http_.Handle(request, [waiting, request](HttpResponse response) {
      FinishedResponse finished = FinishResponse(request, std::move(response));
      waiting->answer = {finished.status, finished.headers,
                         finished.body->substr(finished.offset, finished.length)};
      waiting->done.Notify();
    });
    return waiting;
  }

  HttpAnswer Send(std::string method, std::string path, HttpHeaders headers = {}) {
    HttpRequest request;
    request.method = std::move(method);
    request.path = std::move(path);
    request.headers = std::move(headers);
    const auto waiting = Begin(std::move(request));
    waiting->done.Wait();
    return waiting->answer;
  }
  HttpAnswer Get(std::string path, HttpHeaders headers = {}) {
    return Send("GET", std::move(path), std::move(headers));
  }

  HttpAnswer PostAdd(std::string body, std::string query = "") {
    HttpRequest request;
    request.method = "POST";
    request.path = "/add";
    request.query = std::move(query);
    request.body = std::move(body);
    const auto waiting = Begin(std::move(request));
    while (!waiting->done.WaitFor(absl::Milliseconds(1))) log_.Publish();
    return waiting->answer;
  }

  // What tlog-tiles says the tile holds, from the entries.
  std::string ExpectedTile(const TileId& tile, uint64_t tree_size) {
    std::vector<Hash> level;
    for (uint64_t i = 0; i < tree_size; ++i) level.push_back(LeafHash(log_.Entry(i)));
    for (uint8_t height = 0; height < 8 * tile.level; ++height) {
      std::vector<Hash> above;
      for (size_t i = 0; i + 1 < level.size(); i += 2) {
        above.push_back(NodeHash(level[i], level[i + 1]));
      }
      level = std::move(above);
    }
    std::string bytes;
    for (uint64_t i = 0; i < tile.width; ++i) {
      bytes += std::string(level.at(tile.index * 256 + i).bytes());
    }
    return bytes;
  }

  std::string ExpectedBundle(uint64_t index, uint16_t width) {
    std::vector<std::string> entries;
    for (uint64_t i = 0; i < width; ++i) entries.push_back(log_.Entry(index * 256 + i));
    return *EncodeEntryBundle(entries);
  }

  ServiceUnderTest log_;
  HttpService http_{&log_.service(), {}};
};

}  // namespace candor
