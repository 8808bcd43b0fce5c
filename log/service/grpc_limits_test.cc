// SPDX-License-Identifier: Apache-2.0
//
// Callers that would take more than their share: readers of ReadEntries that do not read, and
// messages that grow when they are unpacked.

#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "log/service/grpc_fixture.h"

namespace candor {
namespace {

class GrpcLimitsTest : public GrpcServerTest {
 protected:
  GrpcLimitsTest() : GrpcServerTest({}, {}, Few()) {
    log_.Fill(1500);
    log_.Publish();
  }
  static GrpcServerOptions Few() {
    GrpcServerOptions options;
    options.max_read_streams = 4;
    options.reader_patience = absl::Milliseconds(50);
    options.health_interval = absl::Milliseconds(5);
    return options;
  }
};

// They keep their places for a while only, so everybody's turn comes.
TEST_F(GrpcLimitsTest, WhoDoesNotReadIsCutOff) {
  struct Reader {
    grpc::ClientContext context;
    std::unique_ptr<grpc::ClientReader<candor::v1::ReadEntriesResponse>> stream;
  };
  // Takes no more than this ahead of what is read.
  grpc::ChannelArguments arguments;
  arguments.SetInt(GRPC_ARG_HTTP2_STREAM_LOOKAHEAD_BYTES, 1024);
  arguments.SetInt(GRPC_ARG_HTTP2_BDP_PROBE, 0);
  const auto miser = candor::v1::LogService::NewStub(grpc::CreateCustomChannel(
      absl::StrCat("127.0.0.1:", server_->port()), grpc::InsecureChannelCredentials(), arguments));
  std::vector<std::unique_ptr<Reader>> stalled;
  for (int i = 0; i < 12; ++i) {
    stalled.push_back(std::make_unique<Reader>());
    stalled.back()->stream = miser->ReadEntries(&stalled.back()->context, {});
  }
  // All have arrived: some hold the places, the others were sent away.
  for (const auto& reader : stalled) reader->stream->WaitForInitialMetadata();
  for (bool done = false; !done;) {
    grpc::ClientContext context;
    auto reader = stub_->ReadEntries(&context, {});
    uint64_t count = 0;
    candor::v1::ReadEntriesResponse response;
    while (reader->Read(&response)) count += static_cast<uint64_t>(response.entries_size());
    const grpc::Status status = reader->Finish();
    done = status.ok();
    if (done) {
      EXPECT_EQ(count, 1500u);
    } else if (status.error_code() != grpc::StatusCode::CANCELLED) {  // when this machine is slow
      EXPECT_EQ(status.error_code(), grpc::StatusCode::RESOURCE_EXHAUSTED);
      EXPECT_EQ(DetailsOf(status).reason, "QUEUE_FULL");
      EXPECT_TRUE(DetailsOf(status).has_retry);
    }
  }
  int cut_off = 0;
  for (const auto& reader : stalled) {
    candor::v1::ReadEntriesResponse response;
    while (reader->stream->Read(&response)) {
    }
    const grpc::StatusCode code = reader->stream->Finish().error_code();
    if (code == grpc::StatusCode::CANCELLED) ++cut_off;
  }
  EXPECT_GE(cut_off, 1);  // or the honest reader would still wait
}

TEST_F(GrpcLimitsTest, CompressedMessagesAreRefused) {
  for (const grpc_compression_algorithm algorithm : {GRPC_COMPRESS_GZIP, GRPC_COMPRESS_DEFLATE}) {
    candor::v1::AddEntryRequest request;
    request.set_envelope_json(std::string(100'000, ' '));
    candor::v1::AddEntryResponse response;
    grpc::ClientContext context;
    context.set_compression_algorithm(algorithm);
    const grpc::Status status = stub_->AddEntry(&context, request, &response);
    EXPECT_EQ(status.error_code(), grpc::StatusCode::UNIMPLEMENTED) << status.error_message();
  }
}

}  // namespace
}  // namespace candor
