// SPDX-License-Identifier: Apache-2.0
#include <cstdio>
#include <memory>
#include <string>
#include <vector>

#include "base/file_limit.h"
#include "base/log.h"
#include "base/random.h"
#include "base/signal.h"
#include "log/commands.h"
#include "log/log_server.h"

int main(int argc, char** argv) {
  candor::RaiseFileLimit();
  // Before any other thread starts.
  const auto signals = candor::ShutdownSignal::Create();
  if (!signals.ok()) {
    std::fprintf(stderr, "candor-log: %s\n", signals.status().ToString().c_str());
    return candor::kExitFailed;
  }
  candor::SystemRandom random;
  const candor::CommandOutput output = candor::RunCommand(
      std::vector<std::string>(argv + 1, argv + argc), &random, [&](candor::LogServer& server) {
        std::printf("candor-log: listening on %s\n", server.Addresses().c_str());
        std::fflush(stdout);
        (*signals)->Wait();
        candor::LogInfo("stopping");
      });
  std::fputs(output.out.c_str(), stdout);
  std::fputs(output.err.c_str(), stderr);
  return output.exit_code;
}
