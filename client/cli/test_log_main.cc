// SPDX-License-Identifier: Apache-2.0
//
// For cli_test.sh: fills the folder named by the first argument with keys, a policy, a participants
// file, an artifact, proofs of it, right and wrong, and signed statements as other tools write
// them; then serves a log over HTTP, prints its URL, and ends when standard input does.

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
#include "core/attest/dsse.h"
#include "core/attest/json.h"
#include "core/attest/testing.h"
#include "core/crypto/private_key.h"
#include "core/util/encoding.h"

namespace candor {
namespace {

void Check(const absl::Status& status) {
  if (status.ok()) return;
  std::cerr << status << '\n';
  std::exit(1);
}

void Write(const std::string& path, std::string_view content) {
  std::ofstream(path, std::ios::binary) << content;
}

// A DSSE envelope as tools write it that know nothing of our key ids.
Json SignedByTool(std::string_view artifact, const std::string& purl, const PrivateKey& key) {
  const PrivateKey* const keys[] = {&key};
  const DsseEnvelope envelope = TestEnvelope(TestWorld::ReleasePayload(artifact, purl), keys);
  return {
      {"payloadType", envelope.payload_type},
      {"payload", Base64Encode(envelope.payload)},
      {"signatures", {{{"keyid", ""}, {"sig", Base64Encode(envelope.signatures[0].signature)}}}}};
}

// Files as other tools write them, about cam.bin.
void FillAttestations(const TestWorld& world, std::string_view artifact,
                      const std::string& folder) {
  const PrivateKey& vendor = world.log.signing;
  const auto by_vendor = [&](const std::string& version) {
    return SignedByTool(artifact, "pkg:generic/acme.example/cam@" + version, vendor);
  };
  const PrivateKey stranger = TestKey(77);
  const Json foreign = SignedByTool(artifact, "pkg:generic/acme.example/cam@5.0", stranger);
  const Json outside = SignedByTool(artifact, "pkg:generic/other.example/cam@5.0", vendor);
  const Json bundle = {{"mediaType", "application/vnd.dev.sigstore.bundle.v0.3+json"},
                       {"verificationMaterial", {{"publicKey", {{"hint", "theirs"}}}}},
                       {"dsseEnvelope", by_vendor("5.1")}};
  Json witness = by_vendor("5.2");
  witness["signatures"][0]["certificate"] = Base64Encode(std::string(2000, 'c'));
  Json text = by_vendor("5.3");
  text["payloadType"] = "text/plain";
  Write(folder + "/cosign.json", by_vendor("5.0").dump());
  Write(folder + "/bundle.sigstore", bundle.dump(2));
  Write(folder + "/witness.out", witness.dump());
  Write(folder + "/foreign.json", foreign.dump());
  Write(folder + "/text.json", text.dump());
  Write(folder + "/lines.intoto.jsonl",
        by_vendor("6.0").dump() + "\n" + bundle.dump() + "\n" + by_vendor("6.1").dump() + "\n");
  Write(folder + "/mixed.jsonl", by_vendor("7.0").dump() + "\n" + foreign.dump() + "\n\n" +
                                     outside.dump() + "\n" + by_vendor("7.1").dump() + "\n");
  Write(folder + "/broken.jsonl", by_vendor("8.0").dump() + "\n{\"payload\":\n");
  Write(folder + "/unsigned.json",
        TestWorld::ReleasePayload(artifact, "pkg:generic/acme.example/cam@9.0"));
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
  Write(folder + "/stranger.pub", stranger.public_key().pem());
  FillAttestations(*world, artifact, folder);
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
  std::cout << "http://127.0.0.1:" << *port << '\n' << std::flush;
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
