// SPDX-License-Identifier: Apache-2.0
//
// Adds per second through the sequencer, from verified submissions to durable answers. The argument
// is how many are in flight.
//   bazel run //log/sequencer:sequencer_benchmark

#include <cstdlib>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "base/mutex.h"
#include "benchmark/benchmark.h"
#include "log/sequencer/sequencer.h"
#include "log/sequencer/testing.h"
#include "log/storage/memory_log_store.h"
#include "log/storage/rocksdb_log_store.h"

namespace candor {
namespace {

constexpr uint64_t kAdds = 20'000;

const SequencerHarness& Harness() {
  static const auto* const harness = new SequencerHarness();
  return *harness;
}

const std::vector<Submission>& Submissions() {
  static const auto* const submissions = [] {
    auto* made = new std::vector<Submission>();
    for (uint64_t i = 0; i < kAdds; ++i) made->push_back(Harness().Release(i));
    return made;
  }();
  return *submissions;
}

// Adds `count` submissions with at most `window` in flight and waits for all.
void AddAll(Sequencer& sequencer, uint64_t count, uint64_t window) {
  Mutex mutex;
  CondVar changed;
  uint64_t in_flight = 0;
  for (uint64_t i = 0; i < count; ++i) {
    {
      MutexLock lock(&mutex);
      while (in_flight >= window) changed.Wait(&mutex);
      ++in_flight;
    }
    sequencer.Add(Submissions()[i], [&](const absl::StatusOr<AddResult>& result) {
      if (!result.ok()) std::abort();
      MutexLock lock(&mutex);
      --in_flight;
      changed.Signal();
    });
  }
  MutexLock lock(&mutex);
  while (in_flight > 0) changed.Wait(&mutex);
}

template <typename Store>
void Run(benchmark::State& state, Store& store) {
  const uint64_t window = static_cast<uint64_t>(state.range(0));
  const uint64_t count = window == 1 ? kAdds / 10 : kAdds;
  Submissions();
  Harness().Begin(store, store);
  const auto sequencer =
      Sequencer::Create(&store, &store,
                        RecoverForTest(store, store, store, SequencerHarness::origin()), {})
          .value();
  sequencer->Start();
  for (auto _ : state) AddAll(*sequencer, count, window);
  state.SetItemsProcessed(static_cast<int64_t>(count));
  state.counters["batch"] =
      static_cast<double>(count) / static_cast<double>(sequencer->stats().batches);
}

void BM_AddToMemory(benchmark::State& state) {
  MemoryLogStore store;
  Run(state, store);
}
BENCHMARK(BM_AddToMemory)->Arg(1)->Arg(64)->Arg(4096)->Iterations(1)->UseRealTime();

void BM_AddToRocksDb(benchmark::State& state) {
  std::string folder =
      (std::filesystem::temp_directory_path() / "sequencer_benchmark.XXXXXX").string();
  folder = ::mkdtemp(folder.data());
  {
    const auto store =
        RocksDbLogStore::Create({.folder = folder, .origin = SequencerHarness::origin()}).value();
    Run(state, *store);
  }
  std::filesystem::remove_all(folder);
}
BENCHMARK(BM_AddToRocksDb)->Arg(1)->Arg(64)->Arg(4096)->Iterations(1)->UseRealTime();

}  // namespace
}  // namespace candor

BENCHMARK_MAIN();
