// SPDX-License-Identifier: Apache-2.0
#include "core/attest/json.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "core/util/encoding.h"
#include "core/util/reason.h"

namespace candor {
namespace {

absl::Status Invalid(std::string_view reason, std::string_view message) {
  return Refuse(absl::StatusCode::kInvalidArgument, reason, message);
}

// Builds the document from the parser's events and stops at the first breach of our limits.
class StrictBuilder : public nlohmann::json_sax<Json> {
 public:
  explicit StrictBuilder(std::string_view what) : what_(what) {}

  bool null() override { return Add(nullptr); }
  bool boolean(bool value) override { return Add(value); }
  bool number_integer(number_integer_t value) override { return Add(value); }
  bool number_unsigned(number_unsigned_t value) override { return Add(value); }
  bool number_float(number_float_t value, const string_t& /*text*/) override { return Add(value); }
  bool string(string_t& value) override { return Add(std::move(value)); }
  bool binary(binary_t& /*value*/) override { return false; }
  bool start_object(size_t /*count*/) override { return Open(Json::object()); }
  bool end_object() override { return Close(); }
  bool start_array(size_t /*count*/) override { return Open(Json::array()); }
  bool end_array() override { return Close(); }

  bool key(string_t& name) override {
    auto [it, is_new] = open_.back()->get_ref<Json::object_t&>().try_emplace(name, nullptr);
    if (!is_new) {
      return Stop("JSON_DUPLICATE_MEMBER",
                  absl::StrCat("has a member name twice in one object: \"",
                               std::string_view(name).substr(0, 64), "\"; keep one of them"));
    }
    member_ = &it->second;
    return true;
  }

  bool parse_error(size_t position, const std::string& /*token*/,
                   const nlohmann::detail::exception& /*error*/) override {
    return Stop("JSON_INVALID", absl::StrCat("is not valid JSON at byte ", position));
  }

  absl::Status status() const { return status_; }
  Json Take() { return std::move(root_); }

 private:
  bool Stop(std::string_view reason, std::string_view message) {
    status_ = Invalid(reason, absl::StrCat(what_, " ", message));
    return false;
  }

  // Where the next value belongs.
  Json* Place(Json value) {
    if (open_.empty()) {
      root_ = std::move(value);
      return &root_;
    }
    if (open_.back()->is_array()) return &open_.back()->emplace_back(std::move(value));
    *member_ = std::move(value);
    return member_;
  }

  bool Add(Json value) {
    if (++values_ > kMaxJsonValues) {
      return Stop("JSON_TOO_MANY_VALUES",
                  absl::StrCat("has more than ", kMaxJsonValues, " values; split it"));
    }
    Place(std::move(value));
    return true;
  }

  bool Open(Json container) {
    if (open_.size() >= kMaxJsonDepth) {
      return Stop("JSON_TOO_DEEP", absl::StrCat("is nested more than ", kMaxJsonDepth, " deep"));
    }
    if (++values_ > kMaxJsonValues) return Add(nullptr);
    open_.push_back(Place(std::move(container)));
    return true;
  }

  bool Close() {
    open_.pop_back();
    return true;
  }

  std::string_view what_;
  Json root_;
  std::vector<Json*> open_;  // Enclosing containers; none grows while a deeper one is open.
  Json* member_ = nullptr;
  size_t values_ = 0;
  absl::Status status_;
};

// What the library would let pass: it skips a byte order mark and takes NUL for the end.
absl::Status CheckText(std::string_view text, size_t max_bytes, std::string_view what) {
  if (text.size() > max_bytes) {
    return Invalid("JSON_TOO_LARGE",
                   absl::StrCat(what, " has ", text.size(), " bytes; the limit is ", max_bytes));
  }
  if (!IsValidUtf8(text)) return Invalid("JSON_NOT_UTF8", absl::StrCat(what, " is not UTF-8"));
  if (text.substr(0, 3) == "\xEF\xBB\xBF") {
    return Invalid("JSON_INVALID", absl::StrCat(what, " begins with a byte order mark; remove it"));
  }
  if (size_t nul = text.find('\0'); nul != std::string_view::npos) {
    return Invalid("JSON_INVALID", absl::StrCat(what, " has a NUL byte at ", nul));
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<Json> ParseJson(std::string_view text, size_t max_bytes, std::string_view what) {
  if (absl::Status status = CheckText(text, max_bytes, what); !status.ok()) return status;
  StrictBuilder builder(what);
  try {
    Json::sax_parse(text.begin(), text.end(), &builder);
  } catch (const nlohmann::detail::exception&) {
    return Invalid("JSON_INVALID", absl::StrCat(what, " is not valid JSON"));
  }
  if (!builder.status().ok()) return builder.status();
  return builder.Take();
}

absl::StatusOr<std::string> FormatJson(const Json& value) {
  try {
    return value.dump();
  } catch (const nlohmann::detail::exception&) {
    return Invalid("JSON_NOT_UTF8", "a string to be written as JSON is not UTF-8");
  }
}

}  // namespace candor
