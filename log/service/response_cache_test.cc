// SPDX-License-Identifier: Apache-2.0
#include "log/service/response_cache.h"

#include "gtest/gtest.h"

namespace candor {
namespace {

CachedBody Body(size_t size, size_t gzip = 0) {
  CachedBody body;
  body.plain = std::make_shared<const std::string>(size, 'p');
  if (gzip > 0) body.gzip = std::make_shared<const std::string>(gzip, 'z');
  return body;
}

TEST(ResponseCacheTest, KeepsTheLastUsedWithinItsBound) {
  ResponseCache cache(400);
  for (const char* path : {"a", "b", "c", "d"}) cache.Put(path, Body(99));
  EXPECT_EQ(cache.bytes(), 400);
  EXPECT_NE(cache.Get("a").plain, nullptr);
  cache.Put("e", Body(99));
  EXPECT_EQ(cache.Get("b").plain, nullptr);
  EXPECT_NE(cache.Get("a").plain, nullptr);
  EXPECT_NE(cache.Get("e").plain, nullptr);
  EXPECT_LE(cache.bytes(), 400);
}

TEST(ResponseCacheTest, AnAnswerMayGainItsCompressedForm) {
  ResponseCache cache(400);
  cache.Put("a", Body(10));
  EXPECT_EQ(cache.Get("a").gzip, nullptr);
  cache.Put("a", Body(10, 5));
  EXPECT_EQ(cache.Get("a").gzip->size(), 5);
  EXPECT_EQ(cache.bytes(), 16);
}

TEST(ResponseCacheTest, WhatIsTooLargeIsNotKept) {
  ResponseCache cache(400);
  cache.Put("a", Body(10));
  cache.Put("a", Body(100));
  EXPECT_EQ(cache.Get("a").plain, nullptr);
  EXPECT_EQ(cache.bytes(), 0);
}

TEST(ResponseCacheTest, ACacheOfNothingKeepsNothing) {
  ResponseCache cache(0);
  cache.Put("a", Body(1));
  EXPECT_EQ(cache.Get("a").plain, nullptr);
}

}  // namespace
}  // namespace candor
