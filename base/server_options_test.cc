// SPDX-License-Identifier: Apache-2.0
#include "base/server_options.h"

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "base/config.h"
#include "base/temp_folder.h"
#include "core/util/reason.h"
#include "gtest/gtest.h"

namespace candor {
namespace {

namespace fs = std::filesystem;

TEST(TlsFilesTest, BothOrNeither) {
  EXPECT_TRUE(CheckTlsFiles({}).ok());
  EXPECT_TRUE(CheckTlsFiles({.certificate = "a", .key = "b"}).ok());
  for (const TlsFiles& half :
       {TlsFiles{.certificate = "a", .key = ""}, TlsFiles{.certificate = "", .key = "b"}}) {
    const absl::Status status = CheckTlsFiles(half);
    EXPECT_EQ(ReasonOf(status), "CONFIG_INVALID");
    EXPECT_NE(status.message().find("tls_certificate and tls_key"), std::string::npos);
  }
}

TEST(TlsFilesTest, AreBoundAsOptions) {
  TlsFiles files;
  ConfigSchema schema("program", "Does it.");
  BindTlsFiles(schema, &files, "the port speaks");
  ASSERT_TRUE(schema.ParseText("tls_certificate = c.pem\ntls_key = k.pem\n", "test").ok());
  EXPECT_EQ(files.certificate, "c.pem");
  EXPECT_EQ(files.key, "k.pem");
  EXPECT_TRUE(files.given());
  EXPECT_NE(schema.Help().find("the port speaks TLS only"), std::string::npos);
}

TEST(HttpLimitsTest, AreBoundAsOptions) {
  HttpLimits limits;
  ConfigSchema schema("program", "Does it.");
  BindHttpLimits(schema, &limits);
  const auto parse = [&](const std::string& text) { return schema.ParseText(text, "test").ok(); };
  ASSERT_TRUE(
      parse("http_max_connections = 7\nhttp_read_timeout = 100ms\n"
            "http_write_timeout = 2s\nhttp_idle_timeout = 3m\n"));
  EXPECT_EQ(limits.max_connections, 7);
  EXPECT_EQ(limits.read_timeout, absl::Milliseconds(100));
  EXPECT_EQ(limits.write_timeout, absl::Seconds(2));
  EXPECT_EQ(limits.idle_timeout, absl::Minutes(3));
}

TEST(TlsFilesTest, Reads) {
  const TempFolder temp;
  const TlsFiles files{.certificate = temp.File("c.pem"), .key = temp.File("k.pem")};
  EXPECT_EQ(ReadTlsFiles(files).status().code(), absl::StatusCode::kNotFound);
  std::ofstream(files.certificate) << "the chain";
  std::ofstream(files.key) << "the key";
  fs::permissions(files.key, fs::perms::owner_read | fs::perms::group_read);
  EXPECT_EQ(ReasonOf(ReadTlsFiles(files).status()), "KEY_FILE_NOT_PRIVATE");
  fs::permissions(files.key, fs::perms::owner_read);
  const auto read = ReadTlsFiles(files);
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_EQ(read->certificate_pem, "the chain");
  EXPECT_EQ(read->key_pem.view(), "the key");

  const auto none = ReadTlsFiles({});
  ASSERT_TRUE(none.ok()) << none.status();
  EXPECT_TRUE(none->certificate_pem.empty());
  EXPECT_TRUE(none->key_pem.view().empty());
}

TEST(ListenOptionTest, NamesTheOption) {
  EXPECT_EQ(ParseListenOption("listen", "[::1]:8080")->ToString(), "[::1]:8080");
  for (const char* bad : {"", ":8080", "127.0.0.1", "127.0.0.1:65536"}) {
    const absl::Status status = ParseListenOption("http_listen", bad).status();
    EXPECT_EQ(ReasonOf(status), "CONFIG_INVALID") << bad;
    EXPECT_EQ(status.message().find("http_listen: "), 0u) << status;
  }
}

}  // namespace
}  // namespace candor
