// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "base/durable_file.h"
#include "base/file_system.h"
#include "core/crypto/private_key.h"

namespace candor {

// Keeps the signed envelope on disk from before it is first sent until its proof is safe, so that a
// rerun after any failure sends the same bytes (ECDSA signs differently each time). One file, one
// writer at a time.
class Spool {
 public:
  // `file_system` must outlive this.
  explicit Spool(std::string path, FileSystem* file_system = PosixFileSystem::Get());

  // The envelope's JSON for this payload, signed by all of `keys`: what an earlier run left, or a
  // new one, durable before this returns. FAILED_PRECONDITION with reason SPOOL_DIFFERS, naming the
  // file, when it holds something else; nothing is changed then.
  absl::StatusOr<std::string> EnvelopeFor(std::string_view payload_type, std::string_view payload,
                                          absl::Span<const PrivateKey* const> keys);

  // Forgets it. OK when there is nothing.
  absl::Status Remove();

  const std::string& path() const { return file_.path(); }

 private:
  absl::StatusOr<std::string> CheckLeftover(std::string json, std::string_view payload_type,
                                            std::string_view payload,
                                            absl::Span<const PrivateKey* const> keys) const;

  DurableFile file_;
  FileSystem* const file_system_;
};

}  // namespace candor
