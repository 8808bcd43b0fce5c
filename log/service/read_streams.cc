// SPDX-License-Identifier: Apache-2.0
#include "log/service/read_streams.h"

#include <utility>
#include <vector>

namespace candor {

void ReadStream::CancelIfWaiting(absl::Time since) {
  if (since_ > absl::ToUnixMillis(since)) return;
  const std::lock_guard<std::recursive_mutex> lock(mutex_);
  // Taken out first: it is gone when the call below closes the stream.
  if (const std::function<void()> cancel = std::exchange(cancel_, nullptr)) cancel();
}

void ReadStream::Close() {
  const std::lock_guard<std::recursive_mutex> lock(mutex_);
  cancel_ = nullptr;
}

std::shared_ptr<ReadStream> ReadStreams::Open(std::function<void()> cancel) {
  auto stream = std::make_shared<ReadStream>(std::move(cancel));
  MutexLock lock(&mutex_);
  if (streams_.size() >= max_open_) return nullptr;
  streams_.insert(stream);
  return stream;
}

void ReadStreams::Close(const std::shared_ptr<ReadStream>& stream) {
  stream->Close();
  MutexLock lock(&mutex_);
  streams_.erase(stream);
}

void ReadStreams::CancelWaiting(absl::Time since) {
  std::vector<std::shared_ptr<ReadStream>> streams;
  {
    MutexLock lock(&mutex_);
    streams.assign(streams_.begin(), streams_.end());
  }
  for (const std::shared_ptr<ReadStream>& stream : streams) stream->CancelIfWaiting(since);
}

size_t ReadStreams::open() const {
  MutexLock lock(&mutex_);
  return streams_.size();
}

}  // namespace candor
