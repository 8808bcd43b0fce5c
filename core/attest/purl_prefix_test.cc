// SPDX-License-Identifier: Apache-2.0
#include "core/attest/purl_prefix.h"

#include <string_view>

#include "core/util/reason.h"
#include "gtest/gtest.h"

namespace candor {
namespace {

PurlPrefix Prefix(std::string_view text) {
  absl::StatusOr<PurlPrefix> prefix = PurlPrefix::Parse(text);
  EXPECT_TRUE(prefix.ok()) << text << ": " << prefix.status();
  return *std::move(prefix);
}

TEST(PurlPrefixTest, CoversWholeSegments) {
  const struct {
    std::string_view prefix;
    std::string_view purl;
    bool covers;
  } cases[] = {
      {"pkg:generic/acme.example/", "pkg:generic/acme.example/cam@1", true},
      {"pkg:generic/acme.example/", "pkg:generic/acme.example/a/b/c", true},
      {"pkg:generic/acme.example/", "pkg:generic/acme.example", false},
      {"pkg:generic/acme.example/", "pkg:generic/acme.example.evil/cam", false},
      {"pkg:generic/acme.example/", "pkg:generic/acme.exampl/cam", false},
      {"pkg:generic/acme.example/", "pkg:generic/other/acme.example/cam", false},
      {"pkg:generic/acme.example/", "pkg:deb/acme.example/cam", false},
      {"pkg:generic/acme.example", "pkg:generic/acme.example@2", true},
      {"pkg:generic/acme.example", "pkg:generic/acme.example/cam", true},
      {"pkg:generic/acme.example", "pkg:generic/acme.example2", false},
      {"pkg:deb/debian/curl", "pkg:deb/debian/curl@7?arch=amd64#doc", true},
      {"pkg:deb/debian/curl", "pkg:DEB/Debian/Curl", true},
      {"pkg:deb/debian/curl", "pkg:deb/debian/curl-dev", false},
      {"pkg:npm/%40acme/", "pkg:npm/@acme/lib@1", true},
      {"pkg:npm/%40acme/", "pkg:npm/%40acme/lib", true},
      {"pkg:npm/lib", "pkg:npm/lib?repository_url=https://evil.example", false},
      {"pkg:npm/lib?repository_url=https:%2F%2Fr.example",
       "pkg:npm/lib@1?repository_url=https://r.example", true},
      {"pkg:npm/lib?repository_url=https:%2F%2Fr.example", "pkg:npm/lib@1", false},
      {"pkg:conda/numpy?channel=main", "pkg:conda/numpy@1?channel=main&subdir=linux-64", true},
      {"pkg:conda/numpy?channel=main", "pkg:conda/numpy@1?channel=conda-forge", false},
  };
  for (const auto& each : cases) {
    EXPECT_EQ(Prefix(each.prefix).Covers(*Purl::Parse(each.purl)), each.covers)
        << each.prefix << " " << each.purl;
  }
}

TEST(PurlPrefixTest, CoversAndOverlapsPrefixes) {
  const struct {
    std::string_view a;
    std::string_view b;
    bool a_covers_b;
    bool b_covers_a;
    bool overlap;
  } cases[] = {
      {"pkg:deb/debian/", "pkg:deb/debian/", true, true, true},
      {"pkg:deb/debian", "pkg:deb/debian/", true, false, true},
      {"pkg:deb/debian/", "pkg:deb/debian/curl", true, false, true},
      {"pkg:deb/debian/", "pkg:deb/debian/curl/", true, false, true},
      {"pkg:deb/debian/", "pkg:deb/ubuntu/", false, false, false},
      {"pkg:deb/debian/", "pkg:deb/debianx/", false, false, false},
      {"pkg:deb/debian/", "pkg:rpm/debian/", false, false, false},
      {"pkg:npm/a", "pkg:npm/a?repository_url=x", false, false, false},
      {"pkg:npm/a?repository_url=x", "pkg:npm/a/b?repository_url=x", true, false, true},
  };
  for (const auto& each : cases) {
    PurlPrefix a = Prefix(each.a);
    PurlPrefix b = Prefix(each.b);
    EXPECT_EQ(a.Covers(b), each.a_covers_b) << each.a << " " << each.b;
    EXPECT_EQ(b.Covers(a), each.b_covers_a) << each.a << " " << each.b;
    EXPECT_EQ(a.Overlaps(b), each.overlap) << each.a << " " << each.b;
    EXPECT_EQ(b.Overlaps(a), each.overlap) << each.a << " " << each.b;
  }
}

TEST(PurlPrefixTest, RefusesBadInput) {
  const struct {
    std::string_view text;
    std::string_view reason;
  } cases[] = {
      {"pkg:", "PURL_INVALID"},
      {"", "PURL_INVALID"},
      {"deb/debian/", "PURL_INVALID"},
      {"pkg:deb", "PURL_PREFIX_TOO_BROAD"},
      {"pkg:deb/", "PURL_PREFIX_TOO_BROAD"},
      {"pkg:deb//", "PURL_PREFIX_TOO_BROAD"},
      {"pkg:deb/?repository_url=x", "PURL_PREFIX_TOO_BROAD"},
      {"pkg:deb/debian/curl@1", "PURL_PREFIX_INVALID"},
      {"pkg:npm/@acme/", "PURL_PREFIX_INVALID"},
      {"pkg:deb/debian/curl#doc", "PURL_PREFIX_INVALID"},
      {"pkg:deb/debian/curl?arch=amd64", "PURL_PREFIX_INVALID"},
      {"pkg:deb/Debian/", "PURL_PREFIX_INVALID"},
      {"PKG:deb/debian/", "PURL_PREFIX_INVALID"},
      {"pkg://deb/debian/", "PURL_PREFIX_INVALID"},
      {"pkg:deb/debian//", "PURL_PREFIX_INVALID"},
      {"pkg:deb//debian/", "PURL_PREFIX_INVALID"},
      {"pkg:pypi/My_Lib", "PURL_PREFIX_INVALID"},
      {"pkg:deb/%64ebian/", "PURL_PREFIX_INVALID"},
      {"pkg:deb/debian/?", "PURL_PREFIX_INVALID"},
      {"pkg:npm/a?repository_url=r.example/x", "PURL_PREFIX_INVALID"},
      {"pkg:deb/debian/../", "PURL_INVALID"},
      {"pkg:deb/a%2Fb/", "PURL_INVALID"},
  };
  for (const auto& each : cases) {
    absl::Status status = PurlPrefix::Parse(each.text).status();
    EXPECT_EQ(ReasonOf(status), each.reason) << each.text << ": " << status;
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << each.text;
  }
}

}  // namespace
}  // namespace candor
