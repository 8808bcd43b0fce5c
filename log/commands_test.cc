// SPDX-License-Identifier: Apache-2.0
#include "log/commands.h"

#include <sys/stat.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "base/http_client.h"
#include "base/io.h"
#include "base/random.h"
#include "core/note/policy.h"
#include "core/util/reason.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "log/config.h"
#include "log/storage/rocksdb_log_store.h"

namespace candor {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

constexpr char kOrigin[] = "log.example/a";

class CommandsTest : public ::testing::Test {
 protected:
  CommandsTest() : root_(testing::TempDir() + "/commands_test_" + TestName()) {
    std::filesystem::remove_all(root_);
    std::filesystem::create_directory(root_);
  }

  static std::string TestName() {
    return testing::UnitTest::GetInstance()->current_test_info()->name();
  }

  std::string Folder() const { return root_ + "/log"; }
  LogLayout Layout() const { return LogLayout(Folder()); }

  CommandOutput Command(const std::vector<std::string>& args, const ServeUntil& serve = {}) {
    return RunCommand(args, &random_, serve);
  }
  void Init() {
    const CommandOutput made = Command({"init", "--origin", kOrigin, "--dir", Folder()});
    ASSERT_EQ(made.exit_code, kExitOk) << made.err;
  }
  // Serves on ports of the system's choice.
  CommandOutput Run(std::vector<std::string> flags, const ServeUntil& serve = [](LogServer&) {}) {
    std::vector<std::string> args = {"run",           "--config",    Layout().ConfigFile(),
                                     "--http-listen", "127.0.0.1:0", "--grpc-listen",
                                     "127.0.0.1:0"};
    args.insert(args.end(), flags.begin(), flags.end());
    return Command(args, serve);
  }

  // Every file of the log and its content.
  std::vector<std::string> Contents() const {
    std::vector<std::string> all;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(Folder())) {
      if (!entry.is_regular_file()) continue;
      std::ifstream in(entry.path(), std::ios::binary);
      all.push_back(entry.path().string() + "\n" +
                    std::string(std::istreambuf_iterator<char>(in), {}));
    }
    std::sort(all.begin(), all.end());
    return all;
  }

  FakeRandom random_{7};
  const std::string root_;
};

// Waits until the log has published; each request is what paces it. Gives up after a long time.
std::string FetchCheckpoint(HttpClient& client, const LogServer& server) {
  const absl::Time give_up = absl::Now() + absl::Minutes(4);
  while (absl::Now() < give_up) {
    HttpRequestSpec spec;
    spec.url = absl::StrCat("http://127.0.0.1:", server.http_port(), "/checkpoint");
    const auto response = client.Fetch(std::move(spec));
    EXPECT_TRUE(response.ok()) << response.status();
    if (response.ok() && response->status == 200) return response->text();
  }
  ADD_FAILURE() << "nothing is published";
  return "";
}

TEST_F(CommandsTest, HelpAndUsage) {
  EXPECT_EQ(Command({"--help"}).exit_code, kExitOk);
  EXPECT_THAT(Command({"--help"}).out, HasSubstr("Exit codes"));
  EXPECT_THAT(Command({"help"}).out, HasSubstr("candor-log init"));
  EXPECT_EQ(Command({}).exit_code, kExitUsage);
  EXPECT_EQ(Command({"frobnicate"}).exit_code, kExitUsage);
  for (const char* command : {"init", "run", "vkey"}) {
    EXPECT_EQ(Command({command, "--help"}).exit_code, kExitOk) << command;
    EXPECT_EQ(Command({command}).exit_code, kExitUsage) << command;
    EXPECT_EQ(Command({command, "--no-such-flag", "1"}).exit_code, kExitUsage) << command;
    EXPECT_FALSE(Command({command, "--no-such-flag", "1"}).err.empty()) << command;
  }
}

TEST_F(CommandsTest, InitPrintsTheKeyAndTheNextSteps) {
  const CommandOutput made = Command({"init", "--origin", kOrigin, "--dir", Folder()});
  ASSERT_EQ(made.exit_code, kExitOk) << made.err;
  const CommandOutput vkey = Command({"vkey", "--config", Layout().ConfigFile()});
  ASSERT_EQ(vkey.exit_code, kExitOk) << vkey.err;
  EXPECT_THAT(vkey.out, StartsWith("log.example/a+"));
  EXPECT_THAT(made.out, HasSubstr(vkey.out));
  EXPECT_THAT(made.out, HasSubstr("next steps"));
  const auto before = Contents();
  const CommandOutput again = Command({"init", "--origin", kOrigin, "--dir", Folder()});
  EXPECT_EQ(again.exit_code, kExitExists);
  EXPECT_EQ(Contents(), before);
  EXPECT_EQ(Command({"init", "--origin", "no spaces", "--dir", root_ + "/x"}).exit_code,
            kExitUsage);
  EXPECT_FALSE(std::filesystem::exists(root_ + "/x"));
}

TEST_F(CommandsTest, RunServesPublishesAndStops) {
  Init();
  const auto client = NewHttpClient();
  ASSERT_TRUE(client.ok());
  const std::string port_file = root_ + "/ports";
  std::string first;
  CommandOutput ran = Run({"--port-file", port_file}, [&](LogServer& server) {
    EXPECT_THAT(server.Addresses(), StartsWith("http://127.0.0.1:"));
    EXPECT_THAT(server.Addresses(), HasSubstr(" grpc://127.0.0.1:"));
    EXPECT_EQ(
        ReadFileBounded(port_file, 1000).value_or(""),
        absl::StrCat("{\"http\":", server.http_port(), ",\"grpc\":", server.grpc_port(), "}\n"));
    first = FetchCheckpoint(**client, server);
  });
  EXPECT_EQ(ran.exit_code, kExitOk) << ran.err;
  EXPECT_THAT(first, StartsWith("log.example/a\n1\n"));
  EXPECT_EQ(ReadFileBounded(Layout().SignedCheckpointFile(), 100'000).value_or(""), first);
  // The default command; the same checkpoint, not another signature.
  ran = Command(
      {"--config", Layout().ConfigFile(), "--http-listen", "127.0.0.1:0", "--grpc-listen", ""},
      [&](LogServer& server) {
        EXPECT_EQ(server.grpc_port(), 0);
        EXPECT_EQ(FetchCheckpoint(**client, server), first);
      });
  EXPECT_EQ(ran.exit_code, kExitOk) << ran.err;
}

TEST_F(CommandsTest, AFolderInUseIsRefused) {
  Init();
  const CommandOutput outer = Run({}, [&](LogServer&) {
    const CommandOutput inner = Run({});
    EXPECT_EQ(inner.exit_code, kExitInUse) << inner.err;
    EXPECT_FALSE(inner.err.empty());
  });
  EXPECT_EQ(outer.exit_code, kExitOk);
}

TEST_F(CommandsTest, WhatIsWrongAtTheStartIsSaidAndNothingIsTouched) {
  Init();
  const std::string policy = root_ + "/policy";
  std::ofstream(policy) << "quorum nobody\n";
  const std::string other_policy = root_ + "/other-policy";
  std::ofstream(other_policy)
      << "log log.example/b+7c04b1b0+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k\nquorum none\n";
  const auto before = Contents();
  struct Case {
    std::vector<std::string> flags;
    int exit_code;
    std::string words;
  };
  for (const Case& test :
       std::vector<Case>{{{"--origin", "log.example/b"}, kExitWrongOrigin, "log.example/a"},
                         {{"--data-dir", root_ + "/nothing"}, kExitKey, "note_key"},
                         {{"--note-key", root_ + "/nothing"}, kExitKey, "note_key"},
                         {{"--policy", root_ + "/nothing"}, kExitUsage, "nothing"},
                         {{"--policy", policy}, kExitUsage, "policy"},
                         {{"--policy", other_policy}, kExitUsage, ""},
                         {{"--tls-certificate", "a"}, kExitUsage, "tls_key"},
                         {{"--http-listen", "nowhere"}, kExitUsage, "http_listen"},
                         {{"--checkpoint-interval", "fast"}, kExitUsage, "checkpoint"},
                         {{"--no-such-key", "1"}, kExitUsage, "no"}}) {
    const CommandOutput output = Run(test.flags);
    EXPECT_EQ(output.exit_code, test.exit_code) << output.err;
    EXPECT_THAT(output.err, StartsWith("candor-log: "));
    EXPECT_THAT(output.err, HasSubstr(test.words));
  }
  EXPECT_EQ(Contents(), before);
}

TEST_F(CommandsTest, AKeyThatOthersMayReadIsRefused) {
  Init();
  ASSERT_EQ(chmod(Layout().NoteKey().c_str(), 0640), 0);
  EXPECT_EQ(Run({}).exit_code, kExitKey);
  EXPECT_EQ(Command({"vkey", "--config", Layout().ConfigFile()}).exit_code, kExitKey);
}

TEST_F(CommandsTest, AnUnknownKeyInTheFileNamesItsLine) {
  Init();
  std::ofstream(Layout().ConfigFile(), std::ios::app) << "no_such_key = 1\n";
  const CommandOutput output = Run({});
  EXPECT_EQ(output.exit_code, kExitUsage);
  EXPECT_THAT(output.err, HasSubstr("no_such_key"));
  EXPECT_THAT(output.err, HasSubstr("candor-log.conf:"));
}

TEST_F(CommandsTest, ATakenPortIsRefused) {
  Init();
  const CommandOutput outer = Run({}, [&](LogServer& server) {
    const std::string other = root_ + "/other";
    ASSERT_EQ(Command({"init", "--origin", "log.example/b", "--dir", other}).exit_code, kExitOk);
    const std::string config = LogLayout(other).ConfigFile();
    EXPECT_EQ(Command({"run", "--config", config, "--grpc-listen", "", "--http-listen",
                       absl::StrCat("127.0.0.1:", server.http_port())},
                      [](LogServer&) {})
                  .exit_code,
              kExitCannotListen);
    EXPECT_EQ(Command({"run", "--config", config, "--http-listen", "127.0.0.1:0", "--grpc-listen",
                       absl::StrCat("127.0.0.1:", server.grpc_port())},
                      [](LogServer&) {})
                  .exit_code,
              kExitCannotListen);
  });
  EXPECT_EQ(outer.exit_code, kExitOk);
}

TEST_F(CommandsTest, ADamagedStoreIsRefused) {
  Init();
  std::ofstream(Layout().Store() + "/STORE") << "garbage";
  const CommandOutput output = Run({});
  EXPECT_EQ(output.exit_code, kExitDamaged) << output.err;
}

TEST_F(CommandsTest, ALogWhoseSignedCheckpointIsGoneServesButSignsNothing) {
  Init();
  const auto client = NewHttpClient();
  ASSERT_TRUE(client.ok());
  std::string first;
  ASSERT_EQ(
      Run({}, [&](LogServer& server) { first = FetchCheckpoint(**client, server); }).exit_code,
      kExitOk);
  std::filesystem::remove(Layout().SignedCheckpointFile());
  const CommandOutput output = Run({}, [&](LogServer& server) {
    EXPECT_EQ(FetchCheckpoint(**client, server), first);
    HttpRequestSpec spec;
    spec.url = absl::StrCat("http://127.0.0.1:", server.http_port(), "/readyz");
    const auto ready = (*client)->Fetch(std::move(spec));
    ASSERT_TRUE(ready.ok());
    EXPECT_EQ(ready->status, 503);
    EXPECT_THAT(ready->text(), HasSubstr("checkpoint"));
  });
  EXPECT_EQ(output.exit_code, kExitOk) << output.err;
  EXPECT_FALSE(std::filesystem::exists(Layout().SignedCheckpointFile()));
}

TEST_F(CommandsTest, ExitCodes) {
  EXPECT_EQ(ExitCodeOf(absl::OkStatus()), kExitOk);
  EXPECT_EQ(ExitCodeOf(absl::InternalError("x")), kExitFailed);
  EXPECT_EQ(ExitCodeOf(absl::DataLossError("x")), kExitDamaged);
  EXPECT_EQ(ExitCodeOf(Refuse(absl::StatusCode::kFailedPrecondition, "FOLDER_IN_USE", "x")),
            kExitInUse);
}

}  // namespace
}  // namespace candor
