// SPDX-License-Identifier: Apache-2.0
#include "base/http_exchange.h"

#include <gtest/gtest.h>

#include <memory>
#include <thread>

namespace candor {
namespace {

TEST(HttpExchangeTest, AnAnswerBeforeTheWait) {
  auto exchange = std::make_shared<HttpExchange>();
  exchange->MakeResponder()(HttpResponse::Text(200, "a"));
  const auto response = exchange->TakeOrWake([] { FAIL(); });
  ASSERT_TRUE(response.has_value());
  EXPECT_EQ(response->text(), "a");
  EXPECT_FALSE(exchange->TakeOrWake(nullptr).has_value());
}

TEST(HttpExchangeTest, AnAnswerAfterTheWaitWakesOnce) {
  auto exchange = std::make_shared<HttpExchange>();
  HttpResponder respond = exchange->MakeResponder();
  Notification woken;
  EXPECT_FALSE(exchange->TakeOrWake([&] { woken.Notify(); }).has_value());
  std::thread thread([&] { respond(HttpResponse::Text(200, "a")); });
  woken.Wait();
  thread.join();
  EXPECT_EQ(exchange->TakeOrWake(nullptr)->text(), "a");
}

TEST(HttpExchangeTest, TheFirstAnswerCounts) {
  auto exchange = std::make_shared<HttpExchange>();
  {
    const HttpResponder respond = exchange->MakeResponder();
    const HttpResponder copy = respond;
    copy(HttpResponse::Text(200, "first"));
    respond(HttpResponse::Text(200, "second"));
  }
  EXPECT_EQ(exchange->TakeOrWake(nullptr)->text(), "first");
}

TEST(HttpExchangeTest, NoAnswerIs500) {
  auto exchange = std::make_shared<HttpExchange>();
  HttpResponder respond = exchange->MakeResponder();
  HttpResponder copy = respond;
  respond = nullptr;
  EXPECT_FALSE(exchange->TakeOrWake(nullptr).has_value());
  copy = nullptr;
  EXPECT_EQ(exchange->TakeOrWake(nullptr)->status, 500);
}

TEST(HttpExchangeTest, AfterAbandonNothingIsWoken) {
  auto exchange = std::make_shared<HttpExchange>();
  HttpResponder respond = exchange->MakeResponder();
  EXPECT_FALSE(exchange->TakeOrWake([] { FAIL(); }).has_value());
  exchange->Abandon();
  respond(HttpResponse::Text(200, "late"));
}

}  // namespace
}  // namespace candor
