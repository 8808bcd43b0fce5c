// SPDX-License-Identifier: Apache-2.0
#include "witness/service/http_service.h"

#include <cctype>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "base/clock.h"
#include "base/mutex.h"
#include "core/merkle/hasher.h"
#include "core/note/cosignature.h"
#include "core/note/testing.h"
#include "core/note/witness_request.h"
#include "gtest/gtest.h"
#include "witness/state/fault_witness_state.h"
#include "witness/state/memory_witness_state.h"
#include "witness/test_log.h"

namespace candor {
namespace {

class HttpServiceTest : public ::testing::Test {
 protected:
  // The answer, also when it comes from the pool.
  HttpResponse Send(std::string method, std::string path, std::string body = "") {
    HttpRequest request;
    request.method = std::move(method);
    request.path = std::move(path);
    request.body = std::move(body);
    HttpResponse response;
    response.status = 0;
    Notification answered;
    service_.Handle(std::move(request), [&](HttpResponse r) {
      response = std::move(r);
      answered.Notify();
    });
    EXPECT_TRUE(answered.WaitFor(absl::Seconds(30)));
    return response;
  }

  HttpResponse Add(std::string body) { return Send("POST", "/add-checkpoint", std::move(body)); }

  HttpResponse Get(std::string path) { return Send("GET", std::move(path)); }

  static std::string Body(uint64_t old_size, const std::vector<Hash>& proof,
                          const std::string& checkpoint) {
    return AddCheckpointRequest{.old_size = old_size, .proof = proof, .checkpoint = checkpoint}
        .Format();
  }

  // A checkpoint of the log with a root of our choice.
  std::string Signed(uint64_t size, const Hash& root) const {
    return TestSignedCheckpoint(
        {.origin = log_.origin(), .tree_size = size, .root = root, .extensions = {}},
        log_.signer());
  }

  const TestLog log_{"log.example"};
  const Cosigner cosigner_ = TestCosigner("witness.example/w", 9);
  FakeClock clock_;
  MemoryWitnessState memory_;
  FaultWitnessState state_{&memory_};
  Witness witness_{{log_.vkey()}, &cosigner_, &state_, &clock_};
  MetricsRegistry metrics_;
  ThreadPool pool_{2, 16};
  WitnessHttpService service_{&witness_, &state_, &pool_, &metrics_};
};

TEST_F(HttpServiceTest, AnswersWithCosignatureLines) {
  const HttpResponse response = Add(log_.Request(0, 5));
  EXPECT_EQ(response.status, 200) << response.text();
  const auto lines = ParseAddCheckpointResponse(response.text());
  ASSERT_TRUE(lines.ok()) << lines.status();
  ASSERT_EQ(lines->size(), 1u);
  EXPECT_TRUE(cosigner_.vkey().Matches(lines->front()));
  EXPECT_TRUE(VerifyCosignature(cosigner_.vkey(), log_.At(5).FormatText(), lines->front()).ok());
  // As the specification suggests to clients: appended to the checkpoint it is a note.
  EXPECT_TRUE(Note::Parse(log_.SignedAt(5) + response.text()).ok());
}

TEST_F(HttpServiceTest, ServesWhatItCosigned) {
  const std::string path = absl::StrCat("/", MonitorCheckpointPath(log_.origin()));
  EXPECT_EQ(Get(path).status, 404);
  const std::string lines = Add(log_.Request(0, 5)).text();
  const HttpResponse response = Get(path);
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(response.text(), log_.SignedAt(5) + lines);
  EXPECT_EQ(response.headers.Get("Content-Type"), "text/plain; charset=utf-8");
  EXPECT_EQ(response.headers.Get("Cache-Control"), "public, max-age=5");
  const std::string tag(response.headers.Get("ETag").value_or(""));
  EXPECT_EQ(tag.size(), 66u);
  clock_.Advance(absl::Seconds(1));
  Add(log_.Request(5, 5));  // another time, so another note
  EXPECT_NE(Get(path).headers.Get("ETag"), tag);
}

TEST_F(HttpServiceTest, SignaturesOfStrangersAreIgnored) {
  const NoteSigner stranger = TestLogSigner("stranger.example", 7);
  Note note = Note::Parse(log_.SignedAt(5)).value();
  NoteSignature same_name = note.signatures[0];
  same_name.key_id ^= 1;
  NoteSignature same_id = note.signatures[0];
  same_id.name = "other.example";
  note.signatures.insert(
      note.signatures.begin(),
      {stranger.Sign(note.text).value(), same_name, same_id, {"x", 0, "not a signature"}});
  for (uint32_t i = 0; i < 16; ++i) {  // as many post-quantum lines as a checkpoint may carry
    note.signatures.push_back({"pq.example/w", i, std::string(8 + 2420, 's')});
  }
  const HttpResponse response = Add(Body(0, {}, note.Format()));
  EXPECT_EQ(response.status, 200) << response.text();
  const std::string kept = Get(absl::StrCat("/", MonitorCheckpointPath(log_.origin()))).text();
  EXPECT_EQ(kept, log_.SignedAt(5) + response.text());
}

// A log that changes its key signs with both for a while; the witness is told both.
TEST_F(HttpServiceTest, TwoKeysOfOneLog) {
  const TestLog rotated("log.example", 3);
  Witness witness({log_.vkey(), rotated.vkey()}, &cosigner_, &state_, &clock_);
  MetricsRegistry metrics;
  WitnessHttpService service(&witness, &state_, &pool_, &metrics);
  Note both = Note::Parse(log_.SignedAt(5)).value();
  both.signatures.push_back(rotated.signer().Sign(both.text).value());

  EXPECT_EQ(service.AddCheckpoint(log_.Request(0, 2)).status, 200);
  EXPECT_EQ(service.AddCheckpoint(Body(2, log_.Proof(2, 5), WithBrokenSignature(both.Format(), 1)))
                .status,
            403);
  const HttpResponse cosigned = service.AddCheckpoint(Body(2, log_.Proof(2, 5), both.Format()));
  EXPECT_EQ(cosigned.status, 200) << cosigned.text();
  EXPECT_EQ(Get(absl::StrCat("/", MonitorCheckpointPath(log_.origin()))).text(),
            both.Format() + cosigned.text());
  const std::string by_new_key = TestSignedCheckpoint(log_.At(8), rotated.signer());
  EXPECT_EQ(service.AddCheckpoint(Body(5, log_.Proof(5, 8), by_new_key)).status, 200);
}

// Every status of the standard; the witness has cosigned size 5 before each request.
TEST_F(HttpServiceTest, StatusCodes) {
  ASSERT_EQ(Add(log_.Request(0, 5)).status, 200);
  const TestLog fork("log.example", 1, " forked", 3);
  const TestLog stranger("stranger.example", 2);
  const TestLog rotated("log.example", 3);  // another key of the same name
  const std::string at8 = log_.SignedAt(8);
  const std::vector<Hash> proof58 = log_.Proof(5, 8);
  std::vector<Hash> longer = proof58;
  longer.push_back(Hash());
  std::vector<Hash> shorter = proof58;
  shorter.pop_back();
  const std::string foreign_text = "log.example\n8\nnot a hash\n";

  const struct {
    const char* what;
    std::string body;
    int status;
  } kCases[] = {
      {"empty body", "", 400},
      {"no checkpoint", "old 5\n\n", 400},
      {"old size not canonical", absl::StrCat("old 05\n\n", at8), 400},
      {"bad proof line", absl::StrCat("old 5\nAAAA\n\n", at8), 400},
      {"64 proof lines", Body(5, std::vector<Hash>(64), at8), 400},
      {"checkpoint without signatures", absl::StrCat("old 5\n\n", log_.At(8).FormatText()), 400},
      {"checkpoint with a bad root",
       Body(5, proof58, Note{foreign_text, {log_.signer().Sign(foreign_text).value()}}.Format()),
       400},
      {"trailing bytes", Body(5, proof58, at8 + "x"), 400},
      {"old size larger than the checkpoint", Body(9, {}, at8), 400},
      {"old size larger, and not the latest", Body(6, {}, log_.SignedAt(5)), 400},
      {"unknown origin", stranger.Request(0, 8), 404},
      {"unknown origin and old size too large", Body(99, {}, stranger.SignedAt(8)), 404},
      {"no signature by a known key", Body(5, proof58, rotated.SignedAt(8)), 403},
      {"broken signature", Body(5, proof58, WithBrokenSignature(at8, 0)), 403},
      {"broken signature and old size too large", Body(9, {}, WithBrokenSignature(at8, 0)), 403},
      {"old size 0", log_.Request(0, 8), 409},
      {"old size below", log_.Request(4, 8), 409},
      {"old size above", log_.Request(6, 8), 409},
      {"old size wrong and proof wrong", Body(4, shorter, at8), 409},
      {"old size wrong and size 0", Body(0, {}, log_.SignedAt(0)), 409},
      {"same size, other root", Body(5, {}, fork.SignedAt(5)), 422},
      {"same size with a proof", Body(5, proof58, log_.SignedAt(5)), 422},
      {"forked", fork.Request(5, 8), 422},
      {"no proof", Body(5, {}, at8), 422},
      {"proof too short", Body(5, shorter, at8), 422},
      {"proof too long", Body(5, longer, at8), 422},
      {"proof of another step", Body(5, log_.Proof(5, 7), at8), 422},
      {"root of the old size", Body(5, proof58, Signed(8, log_.At(5).root)), 422},
      {"good", log_.Request(5, 8), 200},
  };
  for (const auto& c : kCases) {
    const HttpResponse response = Add(c.body);
    EXPECT_EQ(response.status, c.status) << c.what << ": " << response.text();
    if (c.status == 409) {
      EXPECT_EQ(response.text(), "5\n") << c.what;
      EXPECT_EQ(response.headers.Get("Content-Type"), "text/x.tlog.size") << c.what;
    }
  }
}

TEST_F(HttpServiceTest, FirstContact) {
  const struct {
    const char* what;
    std::string body;
    int status;
  } kCases[] = {
      {"old size of a log never seen", log_.Request(3, 5), 409},
      {"proof with old size 0", Body(0, {Hash()}, log_.SignedAt(5)), 422},
      {"size 0 with another root", Body(0, {}, Signed(0, Sha256("x"))), 422},
      {"size 0 with a zero root", Body(0, {}, Signed(0, Hash())), 422},
      {"size 0 with a proof", Body(0, {Hash()}, log_.SignedAt(0)), 422},
      {"size 0", log_.Request(0, 0), 200},
      {"size 0 again", log_.Request(0, 0), 200},
      {"size 0 with another root, after size 0", Body(0, {}, Signed(0, Sha256("x"))), 422},
      {"proof with old size 0, after size 0", Body(0, {Hash()}, log_.SignedAt(5)), 422},
      {"grows from 0", log_.Request(0, 5), 200},
      {"size 0 after size 5", log_.Request(0, 0), 409},
  };
  for (const auto& c : kCases) {
    const HttpResponse response = Add(c.body);
    EXPECT_EQ(response.status, c.status) << c.what << ": " << response.text();
    if (c.status == 409) {
      EXPECT_EQ(response.text(), std::string_view(c.what).starts_with("old") ? "0\n" : "5\n");
    }
  }
}

TEST_F(HttpServiceTest, BodyLimitIsDeclared) {
  EXPECT_EQ(service_.MaxBodyBytes("POST", "/add-checkpoint"), kMaxAddCheckpointBytes);
  EXPECT_EQ(Add(std::string(kMaxAddCheckpointBytes + 1, 'x')).status, 400);
}

TEST_F(HttpServiceTest, MethodsAndPaths) {
  const std::string hash = Sha256("log.example").hex();
  std::string upper = hash;
  for (char& c : upper) c = static_cast<char>(std::toupper(c));
  const struct {
    const char* method;
    std::string path;
    int status;
  } kCases[] = {
      {"GET", "/add-checkpoint", 405},
      {"PUT", "/add-checkpoint", 405},
      {"POST", "/" + hash + "/checkpoint", 405},
      {"GET", "/" + hash + "/checkpoint", 404},
      {"GET", "/" + upper + "/checkpoint", 404},
      {"GET", "/" + hash.substr(1) + "/checkpoint", 404},
      {"GET", "/" + hash + "0/checkpoint", 404},
      {"GET", "/" + hash + "/checkpoint/", 404},
      {"GET", "/" + hash, 404},
      {"GET", "//checkpoint", 404},
      {"GET", "/checkpoint", 404},
      {"GET", "/", 404},
      {"POST", "/", 404},
      {"POST", "/add-checkpoint/", 404},
      {"POST", "//add-checkpoint", 404},
      {"POST", "/add%2Dcheckpoint", 404},
      {"POST", "/sign-subtree", 404},  // optional, not offered
      {"OPTIONS", "/add-checkpoint", 204},
      {"OPTIONS", "/" + hash + "/checkpoint", 204},
      {"GET", "/healthz", 200},
      {"GET", "/readyz", 200},
      {"GET", "/metrics", 200},
      {"POST", "/healthz", 405},
  };
  for (const auto& c : kCases) {
    EXPECT_EQ(Send(c.method, c.path).status, c.status) << c.method << " " << c.path;
  }
  EXPECT_EQ(Send("GET", "/add-checkpoint").headers.Get("Allow"), "OPTIONS, POST");
  EXPECT_EQ(Send("POST", "/" + hash + "/checkpoint").headers.Get("Allow"), "GET, HEAD, OPTIONS");
}

TEST_F(HttpServiceTest, AStateThatCanNotBeWritten) {
  state_.FailNext(FaultWitnessState::Fault::kNotPersisted);
  const HttpResponse response = Add(log_.Request(0, 5));
  EXPECT_EQ(response.status, 503);
  EXPECT_EQ(response.text().find("\xE2\x80\x94"), std::string::npos) << "a cosignature left";
  EXPECT_EQ(Get("/readyz").status, 503);
  EXPECT_EQ(Get("/healthz").status, 200);
  EXPECT_EQ(Get(absl::StrCat("/", MonitorCheckpointPath(log_.origin()))).status, 404);
}

TEST_F(HttpServiceTest, CountsItsAnswers) {
  Add(log_.Request(0, 5));
  Add(log_.Request(0, 5));
  const std::string text = Get("/metrics").text();
  for (const char* line : {"candor_witness_add_checkpoint_total{status=\"200\"} 1",
                           "candor_witness_add_checkpoint_total{status=\"409\"} 1",
                           "candor_witness_add_checkpoint_total{status=\"422\"} 0",
                           "candor_witness_add_checkpoint_seconds_count 2"}) {
    EXPECT_NE(text.find(line), std::string::npos) << line << "\n" << text;
  }
}

TEST_F(HttpServiceTest, AFullQueueIsSaidSo) {
  pool_.Shutdown();
  EXPECT_EQ(Add(log_.Request(0, 5)).status, 503);
}

}  // namespace
}  // namespace candor
