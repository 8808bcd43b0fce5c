// SPDX-License-Identifier: Apache-2.0
#include "core/util/bytes.h"

#include "core/util/reason.h"
#include "gtest/gtest.h"

namespace candor {
namespace {

using std::string_literals::operator""s;

TEST(BytesTest, WritesBigEndian) {
  ByteWriter writer;
  writer.U8(0x01);
  writer.U16(0x0203);
  writer.U32(0x04050607);
  writer.U64(0x08090a0b0c0d0e0f);
  writer.Bytes("ab");
  EXPECT_EQ(writer.bytes(),
            "\x01\x02\x03\x04\x05\x06\x07\x08\x09\x0a\x0b\x0c\x0d\x0e\x0f"
            "ab");
  EXPECT_EQ(std::move(writer).Take().size(), 17u);
}

TEST(BytesTest, ReadsWhatWasWritten) {
  ByteWriter writer;
  writer.U8(0xff);
  writer.U16(0xfffe);
  writer.U32(0xfffffffd);
  writer.U64(0xfffffffffffffffc);
  writer.Bytes("\0x"s);
  ByteReader reader(writer.bytes());
  EXPECT_EQ(reader.U8().value(), 0xff);
  EXPECT_EQ(reader.U16().value(), 0xfffe);
  EXPECT_EQ(reader.U32().value(), 0xfffffffd);
  EXPECT_EQ(reader.U64().value(), 0xfffffffffffffffc);
  EXPECT_FALSE(reader.ExpectEnd().ok());
  EXPECT_EQ(ReasonOf(reader.ExpectEnd()), "TRAILING_BYTES");
  EXPECT_EQ(reader.Bytes(2).value(), "\0x"s);
  EXPECT_TRUE(reader.ExpectEnd().ok());
}

TEST(BytesTest, RefusesToReadPastTheEndAndConsumesNothing) {
  ByteReader reader("abc");
  EXPECT_EQ(ReasonOf(reader.U32().status()), "TRUNCATED");
  EXPECT_EQ(ReasonOf(reader.U64().status()), "TRUNCATED");
  EXPECT_EQ(ReasonOf(reader.Bytes(4).status()), "TRUNCATED");
  EXPECT_EQ(ReasonOf(reader.Bytes(SIZE_MAX).status()), "TRUNCATED");
  EXPECT_EQ(reader.remaining(), 3u);
  EXPECT_EQ(reader.Bytes(3).value(), "abc");
  EXPECT_EQ(reader.Bytes(0).value(), "");
  EXPECT_EQ(ReasonOf(reader.U8().status()), "TRUNCATED");
  EXPECT_EQ(ReasonOf(reader.U16().status()), "TRUNCATED");
}

}  // namespace
}  // namespace candor
