// SPDX-License-Identifier: Apache-2.0
//
// For cli_test.sh: fills the folder named by the first argument with keys, a policy, a participants
// file, an artifact and proofs of it, right and wrong; then serves a log over HTTP, prints its URL,
// and ends when standard input does.

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "base/http_server.h"
#include "base/key_file.h"
#include "client/testing.h"
#include "core/attest/testing.h"

namespace candor {
namespace {

void Check(const absl::Status& status) {
  if (status.ok()) return;
  std::cerr << status << std::endl;
  std::exit(1);
}

void Write(const std::string& path, std::string_view content) {
  std::ofstream(path, std::ios::binary) << content;
}

void Fill(TestWorld* world, const std::string& folder) {
  const std::string artifact = "the firmware";
  const uint64_t good = world->Publish(artifact, "pkg:generic/acme.example/cam@1.0");
  const PrivateKey stranger = TestKey(77);
  const PrivateKey* const strangers[] = {&stranger};
  const uint64_t foreign = world->Append(TestEntry(
      TestWorld::ReleasePayload(artifact, "pkg:generic/acme.example/cam@1.0"), strangers));
  const uint64_t outside = world->Publish(artifact, "pkg:generic/other.example/cam@1.0");
  Write(folder + "/cam.bin", artifact);
  Write(folder + "/cam.bin.tlog-proof", world->Proof(good));
  Write(folder + "/foreign.tlog-proof", world->Proof(foreign));
  Write(folder + "/outside.tlog-proof", world->Proof(outside));
  Write(folder + "/few.tlog-proof", world->Proof(good, 1));
  Write(folder + "/checkpoint", world->CheckpointNote());
  Write(folder + "/trust.policy", world->PolicyText());
  Write(folder + "/participants", world->ParticipantsText());
  Write(folder + "/vendor.pub", world->log.signing.public_key().pem());
  Check(WriteKeyFile(folder + "/vendor.key", world->log.signing));
  Check(WriteKeyFile(folder + "/registrar.key", world->log.registrar));
}

int Run(const std::string& folder) {
  TestWorld world;
  Fill(&world, folder);
  // What a monitor reads holds only what a log may hold.
  TestWorld served;
  FakeLogHandler handler(&served);
  handler.add_failures = {absl::UnavailableError("the log is starting")};
  HttpServerOptions options;
  options.io_threads = 1;  // the handler is not thread-safe
  absl::StatusOr<std::unique_ptr<HttpServer>> server = HttpServer::Create(options, &handler);
  Check(server.status());
  const absl::StatusOr<uint16_t> port = (*server)->Start();
  Check(port.status());
  std::cout << "http://127.0.0.1:" << *port << std::endl;
  while (std::getchar() != EOF) {
  }
  (*server)->Stop();
  return 0;
}

}  // namespace
}  // namespace candor

int main(int argc, char** argv) {
  if (argc != 2) return 64;
  return candor::Run(argv[1]);
}
