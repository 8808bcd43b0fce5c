// SPDX-License-Identifier: Apache-2.0
//
// What readers of every kind get from the log over HTTP: caches, browsers, clients that resume.

#include <set>
#include <string>

#include "absl/strings/str_cat.h"
#include "base/gzip.h"
#include "core/merkle/entry_bundle.h"
#include "core/merkle/tile.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "log/service/http_fixture.h"

namespace candor {
namespace {

using ::testing::HasSubstr;

constexpr size_t kMaxBundleBytes = size_t{1} << 24;

std::string Field(const HttpAnswer& answer, std::string_view name) {
  return answer.headers.GetJoined(name);
}

class HttpReadingTest : public HttpServiceTest {};

// tlog-tiles: partial tiles of every size for which a checkpoint was produced.
TEST_F(HttpReadingTest, PartialTilesOfEveryPublishedSizeStay) {
  const uint64_t sizes[] = {1, 2, 3, 17, 254, 255, 256, 257, 300, 511, 512, 513};
  for (const uint64_t size : sizes) {
    log_.Fill(size);
    log_.Publish();
    ASSERT_EQ(log_.publisher().published()->checkpoint.tree_size, size);
  }
  for (const uint64_t size : sizes) {
    for (const TileId& tile : PartialTiles(size)) {
      EXPECT_EQ(Get("/" + TilePath(tile)).body, ExpectedTile(tile, 513)) << TilePath(tile);
      if (tile.level != 0) continue;
      EXPECT_EQ(Get("/" + EntryBundlePath(tile.index, tile.width)).body,
                ExpectedBundle(tile.index, tile.width));
    }
  }
}

// A path that is canonical but beyond the tree is refused for another reason than one that is not.
TEST_F(HttpReadingTest, LongIndexesAreUnderstood) {
  log_.Fill(1);
  log_.Publish();
  for (const char* path : {"/tile/0/x001/x234/067", "/tile/0/x001/x234/067.p/255", "/tile/63/000",
                           "/tile/entries/x001/x234/067", "/tile/0/x018/x446/x744/x073/x709/615"}) {
    const HttpAnswer answer = Get(path);
    EXPECT_EQ(answer.status, 404) << path;
    EXPECT_THAT(answer.body, ::testing::Not(HasSubstr("MALFORMED_TILE_PATH"))) << path;
    // It may be there soon.
    EXPECT_EQ(Field(answer, "Cache-Control"), "no-store") << path;
  }
  EXPECT_THAT(Get("/tile/0/x000/067").body, HasSubstr("MALFORMED_TILE_PATH"));
}

TEST_F(HttpReadingTest, CachesAreTold) {
  log_.Fill(260);
  log_.Publish();
  std::set<std::string> tags;
  for (const char* path : {"/tile/0/000", "/tile/0/001.p/4", "/tile/1/000.p/1", "/tile/entries/000",
                           "/tile/entries/001.p/4"}) {
    const HttpAnswer answer = Get(path);
    EXPECT_EQ(Field(answer, "Cache-Control"), "public, max-age=31536000, immutable") << path;
    EXPECT_TRUE(tags.insert(Field(answer, "ETag")).second) << path;
  }
  EXPECT_EQ(Field(Get("/checkpoint"), "Cache-Control"), "public, max-age=1");
  for (const char* path : {"/healthz", "/readyz", "/metrics", "/none", "/tile/0/002"}) {
    EXPECT_EQ(Field(Get(path), "Cache-Control"), "no-store") << path;
  }
}

// Also the plain answer varies: a cache must not take it for the only form.
TEST_F(HttpReadingTest, BundlesVaryByEncoding) {
  log_.Fill(256);
  log_.Publish();
  for (int round = 0; round < 2; ++round) {  // from the store, then from the cache
    const HttpAnswer plain = Get("/tile/entries/000");
    EXPECT_EQ(Field(plain, "Vary"), "Accept-Encoding");
    for (const char* accept : {"gzip", "GZIP", "br, gzip;q=0.1", "*"}) {
      const HttpAnswer gzip = Get("/tile/entries/000", {{"Accept-Encoding", accept}});
      EXPECT_EQ(Field(gzip, "Content-Encoding"), "gzip") << accept;
      EXPECT_EQ(Field(gzip, "Vary"), "Accept-Encoding") << accept;
      EXPECT_EQ(Field(gzip, "Content-Type"), "application/octet-stream");
      EXPECT_NE(Field(gzip, "ETag"), Field(plain, "ETag"));
      EXPECT_EQ(GzipDecompress(gzip.body, kMaxBundleBytes).value_or(""), plain.body);
    }
    for (const char* accept : {"identity", "gzip;q=0.5, identity", "gzip;q=0", "br"}) {
      const HttpAnswer answer = Get("/tile/entries/000", {{"Accept-Encoding", accept}});
      EXPECT_EQ(Field(answer, "Content-Encoding"), "") << accept;
      EXPECT_EQ(answer.body, plain.body) << accept;
    }
  }
  const HttpAnswer tile = Get("/tile/0/000", {{"Accept-Encoding", "gzip"}});
  EXPECT_EQ(Field(tile, "Vary"), "");
  EXPECT_EQ(Field(tile, "Content-Encoding"), "");
}

TEST_F(HttpReadingTest, RangesOfEveryResource) {
  log_.Fill(256);
  log_.Publish();
  for (const char* path : {"/tile/0/000", "/tile/entries/000", "/checkpoint"}) {
    SCOPED_TRACE(path);
    const HttpAnswer whole = Get(path);
    const size_t size = whole.body.size();
    EXPECT_EQ(Field(whole, "Accept-Ranges"), "bytes");
    const HttpAnswer part = Get(path, {{"Range", "bytes=32-63"}, {"Accept-Encoding", "gzip"}});
    EXPECT_EQ(part.status, 206);
    EXPECT_EQ(part.body, whole.body.substr(32, 32));
    EXPECT_EQ(Field(part, "Content-Range"), absl::StrCat("bytes 32-63/", size));
    EXPECT_EQ(Field(part, "Content-Type"), Field(whole, "Content-Type"));
    EXPECT_EQ(Field(part, "Content-Encoding"), "");
    EXPECT_EQ(Get(path, {{"Range", "bytes=-7"}}).body, whole.body.substr(size - 7));
    EXPECT_EQ(Get(path, {{"Range", "bytes=9-"}}).body, whole.body.substr(9));
    const HttpAnswer beyond = Get(path, {{"Range", absl::StrCat("bytes=", size, "-")}});
    EXPECT_EQ(beyond.status, 416);
    EXPECT_EQ(Field(beyond, "Content-Range"), absl::StrCat("bytes */", size));
    const HttpAnswer several = Get(path, {{"Range", "bytes=0-1,4-5"}});
    EXPECT_EQ(several.status, 200);
    EXPECT_EQ(several.body, whole.body);
    const std::string tag = Field(whole, "ETag");
    EXPECT_EQ(Get(path, {{"Range", "bytes=0-1"}, {"If-Range", tag}}).status, 206);
    EXPECT_EQ(Get(path, {{"Range", "bytes=0-1"}, {"If-Range", "\"other\""}}).body, whole.body);
  }
}

TEST_F(HttpReadingTest, ConditionsOnEveryResource) {
  log_.Fill(256);
  log_.Publish();
  for (const char* path : {"/tile/0/000", "/tile/entries/000", "/checkpoint"}) {
    for (const char* accept : {"identity", "gzip"}) {
      SCOPED_TRACE(absl::StrCat(path, " ", accept));
      const HttpAnswer whole = Get(path, {{"Accept-Encoding", accept}});
      const std::string tag = Field(whole, "ETag");
      const HttpAnswer same = Get(path, {{"Accept-Encoding", accept}, {"If-None-Match", tag}});
      EXPECT_EQ(same.status, 304);
      EXPECT_EQ(same.body, "");
      for (const char* name : {"Cache-Control", "ETag", "Vary", "Access-Control-Allow-Origin"}) {
        EXPECT_EQ(Field(same, name), Field(whole, name)) << name;
      }
      EXPECT_FALSE(same.headers.Has("Content-Length"));
      EXPECT_FALSE(same.headers.Has("Content-Type"));
      EXPECT_EQ(Get(path, {{"If-None-Match", "\"other\""}}).status, 200);
      EXPECT_EQ(Get(path, {{"If-Match", "\"other\""}}).status, 412);
    }
  }
}

// A browser's page on another site: it may read every answer, also refusals and that of /add.
TEST_F(HttpReadingTest, AnyPageMayReadAndSubmit) {
  log_.Fill(2);
  log_.Publish();
  for (const char* path : {"/checkpoint", "/tile/0/000.p/2", "/tile/entries/000.p/2", "/tile/0/999",
                           "/none", "/add", "/healthz"}) {
    const HttpAnswer answer = Get(path);
    EXPECT_EQ(Field(answer, "Access-Control-Allow-Origin"), "*") << path;
    EXPECT_THAT(Field(answer, "Access-Control-Expose-Headers"), HasSubstr("ETag")) << path;
    EXPECT_EQ(Field(answer, "X-Content-Type-Options"), "nosniff") << path;
  }
  const HttpAnswer preflight = Send("OPTIONS", "/add",
                                    {{"Origin", "https://page.example"},
                                     {"Access-Control-Request-Method", "POST"},
                                     {"Access-Control-Request-Headers", "content-type"}});
  EXPECT_EQ(preflight.status, 204);
  EXPECT_EQ(Field(preflight, "Access-Control-Allow-Origin"), "*");
  EXPECT_THAT(Field(preflight, "Access-Control-Allow-Methods"), HasSubstr("POST"));
  EXPECT_THAT(Field(preflight, "Access-Control-Allow-Headers"), HasSubstr("Content-Type"));
  const HttpAnswer added = PostAdd(log_.ReleaseJson(1));
  EXPECT_EQ(added.status, 200);
  EXPECT_EQ(Field(added, "Access-Control-Allow-Origin"), "*");
  EXPECT_EQ(Field(PostAdd("{}"), "Access-Control-Allow-Origin"), "*");
}

}  // namespace
}  // namespace candor
