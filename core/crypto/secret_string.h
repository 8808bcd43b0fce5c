// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace candor {

// Bytes that are secret: move-only, and overwritten before their memory is given back.
class SecretString {
 public:
  SecretString() = default;
  // Takes the bytes over; give it an rvalue, so that no other copy stays behind.
  explicit SecretString(std::string&& bytes);
  ~SecretString();
  SecretString(SecretString&& other) noexcept;
  SecretString& operator=(SecretString&& other) noexcept;
  SecretString(const SecretString&) = delete;
  SecretString& operator=(const SecretString&) = delete;

  // A view into this object.
  std::string_view view() const { return bytes_; }
  operator std::string_view() const { return bytes_; }  // NOLINT: passes as bytes.

 private:
  void Wipe();

  std::string bytes_;
};

}  // namespace candor
