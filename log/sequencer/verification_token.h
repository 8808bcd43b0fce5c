// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <utility>

namespace candor {

// Says that a submission is being verified and will soon be added: a batch waits for it, but only a
// moment. Take one when verification begins, drop it after Add or a refusal. Move-only. May outlive
// the sequencer.
class VerificationToken {
 public:
  VerificationToken() = default;
  explicit VerificationToken(std::shared_ptr<void> lease) : lease_(std::move(lease)) {}
  VerificationToken(VerificationToken&&) = default;
  VerificationToken& operator=(VerificationToken&&) = default;

  void Release() { lease_.reset(); }

 private:
  std::shared_ptr<void> lease_;
};

}  // namespace candor
