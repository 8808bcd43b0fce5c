// SPDX-License-Identifier: Apache-2.0
#include "core/attest/dsse.h"

#include <string>
#include <string_view>

#include "core/util/encoding.h"
#include "core/util/reason.h"
#include "gtest/gtest.h"

namespace candor {
namespace {

std::string Envelope(std::string_view payload_type, std::string_view payload,
                     std::string_view signatures) {
  return std::string("{\"payloadType\":\"") + std::string(payload_type) + "\",\"payload\":\"" +
         std::string(payload) + "\",\"signatures\":" + std::string(signatures) + "}";
}

std::string Signatures(size_t count) {
  std::string array = "[";
  for (size_t i = 0; i < count; ++i) array += i == 0 ? R"({"sig":"AA=="})" : R"(,{"sig":"AA=="})";
  return array + "]";
}

// The known answer of the specification (protocol.md).
TEST(DsseTest, PaeOfTheSpecification) {
  EXPECT_EQ(Pae("http://example.com/HelloWorld", "hello world"),
            "DSSEv1 29 http://example.com/HelloWorld 11 hello world");
  EXPECT_EQ(Pae("", ""), "DSSEv1 0  0 ");
  EXPECT_EQ(Pae("\xC3\xA4", "x"), "DSSEv1 2 \xC3\xA4 1 x");
}

TEST(DsseTest, ParsesAndFormats) {
  absl::StatusOr<DsseEnvelope> envelope = ParseEnvelope(
      R"({"payload":"aGVsbG8=","signatures":[{"keyid":"k","sig":"AQID"},{"sig":"/+8="}],
          "payloadType":"text/plain"})");
  ASSERT_TRUE(envelope.ok()) << envelope.status();
  EXPECT_EQ(envelope->payload_type, "text/plain");
  EXPECT_EQ(envelope->payload, "hello");
  ASSERT_EQ(envelope->signatures.size(), 2u);
  EXPECT_EQ(envelope->signatures[0].keyid, "k");
  EXPECT_EQ(envelope->signatures[0].signature, "\x01\x02\x03");
  EXPECT_EQ(envelope->signatures[1].keyid, "");
  EXPECT_EQ(*FormatEnvelope(*envelope),
            R"({"payload":"aGVsbG8=","payloadType":"text/plain",)"
            R"("signatures":[{"keyid":"k","sig":"AQID"},{"sig":"/+8="}]})");
}

TEST(DsseTest, IgnoresUnknownMembers) {
  EXPECT_TRUE(ParseEnvelope(R"({"payload":"","payloadType":"t","x":[1],
                               "signatures":[{"sig":"AA==","cert":"c"}]})")
                  .ok());
}

TEST(DsseTest, ReadsBothBase64Alphabets) {
  for (std::string_view sig : {"-_-_", "+/+/", "_w", "/w==", "/w"}) {
    absl::StatusOr<DsseEnvelope> envelope =
        ParseEnvelope(Envelope("t", sig, R"([{"sig":")" + std::string(sig) + "\"}]"));
    ASSERT_TRUE(envelope.ok()) << sig << envelope.status();
    EXPECT_EQ(envelope->payload, envelope->signatures[0].signature);
  }
}

TEST(DsseTest, TakesAsManySignaturesAsAllowed) {
  EXPECT_TRUE(ParseEnvelope(Envelope("t", "", Signatures(kMaxEnvelopeSignatures))).ok());
}

TEST(DsseTest, RefusesBadInput) {
  const std::string one = Signatures(1);
  const struct {
    std::string_view name;
    std::string json;
    std::string_view reason;
  } cases[] = {
      {"not JSON", "x", "JSON_INVALID"},
      {"an array", "[]", "ENVELOPE_INVALID"},
      {"trailing bytes", Envelope("t", "", one) + "x", "JSON_INVALID"},
      {"member twice", R"({"payload":"","payload":"","payloadType":"t","signatures":[]})",
       "JSON_DUPLICATE_MEMBER"},
      {"no payload", R"({"payloadType":"t","signatures":[{"sig":"AA=="}]})", "ENVELOPE_INVALID"},
      {"no payloadType", R"({"payload":"","signatures":[{"sig":"AA=="}]})", "ENVELOPE_INVALID"},
      {"no signatures", R"({"payload":"","payloadType":"t"})", "ENVELOPE_INVALID"},
      {"payload not base64", Envelope("t", "a", one), "ENVELOPE_INVALID"},
      {"payload with white space", Envelope("t", "aGVs bG8=", one), "ENVELOPE_INVALID"},
      {"payload with both alphabets", Envelope("t", "+_+_", one), "ENVELOPE_INVALID"},
      {"payload a number", R"({"payload":1,"payloadType":"t","signatures":[{"sig":"AA=="}]})",
       "ENVELOPE_INVALID"},
      {"empty payloadType", Envelope("", "", one), "PAYLOAD_TYPE_INVALID"},
      {"long payloadType", Envelope(std::string(256, 't'), "", one), "PAYLOAD_TYPE_INVALID"},
      {"payloadType with a tab", Envelope("t\\t", "", one), "PAYLOAD_TYPE_INVALID"},
      {"payloadType not ASCII", Envelope("\xC3\xA4", "", one), "PAYLOAD_TYPE_INVALID"},
      {"signatures empty", Envelope("t", "", "[]"), "ENVELOPE_INVALID"},
      {"signatures an object", Envelope("t", "", "{}"), "ENVELOPE_INVALID"},
      {"too many signatures", Envelope("t", "", Signatures(kMaxEnvelopeSignatures + 1)),
       "TOO_MANY_SIGNATURES"},
      {"signature a string", Envelope("t", "", R"(["AA=="])"), "ENVELOPE_INVALID"},
      {"no sig", Envelope("t", "", R"([{"keyid":"k"}])"), "ENVELOPE_INVALID"},
      {"empty sig", Envelope("t", "", R"([{"sig":""}])"), "ENVELOPE_INVALID"},
      {"keyid a number", Envelope("t", "", R"([{"keyid":1,"sig":"AA=="}])"), "ENVELOPE_INVALID"},
      {"long keyid",
       Envelope("t", "", R"([{"sig":"AA==","keyid":")" + std::string(513, 'k') + "\"}]"),
       "ENVELOPE_INVALID"},
      {"long sig",
       Envelope(
           "t", "",
           R"([{"sig":")" + Base64Encode(std::string(kMaxRawSignatureBytes + 1, 's')) + "\"}]"),
       "ENVELOPE_INVALID"},
      {"too large", Envelope("t", std::string(kMaxEnvelopeBytes, 'A'), one), "JSON_TOO_LARGE"},
  };
  for (const auto& each : cases) {
    absl::Status status = ParseEnvelope(each.json).status();
    EXPECT_EQ(ReasonOf(status), each.reason) << each.name << ": " << status;
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << each.name;
  }
}

TEST(DsseTest, DoesNotFormatWhatItWouldNotParse) {
  DsseEnvelope good{"t", "p", {{"k", "s"}}};
  EXPECT_TRUE(FormatEnvelope(good).ok());
  DsseEnvelope bad = good;
  bad.payload_type = "";
  EXPECT_FALSE(FormatEnvelope(bad).ok());
  bad = good;
  bad.signatures.clear();
  EXPECT_FALSE(FormatEnvelope(bad).ok());
  bad = good;
  bad.signatures[0].signature = "";
  EXPECT_FALSE(FormatEnvelope(bad).ok());
  bad = good;
  bad.signatures[0].keyid = "\xFF";
  EXPECT_FALSE(FormatEnvelope(bad).ok());
}

}  // namespace
}  // namespace candor
