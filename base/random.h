// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <cstdint>
#include <string>

#include "absl/base/thread_annotations.h"
#include "absl/types/span.h"
#include "base/mutex.h"

namespace candor {

// Source of random bytes. Thread-safe.
class Random {
 public:
  virtual ~Random() = default;
  virtual void Fill(absl::Span<uint8_t> out) = 0;

  // `count` bytes as a string.
  std::string Bytes(size_t count);
  // Uniform in [0, bound), without modulo bias; 0 when bound is 0.
  uint64_t Uniform(uint64_t bound);
};

// The operating system's generator through BoringSSL: fit for keys.
class SystemRandom final : public Random {
 public:
  void Fill(absl::Span<uint8_t> out) override;
};

// The same bytes for the same seed, on every machine. For tests only: never for keys that matter.
class FakeRandom final : public Random {
 public:
  explicit FakeRandom(uint64_t seed) : state_(seed) {}
  void Fill(absl::Span<uint8_t> out) override;

 private:
  Mutex mutex_;
  uint64_t state_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace candor
