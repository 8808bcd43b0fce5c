// SPDX-License-Identifier: Apache-2.0
#include "base/url.h"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <algorithm>
#include <cstring>

#include "absl/strings/str_cat.h"
#include "core/util/encoding.h"
#include "core/util/reason.h"
#include "core/util/status_macros.h"

namespace candor {
namespace {

constexpr size_t kMaxUrlBytes = 4096;
constexpr size_t kMaxHostBytes = 253;

absl::Status Bad(const char* what) {
  return Refuse(absl::StatusCode::kInvalidArgument, "URL_INVALID", absl::StrCat("the URL ", what));
}

int HexValue(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

char Lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

std::string Lowered(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(), Lower);
  return out;
}

bool IsUnreserved(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
         c == '.' || c == '_' || c == '~';
}

uint16_t DefaultPort(std::string_view scheme) { return scheme == "https" ? 443 : 80; }

absl::Status CheckCharacters(std::string_view text) {
  for (size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c <= ' ' || c >= 0x7f) return Bad("has a space, control or non-ASCII character");
    if (std::strchr("\"<>\\^`{|}", c) != nullptr)
      return Bad("has a character that must be escaped");
    if (c == '#') return Bad("has a fragment (#), which servers never see");
    if (c == '%' &&
        (i + 2 >= text.size() || HexValue(text[i + 1]) < 0 || HexValue(text[i + 2]) < 0)) {
      return Bad("has a broken percent escape");
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<uint16_t> ParsePort(std::string_view text) {
  absl::StatusOr<uint64_t> port = ParseDecimal(text);
  if (!port.ok() || *port > 65535) return Bad("has a port that is not a number up to 65535");
  return static_cast<uint16_t>(*port);
}

bool IsIpv6(const std::string& host) {
  in6_addr address;
  return inet_pton(AF_INET6, host.c_str(), &address) == 1;
}

bool IsHostName(std::string_view host) {
  return !host.empty() && host.size() <= kMaxHostBytes && host.front() != '.' &&
         host.front() != '-' &&
         std::all_of(host.begin(), host.end(), [](char c) { return IsUnreserved(c) && c != '~'; });
}

struct Authority {
  std::string host;
  std::string_view port;  // "" when absent
  bool has_port = false;
};

absl::StatusOr<Authority> SplitAuthority(std::string_view text) {
  Authority out;
  std::string_view rest;
  if (!text.empty() && text.front() == '[') {
    const size_t close = text.find(']');
    if (close == std::string_view::npos) return Bad("has an unclosed '['");
    out.host = Lowered(text.substr(1, close - 1));
    if (!IsIpv6(out.host)) return Bad("has something in brackets that is no IPv6 address");
    rest = text.substr(close + 1);
    if (!rest.empty() && rest.front() != ':') return Bad("has text after ']'");
  } else {
    const size_t colon = text.find(':');
    out.host = Lowered(text.substr(0, colon));
    if (colon != std::string_view::npos) rest = text.substr(colon);
  }
  out.has_port = !rest.empty();
  if (out.has_port) out.port = rest.substr(1);
  return out;
}

std::string Bracketed(const std::string& host) {
  return host.find(':') == std::string::npos ? host : absl::StrCat("[", host, "]");
}

}  // namespace

absl::StatusOr<Url> Url::Parse(std::string_view text) {
  if (text.size() > kMaxUrlBytes) return Bad("is longer than the limit of 4096 bytes");
  CANDOR_RETURN_IF_ERROR(CheckCharacters(text));
  const size_t colon = text.find("://");
  if (colon == std::string_view::npos) return Bad("must begin with http:// or https://");
  Url url;
  url.scheme = Lowered(text.substr(0, colon));
  if (url.scheme != "http" && url.scheme != "https") {
    return Bad("must begin with http:// or https://");
  }
  const std::string_view rest = text.substr(colon + 3);
  const size_t end = std::min(rest.find_first_of("/?"), rest.size());
  const std::string_view authority_text = rest.substr(0, end);
  if (authority_text.find('@') != std::string_view::npos) return Bad("must not hold a user name");
  CANDOR_ASSIGN_OR_RETURN(Authority authority, SplitAuthority(authority_text));
  const bool bracketed = authority.host.find(':') != std::string::npos;
  if (!bracketed && !IsHostName(authority.host)) return Bad("has no usable host name");
  url.host = authority.host;
  url.port = DefaultPort(url.scheme);
  if (authority.has_port) {
    CANDOR_ASSIGN_OR_RETURN(url.port, ParsePort(authority.port));
    if (url.port == 0) return Bad("has port 0");
  }
  const std::string_view target = rest.substr(end);
  const size_t question = target.find('?');
  url.path = std::string(target.substr(0, question));
  if (url.path.empty()) url.path.push_back('/');
  if (question != std::string_view::npos) url.query = std::string(target.substr(question + 1));
  return url;
}

std::string Url::HostHeader() const {
  if (port == DefaultPort(scheme)) return Bracketed(host);
  return absl::StrCat(Bracketed(host), ":", port);
}

std::string Url::Target() const { return query.empty() ? path : absl::StrCat(path, "?", query); }

std::string Url::ToString() const { return absl::StrCat(scheme, "://", HostHeader(), Target()); }

std::string JoinUrl(std::string_view prefix, std::string_view path) {
  while (!prefix.empty() && prefix.back() == '/') prefix.remove_suffix(1);
  while (!path.empty() && path.front() == '/') path.remove_prefix(1);
  std::string out(prefix);
  out += '/';
  out += path;
  return out;
}

absl::StatusOr<std::string> PercentDecode(std::string_view text) {
  std::string out;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      out += text[i];
      continue;
    }
    const int high = i + 2 < text.size() ? HexValue(text[i + 1]) : -1;
    const int low = i + 2 < text.size() ? HexValue(text[i + 2]) : -1;
    if (high < 0 || low < 0) return Bad("has a broken percent escape");
    out += static_cast<char>(high * 16 + low);
    i += 2;
  }
  return out;
}

std::string PercentEncode(std::string_view text) {
  constexpr char kHex[] = "0123456789ABCDEF";
  std::string out;
  for (const char c : text) {
    if (IsUnreserved(c)) {
      out += c;
      continue;
    }
    out += '%';
    out += kHex[static_cast<uint8_t>(c) >> 4];
    out += kHex[static_cast<uint8_t>(c) & 15];
  }
  return out;
}

absl::StatusOr<HostPort> HostPort::Parse(std::string_view text) {
  const auto bad = [&](const char* what) {
    return Refuse(absl::StatusCode::kInvalidArgument, "ADDRESS_INVALID",
                  absl::StrCat("\"", std::string(text.substr(0, kMaxHostBytes)), "\" ", what));
  };
  absl::StatusOr<Authority> authority = SplitAuthority(text);
  if (!authority.ok() || !authority->has_port) {
    return bad("is not an address and a port, for example 127.0.0.1:8080 or [::1]:8080");
  }
  const absl::StatusOr<uint16_t> port = ParsePort(authority->port);
  if (!port.ok()) return bad("has a port that is not a number up to 65535");
  if (authority->host.empty()) {
    return bad(
        "has no address before the port: 127.0.0.1 is this machine only, 0.0.0.0 every "
        "network");
  }
  const bool bracketed = authority->host.find(':') != std::string::npos;
  if (!bracketed && !IsHostName(authority->host)) return bad("has no usable address");
  return HostPort{authority->host, *port};
}

std::string HostPort::ToString() const { return absl::StrCat(Bracketed(host), ":", port); }

}  // namespace candor
