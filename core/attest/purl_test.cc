// SPDX-License-Identifier: Apache-2.0
#include "core/attest/purl.h"

#include <string>
#include <string_view>

#include "core/util/reason.h"
#include "gtest/gtest.h"

namespace candor {
namespace {

TEST(PurlTest, Normalises) {
  const struct {
    std::string_view text;
    std::string_view canonical;
  } cases[] = {
      {"pkg:deb/debian/curl@7.88.1-10?distro=bookworm&arch=amd64",
       "pkg:deb/debian/curl@7.88.1-10?arch=amd64&distro=bookworm"},
      {"pkg:DEB/Debian/Curl@1.0-A", "pkg:deb/debian/curl@1.0-A"},
      {"PKG:npm/foobar@12.3.1", "pkg:npm/foobar@12.3.1"},
      {"pkg://npm/foobar", "pkg:npm/foobar"},
      {"pkg:npm/%40angular/animation@12.3.1", "pkg:npm/%40angular/animation@12.3.1"},
      {"pkg:npm/@angular/animation@12.3.1", "pkg:npm/%40angular/animation@12.3.1"},
      {"pkg:npm/@angular/animation", "pkg:npm/%40angular/animation"},
      {"pkg:deb/debian/attr@1:2.4.47-2%2Bb1", "pkg:deb/debian/attr@1:2.4.47-2%2Bb1"},
      {"pkg:deb/debian/attr@1%3a2.4.47-2+b1", "pkg:deb/debian/attr@1:2.4.47-2%2Bb1"},
      {"pkg:github/Package-URL/Purl-Spec@244FD", "pkg:github/package-url/purl-spec@244FD"},
      {"pkg:bitbucket/Birk/Paj@x", "pkg:bitbucket/birk/paj@x"},
      {"pkg:pypi/Django_Package@1.11.DEV1", "pkg:pypi/django-package@1.11.dev1"},
      {"pkg:pub/Foo-Bar.Baz@1", "pkg:pub/foo_bar_baz@1"},
      {"pkg:rpm/Fedora/Curl@7", "pkg:rpm/fedora/Curl@7"},
      {"pkg:composer/Laravel/Laravel@5", "pkg:composer/laravel/laravel@5"},
      {"pkg:huggingface/Microsoft/DeBERTa@559062AD", "pkg:huggingface/Microsoft/DeBERTa@559062ad"},
      {"pkg:oci/Debian@SHA256%3a244f?repository_url=docker.io/library/debian&tag=Latest",
       "pkg:oci/debian@sha256:244f?repository_url=docker.io%2Flibrary%2Fdebian&tag=Latest"},
      {"pkg:maven/org.Apache/IO@1?Type=pom&empty=", "pkg:maven/org.Apache/IO@1?type=pom"},
      {"pkg:golang/google.golang.org/genproto#/googleapis//api/",
       "pkg:golang/google.golang.org/genproto#googleapis/api"},
      {"pkg:generic//acme.example///acme%20cam/", "pkg:generic/acme.example/acme%20cam"},
      {"pkg:generic/%61cme@%31", "pkg:generic/acme@1"},
      {"pkg:generic/a?v=%c3%a4", "pkg:generic/a?v=%C3%A4"},
      {"pkg:generic/a@b%2Fc", "pkg:generic/a@b%2Fc"},
      {"pkg:unknown-type/A/B@C", "pkg:unknown-type/A/B@C"},
  };
  for (const auto& each : cases) {
    absl::StatusOr<Purl> purl = Purl::Parse(each.text);
    ASSERT_TRUE(purl.ok()) << each.text << ": " << purl.status();
    EXPECT_EQ(purl->ToString(), each.canonical);
    absl::StatusOr<Purl> again = Purl::Parse(purl->ToString());
    ASSERT_TRUE(again.ok()) << again.status();
    EXPECT_EQ(*again, *purl);
  }
}

TEST(PurlTest, TakesApart) {
  Purl purl = *Purl::Parse("pkg:golang/github.com/acme/lib@v1?a=b&repository_url=x#s/t");
  EXPECT_EQ(purl.type(), "golang");
  EXPECT_EQ(purl.path(), (std::vector<std::string>{"github.com", "acme", "lib"}));
  EXPECT_EQ(purl.name(), "lib");
  EXPECT_EQ(purl.version(), "v1");
  EXPECT_EQ(purl.qualifiers().at("a"), "b");
  EXPECT_EQ(purl.subpath(), (std::vector<std::string>{"s", "t"}));
  EXPECT_EQ(purl.identity(), "repository_url=x");
  EXPECT_EQ(purl.ProductString(), "pkg:golang/github.com/acme/lib?repository_url=x");
}

TEST(PurlTest, IdentityQualifiers) {
  EXPECT_EQ(Purl::Parse("pkg:npm/a?channel=main")->identity(), "");
  EXPECT_EQ(Purl::Parse("pkg:conda/a?channel=main&subdir=x")->identity(), "channel=main");
}

TEST(PurlTest, RefusesBadInput) {
  const std::string long_name(kMaxPurlBytes, 'a');
  std::string many_segments = "pkg:generic";
  for (size_t i = 0; i <= kMaxPurlSegments; ++i) many_segments += "/a";
  std::string many_qualifiers = "pkg:generic/a?";
  for (size_t i = 0; i <= kMaxPurlQualifiers; ++i) {
    many_qualifiers += "k" + std::to_string(i) + "=v&";
  }
  const std::string cases[] = {
      "",
      "pkg:",
      "pkg:generic",
      "pkg:generic/",
      "pkg:generic//",
      "pkg:generic/@1.0",
      "pkg:npm/@1.0",
      "pkg:3d/a",
      "pkg:gen%65ric/a",
      "pkg:a&b/c",
      "http://example.com/a",
      "gem:a/b",
      "pkg:generic/acme/../other/a",
      "pkg:generic/acme/./a",
      "pkg:generic/acme/%2e%2E/a",
      "pkg:generic/acme/%2E/a",
      "pkg:generic/..",
      "pkg:generic/acme%2Fa",
      "pkg:generic/acme%2fother/a",
      "pkg:generic/a#..",
      "pkg:generic/a#b%2Fc",
      "pkg:generic/a%",
      "pkg:generic/a%4",
      "pkg:generic/a%4g",
      "pkg:generic/a%00",
      "pkg:generic/a%0A",
      "pkg:generic/a%FF",
      "pkg:generic/a%C0%AF",
      "pkg:generic/a b",
      "pkg:generic/a\n",
      "pkg:generic/\xC3\xA4",
      "pkg:generic/a?k",
      "pkg:generic/a?=v",
      "pkg:generic/a?1k=v",
      "pkg:generic/a?in%20p=v",
      "pkg:generic/a?k=v&K=w",
      "pkg:generic/a?k=v?l=w",
      "pkg:generic/a#b#c",
      "pkg:generic/" + long_name,
      many_segments,
      many_qualifiers,
  };
  for (const std::string& text : cases) {
    absl::Status status = Purl::Parse(text).status();
    EXPECT_EQ(ReasonOf(status), "PURL_INVALID") << text << ": " << status;
  }
}

TEST(PurlTest, LooksLikePurl) {
  EXPECT_TRUE(LooksLikePurl("pkg:"));
  EXPECT_TRUE(LooksLikePurl("PkG:x"));
  EXPECT_FALSE(LooksLikePurl("pkg"));
  EXPECT_FALSE(LooksLikePurl(" pkg:a/b"));
}

}  // namespace
}  // namespace candor
