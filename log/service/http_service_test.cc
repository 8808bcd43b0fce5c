// SPDX-License-Identifier: Apache-2.0
#include "log/service/http_service.h"

#include <atomic>
#include <memory>
#include <optional>
#include <string>
#include <thread>

#include "absl/strings/str_cat.h"
#include "base/gzip.h"
#include "base/http_types.h"
#include "base/mutex.h"
#include "core/merkle/entry_bundle.h"
#include "core/merkle/tile.h"
#include "core/note/tlog_proof.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "log/service/http_fixture.h"
#include "log/service/log_service.h"

namespace candor {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

TEST_F(HttpServiceTest, BeforeTheFirstCheckpoint) {
  for (const char* path : {"/checkpoint", "/tile/0/000", "/tile/0/000.p/1", "/tile/entries/000",
                           "/tile/entries/000.p/1"}) {
    const HttpAnswer answer = Get(path);
    EXPECT_EQ(answer.status, 404) << path;
    EXPECT_EQ(answer.headers.Get("Content-Type"), "application/json") << path;
    EXPECT_THAT(answer.body, HasSubstr("\"reason\":\"")) << path;
  }
  EXPECT_EQ(Get("/healthz").status, 200);
  const HttpAnswer ready = Get("/readyz");
  EXPECT_EQ(ready.status, 503);
  EXPECT_THAT(ready.body, StartsWith("not ready: no checkpoint is published yet"));
}

TEST_F(HttpServiceTest, ServesEveryTileAndBundleOfASize) {
  for (const uint64_t size : {1, 255, 256, 257, 600}) {
    SCOPED_TRACE(size);
    log_.Fill(size);
    log_.Publish();
    const HttpAnswer checkpoint = Get("/checkpoint");
    EXPECT_EQ(checkpoint.status, 200);
    EXPECT_EQ(checkpoint.body, log_.publisher().published()->note);
    EXPECT_EQ(log_.publisher().published()->checkpoint.tree_size, size);
    for (const TileId& tile : TilesForTreeSize(size)) {
      const HttpAnswer answer = Get("/" + TilePath(tile));
      EXPECT_EQ(answer.status, 200) << TilePath(tile);
      EXPECT_EQ(answer.body, ExpectedTile(tile, size)) << TilePath(tile);
      EXPECT_EQ(answer.headers.Get("Content-Type"), "application/octet-stream");
      EXPECT_THAT(std::string(answer.headers.Get("Cache-Control").value_or("")),
                  HasSubstr("immutable"));
      if (tile.level != 0) continue;
      const HttpAnswer bundle = Get("/" + EntryBundlePath(tile.index, tile.width));
      EXPECT_EQ(bundle.status, 200);
      EXPECT_EQ(bundle.body, ExpectedBundle(tile.index, tile.width));
      EXPECT_EQ(bundle.headers.Get("Content-Type"), "application/octet-stream");
      // One more than there is.
      if (!tile.full()) {
        const uint16_t wider = tile.width + 1;
        EXPECT_EQ(Get("/" + TilePath({0, tile.index, wider})).status, 404);
        EXPECT_EQ(Get("/" + EntryBundlePath(tile.index, wider)).status, 404);
      }
    }
    EXPECT_EQ(Get("/" + TilePath({0, size / 256 + 1, 256})).status, 404);
    EXPECT_EQ(Get("/" + TilePath({2, 0, 1})).status, 404);
  }
  // Narrower tiles of older checkpoints stay.
  EXPECT_EQ(Get("/tile/0/000.p/1").body, ExpectedTile({0, 0, 1}, 600));
  EXPECT_EQ(Get("/tile/1/000.p/1").body, ExpectedTile({1, 0, 1}, 600));
}

TEST_F(HttpServiceTest, TilesReachToTheSignedCheckpointEvenIfUnpublished) {
  log_.Fill(3);
  log_.Publish();
  for (int i = 1; i <= 3; ++i) log_.witness(i).mode = FakeWitness::Mode::kDown;
  log_.Fill(5);
  EXPECT_EQ(Get("/tile/0/000.p/4").status, 404);
  log_.Publish();
  EXPECT_EQ(log_.publisher().published()->checkpoint.tree_size, 3);
  EXPECT_EQ(Get("/tile/0/000.p/5").status, 200);
  EXPECT_EQ(Get("/tile/entries/000.p/5").status, 200);
  EXPECT_EQ(Get("/tile/0/000.p/6").status, 404);
  const HttpAnswer ready = Get("/readyz");
  EXPECT_EQ(ready.status, 503);
  EXPECT_THAT(ready.body, HasSubstr("only 0 of 3 witnesses answered; the policy needs 2"));
  EXPECT_THAT(ready.body, HasSubstr("signed 5, published 3"));
  EXPECT_THAT(ready.body, HasSubstr("witness w1: failed, did not answer"));
}

TEST_F(HttpServiceTest, RefusesPathsThatAreNotCanonical) {
  log_.Fill(300);
  log_.Publish();
  ASSERT_EQ(Get("/tile/0/000").status, 200);
  for (const char* path : {"/tile",
                           "/tile/",
                           "/tile/0",
                           "/tile/0/",
                           "/tile/0/0",
                           "/tile/0/00",
                           "/tile/0/0000",
                           "/tile/0/x000/000",
                           "/tile/00/000",
                           "/tile/64/000",
                           "/tile/-1/000",
                           "/tile/0/000.p/0",
                           "/tile/0/000.p/256",
                           "/tile/0/000.p/01",
                           "/tile/0/000.p/",
                           "/tile/0/000.p",
                           "/tile/0/000/",
                           "/tile//0/000",
                           "/tile/0/../0/000",
                           "/tile/0/%3000",
                           "/tile/0/000.p/1/",
                           "/tile/0/000.p/+1",
                           "/tile/0/000.P/1",
                           "/tile/0/000.p/1.p/1",
                           "/tile/0/000.p//1",
                           "/tile/0/000%2Ep/1",
                           "/tile/0//000",
                           "//tile/0/000",
                           "/%74ile/0/000",
                           "/tile/0/x000/x000/000",
                           "/tile/0/001/000",
                           "/./tile/0/000",
                           "/tile/entries",
                           "/tile/entries/",
                           "/tile/entries/0",
                           "/tile/entries/000.p/0",
                           "/tile/entries/000.p/256",
                           "/tile/entries/x000/000",
                           "/tile/entries//000",
                           "/tile/entries/%30%30%30",
                           "/tile/data/000",
                           "/Tile/0/000",
                           "/checkpoint/",
                           "//checkpoint",
                           "/check%70oint",
                           "/",
                           "/nothing"}) {
    EXPECT_EQ(Get(path).status, 404) << path;
  }
}

TEST_F(HttpServiceTest, OtherMethodsAreNotAllowed) {
  log_.Fill(1);
  log_.Publish();
  for (const char* path : {"/checkpoint", "/tile/0/000.p/1", "/tile/entries/000.p/1", "/healthz",
                           "/readyz", "/metrics"}) {
    for (const char* method : {"POST", "PUT", "DELETE", "BREW"}) {
      const HttpAnswer answer = Send(method, path);
      EXPECT_EQ(answer.status, 405) << method << " " << path;
      EXPECT_EQ(answer.headers.Get("Allow"), "GET, HEAD, OPTIONS") << path;
    }
  }
  EXPECT_EQ(Get("/add").status, 405);
  EXPECT_EQ(Get("/add").headers.Get("Allow"), "OPTIONS, POST");
}

TEST_F(HttpServiceTest, HeadHasTheHeadersOfGet) {
  log_.Fill(260);
  log_.Publish();
  for (const char* path : {"/checkpoint", "/tile/0/000", "/tile/entries/001.p/4", "/healthz"}) {
    const HttpAnswer get = Get(path);
    const HttpAnswer head = Send("HEAD", path);
    EXPECT_EQ(head.status, 200) << path;
    EXPECT_EQ(head.body, "") << path;
    EXPECT_EQ(head.headers.Get("Content-Length"), absl::StrCat(get.body.size())) << path;
    EXPECT_EQ(head.headers.Get("Content-Type"), get.headers.Get("Content-Type")) << path;
  }
}

TEST_F(HttpServiceTest, CheckpointHeaders) {
  log_.Fill(1);
  log_.Publish();
  const HttpAnswer answer = Get("/checkpoint");
  EXPECT_EQ(answer.headers.Get("Content-Type"), "text/plain; charset=utf-8");
  EXPECT_EQ(answer.headers.Get("Cache-Control"), "public, max-age=1");
  const std::string tag(answer.headers.Get("ETag").value_or(""));
  ASSERT_FALSE(tag.empty());
  EXPECT_EQ(Get("/checkpoint", {{"If-None-Match", tag}}).status, 304);
  log_.Fill(2);
  log_.Publish();
  EXPECT_EQ(Get("/checkpoint", {{"If-None-Match", tag}}).status, 200);
}

TEST_F(HttpServiceTest, BundlesAreCompressedForThoseWhoAsk) {
  log_.Fill(256);
  log_.Publish();
  for (int round = 0; round < 2; ++round) {  // From the store, then from the cache.
    const HttpAnswer plain = Get("/tile/entries/000");
    EXPECT_FALSE(plain.headers.Has("Content-Encoding"));
    const HttpAnswer gzip = Get("/tile/entries/000", {{"Accept-Encoding", "gzip"}});
    EXPECT_EQ(gzip.headers.Get("Content-Encoding"), "gzip");
    EXPECT_LT(gzip.body.size(), plain.body.size());
    EXPECT_EQ(GzipDecompress(gzip.body, size_t{1} << 24).value_or(""), plain.body);
    const HttpAnswer refused = Get("/tile/entries/000", {{"Accept-Encoding", "gzip;q=0"}});
    EXPECT_EQ(refused.body, plain.body);
    EXPECT_FALSE(Get("/tile/0/000", {{"Accept-Encoding", "gzip"}}).headers.Has("Content-Encoding"));
  }
}

TEST_F(HttpServiceTest, AddAnswersWithTheProof) {
  log_.Fill(2);
  const HttpAnswer answer = PostAdd(log_.ReleaseJson(1));
  ASSERT_EQ(answer.status, 200) << answer.body;
  EXPECT_EQ(answer.headers.Get("Content-Type"), "text/plain; charset=utf-8");
  const auto proof = TlogProof::Parse(answer.body);
  ASSERT_TRUE(proof.ok()) << proof.status();
  EXPECT_EQ(proof->index, 2);
  EXPECT_EQ(PostAdd(log_.ReleaseJson(1)).body, answer.body);
  EXPECT_EQ(PostAdd(log_.ReleaseJson(1), "key=" + log_.keys().signing.public_key().key_hash().hex())
                .status,
            200);
}

TEST_F(HttpServiceTest, AddRefusals) {
  log_.Fill(2);
  struct Case {
    std::string body;
    std::string query;
    int status;
    std::string reason;
  };
  const std::string good = log_.ReleaseJson(1);
  const Case kCases[] = {
      {"", "", 400, ""},
      {"not json", "", 400, ""},
      {good, "key=abc", 400, "KEY_HINT_INVALID"},
      {good, "wait=no", 400, "KEY_HINT_INVALID"},
      {std::string(kMaxEnvelopeBytes + 1, ' '), "", 400, "ENVELOPE_TOO_LARGE"},
  };
  for (const Case& test : kCases) {
    const HttpAnswer answer = PostAdd(test.body, test.query);
    EXPECT_EQ(answer.status, test.status) << answer.body;
    EXPECT_THAT(answer.body, HasSubstr("\"reason\":\"" + test.reason));
    EXPECT_EQ(answer.headers.Get("Content-Type"), "application/json");
  }
  const PrivateKey stranger = TestKey(99);
  const PrivateKey* const by_stranger[] = {&stranger};
  const auto foreign =
      FormatEnvelope(TestEnvelope(TestRelease("pkg:generic/acme.example/cam@1"), by_stranger));
  EXPECT_EQ(PostAdd(*foreign).status, 403);
  EXPECT_EQ(http_.MaxBodyBytes("POST", "/add"), kMaxEnvelopeBytes);
}

TEST_F(HttpServiceTest, AddThatIsNotPublishedInTime) {
  log_.Fill(2);
  log_.Publish();
  log_.witness(1).mode = log_.witness(3).mode = FakeWitness::Mode::kDown;
  const HttpAnswer answer = PostAdd(log_.ReleaseJson(1));
  EXPECT_EQ(answer.status, 503);
  EXPECT_TRUE(answer.headers.Has("Retry-After"));
  EXPECT_THAT(answer.body, HasSubstr("NOT_YET_PUBLISHED"));
  EXPECT_THAT(answer.body, HasSubstr("logged at index 2"));
  EXPECT_THAT(answer.body, HasSubstr("\"metadata\":{\"index\":\"2\",\"leafHash\":\""));
}

// A shutdown: reads wait behind a slow store when the transports end.
TEST_F(HttpServiceTest, NoReadOutlivesStopReads) {
  log_.Fill(260);
  log_.Publish();
  Notification store_answers;
  for (size_t i = 0; i < LogServiceOptions().read_threads; ++i) {
    ASSERT_TRUE(log_.service().RunRead([&] { store_answers.Wait(); }).ok());
  }
  auto http = std::make_unique<HttpService>(&log_.service(), HttpServiceOptions());
  std::atomic<int> refused = 0;
  constexpr int kReads = 100;
  for (int i = 0; i < kReads; ++i) {
    HttpRequest request;
    request.method = "GET";
    request.path = i % 2 == 0 ? "/tile/0/000" : "/tile/entries/001.p/4";
    http->Handle(request, [&refused](const HttpResponse& response) {
      EXPECT_EQ(response.status, 503);
      EXPECT_THAT(*response.body, HasSubstr("SHUTTING_DOWN"));
      ++refused;
    });
  }
  EXPECT_EQ(refused, 0);
  std::thread stop([&] { log_.service().StopReads(); });
  while (log_.service().CheckReads().ok()) std::this_thread::yield();
  store_answers.Notify();
  stop.join();
  EXPECT_EQ(refused, kReads);  // nothing is left to run when it goes
  http.reset();
  EXPECT_EQ(Get("/tile/0/000").status, 503);
  log_.service().StopReads();
}

TEST_F(HttpServiceTest, Metrics) {
  log_.Fill(3);
  log_.Publish();
  const HttpAnswer answer = Get("/metrics");
  EXPECT_EQ(answer.status, 200);
  EXPECT_THAT(std::string(answer.headers.Get("Content-Type").value_or("")),
              StartsWith("text/plain"));
  EXPECT_THAT(answer.body, HasSubstr("candor_adds_total{result=\"added\"} 2"));
  EXPECT_THAT(answer.body, HasSubstr("candor_published_tree_size 3"));
  EXPECT_THAT(answer.body, HasSubstr("candor_sequenced_tree_size 3"));
  EXPECT_THAT(answer.body, HasSubstr("candor_unpublished_entries 0"));
}

}  // namespace
}  // namespace candor
