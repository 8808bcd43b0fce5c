// SPDX-License-Identifier: Apache-2.0
#include "core/attest/entry.h"

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "core/attest/dsse.h"
#include "core/attest/testing.h"
#include "core/util/encoding.h"
#include "core/util/reason.h"
#include "gtest/gtest.h"

namespace candor {
namespace {

constexpr size_t kTypeBytes = kInTotoPayloadType.size();
constexpr size_t kCountOffset = 4 + kTypeBytes + 8 + 32 + 32;
constexpr size_t kSignaturesOffset = kCountOffset + 1;
constexpr size_t kSignatureBytes = 1 + 32 + 2 + 64;

class EntryTest : public testing::Test {
 protected:
  EntryTest() : first_(TestKey(1)), second_(TestKey(2, KeyAlgorithm::kEcdsaP256Sha256)) {}

  Entry Make(bool inline_payload = true) const {
    return TestEntry("{\"a\":1}", {&first_, &second_}, inline_payload);
  }

  PrivateKey first_;
  PrivateKey second_;
};

TEST_F(EntryTest, EncodesByteForByte) {
  std::string payload = "hello";
  EntrySignature signature{KeyAlgorithm::kEd25519, first_.public_key().key_hash(),
                           *first_.Sign(Pae("text/plain", payload))};
  absl::StatusOr<Entry> entry = BuildEntry("text/plain", payload, {signature}, true);
  ASSERT_TRUE(entry.ok()) << entry.status();
  std::string expected = "0101000a" + HexEncode("text/plain") + "0000000000000005" +
                         Sha256("hello").hex() + Sha256("DSSEv1 10 text/plain 5 hello").hex() +
                         "0102" + signature.key.hex() + "0040" + HexEncode(signature.signature) +
                         HexEncode(payload);
  EXPECT_EQ(HexEncode(EncodeEntry(*entry)), expected);
  EXPECT_EQ(entry->statement_id(), StatementId("text/plain", payload));
}

TEST_F(EntryTest, RoundTrips) {
  for (bool inline_payload : {true, false}) {
    Entry entry = Make(inline_payload);
    std::string bytes = EncodeEntry(entry);
    absl::StatusOr<Entry> decoded = DecodeEntry(bytes);
    ASSERT_TRUE(decoded.ok()) << decoded.status();
    EXPECT_EQ(*decoded, entry);
    EXPECT_EQ(EncodeEntry(*decoded), bytes);
    EXPECT_EQ(decoded->is_inline(), inline_payload);
  }
}

TEST_F(EntryTest, SortsSignaturesByKeyHash) {
  Entry entry = TestEntry("p", {&second_, &first_});
  ASSERT_EQ(entry.signatures().size(), 2u);
  EXPECT_LT(entry.signatures()[0].key, entry.signatures()[1].key);
}

TEST_F(EntryTest, EveryTruncationIsRefused) {
  for (bool inline_payload : {true, false}) {
    std::string bytes = EncodeEntry(Make(inline_payload));
    for (size_t length = 0; length < bytes.size(); ++length) {
      EXPECT_FALSE(DecodeEntry(bytes.substr(0, length)).ok()) << length;
    }
    EXPECT_FALSE(DecodeEntry(bytes + "x").ok());
  }
}

// What decodes at all encodes to the same bytes; a change of anything but a signature, a key hash
// or an algorithm is seen.
TEST_F(EntryTest, EveryFlippedBitIsRefusedOrKept) {
  const std::string bytes = EncodeEntry(Make());
  for (size_t bit = 0; bit < bytes.size() * 8; ++bit) {
    std::string changed = bytes;
    changed[bit / 8] = static_cast<char>(changed[bit / 8] ^ (1 << (bit % 8)));
    absl::StatusOr<Entry> decoded = DecodeEntry(changed);
    if (!decoded.ok()) continue;
    EXPECT_EQ(EncodeEntry(*decoded), changed);
    size_t byte = bit / 8;
    EXPECT_TRUE(byte >= kSignaturesOffset && byte < kSignaturesOffset + 2 * kSignatureBytes)
        << byte;
  }
}

TEST_F(EntryTest, RefusesBadInput) {
  const std::string bytes = EncodeEntry(Make());
  const std::string detached = EncodeEntry(Make(false));
  auto edit = [&bytes](size_t offset, std::string_view with) {
    std::string changed = bytes;
    changed.replace(offset, with.size(), with);
    return changed;
  };
  std::string swapped = bytes;
  std::swap_ranges(swapped.begin() + kSignaturesOffset,
                   swapped.begin() + kSignaturesOffset + kSignatureBytes,
                   swapped.begin() + kSignaturesOffset + kSignatureBytes);
  std::string twice = bytes;
  twice.replace(kSignaturesOffset + kSignatureBytes, kSignatureBytes,
                bytes.substr(kSignaturesOffset, kSignatureBytes));
  std::string none = detached.substr(0, kCountOffset) + std::string(1, '\0');
  const struct {
    std::string_view name;
    std::string bytes;
    std::string_view reason;
  } cases[] = {
      {"empty", "", "TRUNCATED"},
      {"version 2", edit(0, "\x02"), "UNSUPPORTED_VERSION"},
      {"unknown flag", edit(1, "\x03"), "ENTRY_INVALID"},
      {"inline but detached flag", edit(1, std::string_view("\0", 1)), "TRAILING_BYTES"},
      {"payload type empty", std::string("\x01\x01\0\0", 4) + bytes.substr(4 + kTypeBytes),
       "PAYLOAD_TYPE_INVALID"},
      {"payload type not printable", edit(4, "\x1f"), "PAYLOAD_TYPE_INVALID"},
      {"payload length", edit(4 + kTypeBytes + 7, "\x08"), "ENTRY_INVALID"},
      {"payload hash", edit(4 + kTypeBytes + 8, "zz"), "ENTRY_INVALID"},
      {"statement id", edit(4 + kTypeBytes + 8 + 32, "zz"), "ENTRY_INVALID"},
      {"payload", edit(bytes.size() - 1, "x"), "ENTRY_INVALID"},
      {"no signature", none, "ENTRY_INVALID"},
      {"algorithm 3", edit(kSignaturesOffset, "\x03"), "UNSUPPORTED_ALGORITHM"},
      {"signature length", edit(kSignaturesOffset + 34, "\x3f"), "ENTRY_INVALID"},
      {"signatures not ascending", swapped, "ENTRY_INVALID"},
      {"key twice", twice, "ENTRY_INVALID"},
      {"trailing bytes", detached + "x", "TRAILING_BYTES"},
      {"too large", std::string(kMaxEntryBytes + 1, 'x'), "ENTRY_TOO_LARGE"},
  };
  for (const auto& each : cases) {
    absl::Status status = DecodeEntry(each.bytes).status();
    EXPECT_EQ(ReasonOf(status), each.reason) << each.name << ": " << status;
  }
}

TEST_F(EntryTest, RefusesToBuildBadEntries) {
  EntrySignature good{KeyAlgorithm::kEd25519, first_.public_key().key_hash(),
                      *first_.Sign(Pae("t", "p"))};
  EntrySignature no_canonical = good;
  no_canonical.signature = std::string(64, '\xff');
  EntrySignature short_one = good;
  short_one.signature.pop_back();
  EXPECT_TRUE(BuildEntry("t", "p", {good}, true).ok());
  EXPECT_EQ(ReasonOf(BuildEntry("", "p", {good}, true).status()), "PAYLOAD_TYPE_INVALID");
  EXPECT_EQ(ReasonOf(BuildEntry("t", "p", {}, true).status()), "ENTRY_INVALID");
  EXPECT_EQ(ReasonOf(BuildEntry("t", "p", {good, good}, true).status()), "ENTRY_INVALID");
  EXPECT_EQ(ReasonOf(BuildEntry("t", "p", {no_canonical}, true).status()), "ENTRY_INVALID");
  EXPECT_EQ(ReasonOf(BuildEntry("t", "p", {short_one}, true).status()), "ENTRY_INVALID");
  std::vector<EntrySignature> many;
  for (uint32_t i = 0; i <= kMaxEntrySignatures; ++i) {
    many.push_back(good);
    many.back().key = KeyHash{Sha256(std::to_string(i))};
  }
  EXPECT_EQ(ReasonOf(BuildEntry("t", "p", many, true).status()), "ENTRY_INVALID");
  many.pop_back();
  EXPECT_TRUE(BuildEntry("t", "p", many, true).ok());
}

TEST_F(EntryTest, GreatestSizeIsExact) {
  EntrySignature signature{KeyAlgorithm::kEd25519, first_.public_key().key_hash(),
                           *first_.Sign("x")};
  size_t overhead = EncodeEntry(*BuildEntry("t", "", {signature}, true)).size();
  std::string payload(kMaxEntryBytes - overhead, 'p');
  absl::StatusOr<Entry> entry = BuildEntry("t", payload, {signature}, true);
  ASSERT_TRUE(entry.ok()) << entry.status();
  EXPECT_EQ(EncodeEntry(*entry).size(), kMaxEntryBytes);
  EXPECT_TRUE(DecodeEntry(EncodeEntry(*entry)).ok());
  EXPECT_EQ(ReasonOf(BuildEntry("t", payload + "p", {signature}, true).status()),
            "ENTRY_TOO_LARGE");
  EXPECT_TRUE(BuildEntry("t", payload + "p", {signature}, false).ok());
}

}  // namespace
}  // namespace candor
