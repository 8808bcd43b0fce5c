// SPDX-License-Identifier: Apache-2.0
#include "client/remote_log_reader.h"

#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "base/fake_http_client.h"
#include "client/http_log_client.h"
#include "client/testing.h"
#include "client/tile_cache.h"
#include "core/merkle/hasher.h"
#include "core/util/reason.h"
#include "gtest/gtest.h"

namespace candor {
namespace {

constexpr char kUrl[] = "http://log.example";

// Has only full tiles and bundles, as a log that dropped the partial ones.
class FullOnly final : public HttpHandler {
 public:
  explicit FullOnly(HttpHandler* inner) : inner_(inner) {}
  void Handle(HttpRequest request, HttpResponder respond) override {
    if (absl::StrContains(request.path, ".p/")) {
      respond(HttpResponse::Text(404, "gone"));
      return;
    }
    inner_->Handle(std::move(request), std::move(respond));
  }

 private:
  HttpHandler* const inner_;
};

class RemoteLogReaderTest : public testing::Test {
 protected:
  RemoteLogReaderTest() {
    for (int i = 0; i < 300; ++i) {
      world_.Publish(absl::StrCat("a", i), "pkg:generic/acme.example/a@1");
    }
    http_.Serve(kUrl, &handler_);
  }

  TestWorld world_;
  FakeLogHandler handler_{&world_};
  FakeHttpClient http_;
  RemoteLogReader reader_{kUrl, &http_};
};

TEST_F(RemoteLogReaderTest, ReadsWhatTheLogServes) {
  EXPECT_EQ(reader_.ReadCheckpoint().value(), world_.CheckpointNote());
  const std::vector<TileId> ids = {{0, 0, 256}, {0, 1, 46}, {1, 0, 1}};
  const std::vector<std::string> tiles = reader_.ReadTiles(ids).value();
  ASSERT_EQ(tiles.size(), 3u);
  EXPECT_EQ(tiles[1].size(), 46u * 32);
  EXPECT_EQ(tiles[0].substr(0, 32), LeafHash(world_.entries[0]).bytes());
  const std::vector<std::string> entries = reader_.ReadEntries(1, 46).value();
  ASSERT_EQ(entries.size(), 46u);
  EXPECT_EQ(entries[45], world_.entries[301]);
}

TEST_F(RemoteLogReaderTest, FallsBackToTheFullTile) {
  FullOnly full_only(&handler_);
  http_.Serve(kUrl, &full_only);
  const TileId partial{0, 0, 7};
  EXPECT_EQ(reader_.ReadTiles({&partial, 1}).value()[0].size(), 7u * 32);
  EXPECT_EQ(reader_.ReadEntries(0, 7).value().size(), 7u);
  const TileId missing{0, 1, 46};
  EXPECT_EQ(reader_.ReadTiles({&missing, 1}).status().code(), absl::StatusCode::kNotFound);
}

TEST_F(RemoteLogReaderTest, WrongSizesAreNamed) {
  class Nonsense final : public HttpHandler {
   public:
    void Handle(HttpRequest, HttpResponder respond) override {
      respond(HttpResponse::Text(200, "short"));
    }
  } nonsense;
  http_.Serve(kUrl, &nonsense);
  const TileId tile{0, 0, 256};
  EXPECT_EQ(ReasonOf(reader_.ReadTiles({&tile, 1}).status()), "RESPONSE_MALFORMED");
  EXPECT_EQ(ReasonOf(reader_.ReadEntries(0, 256).status()), "RESPONSE_MALFORMED");
}

TEST_F(RemoteLogReaderTest, TheHttpClientFindsEntries) {
  HttpLogClient log(kUrl, &http_);
  for (const uint64_t index : {uint64_t{0}, uint64_t{255}, uint64_t{256}, uint64_t{301}}) {
    EXPECT_EQ(log.GetEntry(index, absl::Seconds(1)).value(), world_.entries[index]);
  }
  EXPECT_EQ(log.GetEntry(302, absl::Seconds(1)).status().code(), absl::StatusCode::kOutOfRange);
}

TEST_F(RemoteLogReaderTest, TheCacheKeepsOnlyWhatItIsTold) {
  TileCache cache(&reader_, 2);
  const std::vector<TileId> ids = {{0, 0, 256}, {0, 1, 46}};
  const std::vector<std::string> tiles = cache.ReadTiles(ids).value();
  cache.ReadTiles(ids).value();
  EXPECT_EQ(handler_.paths.size(), 4u);
  cache.KeepTiles(ids, tiles);
  EXPECT_EQ(cache.ReadTiles(ids).value(), tiles);
  EXPECT_EQ(handler_.paths.size(), 4u);
  cache.Clear();
  EXPECT_EQ(cache.ReadTiles(ids).value(), tiles);
  EXPECT_EQ(handler_.paths.size(), 6u);
}

}  // namespace
}  // namespace candor
