// SPDX-License-Identifier: Apache-2.0
#include "core/note/note.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "core/util/reason.h"
#include "gtest/gtest.h"

namespace candor {
namespace {

const char kSalvatore[] =
    "Ognuno sta solo sul cuor della terra\n"
    "trafitto da un raggio di sole:\n"
    "\n"
    "ed \xC3\xA8 subito sera.\n"
    "\n"
    "\xE2\x80\x94 quasimodo.example/salvatore "
    "NnugSzTjtVAewIS+Z/iJhUPeFDkO/"
    "5QQ2i5ddnGITLlC+EhfLW9oJKONrMouFSQU0xMcXxj99ihAQwaqP3ZekRwNtIc=\n";

std::string Line(std::string_view rest) { return absl::StrCat("\xE2\x80\x94 ", rest, "\n"); }

TEST(NoteTest, ParsesTheExampleOfTheSpecification) {
  const absl::StatusOr<Note> note = Note::Parse(kSalvatore);
  ASSERT_TRUE(note.ok()) << note.status();
  EXPECT_TRUE(note->text.starts_with("Ognuno")) << note->text;
  EXPECT_TRUE(note->text.ends_with("ed \xC3\xA8 subito sera.\n")) << note->text;
  ASSERT_EQ(note->signatures.size(), 1u);
  EXPECT_EQ(note->signatures[0].name, "quasimodo.example/salvatore");
  EXPECT_EQ(note->signatures[0].key_id, 0x367BA04Bu);
  EXPECT_EQ(note->signatures[0].signature.size(), 64u);
  EXPECT_EQ(note->Format(), kSalvatore);
}

TEST(NoteTest, RoundTrip) {
  const std::string kNotes[] = {
      absl::StrCat("\n\n", Line("a AAAAAAA=")),                         // empty first line only
      absl::StrCat("a\n\n", Line("a AAAAAAA=")),                        // smallest signature
      absl::StrCat("a\n\n\n\n", Line("a AAAAAAA=")),                    // text ends in empty lines
      absl::StrCat("a\n\n", Line("n AAAAAAA="), Line("n AAAAAAA=")),    // the same line twice
      absl::StrCat("\xE2\x80\x94 a AAAAAAA=\n\n", Line("n AAAAAAA=")),  // text like a signature
  };
  for (const std::string& bytes : kNotes) {
    const absl::StatusOr<Note> note = Note::Parse(bytes);
    ASSERT_TRUE(note.ok()) << bytes << note.status();
    EXPECT_EQ(note->Format(), bytes);
  }
}

TEST(NoteTest, RefusesBadInput) {
  const std::string ok = Line("a AAAAAAA=");
  const struct {
    const char* what;
    std::string bytes;
    const char* reason;
  } kCases[] = {
      {"empty", "", "NOTE_MALFORMED"},
      {"text only", "text\n", "NOTE_MALFORMED"},
      {"no signature", "text\n\n", "NOTE_MALFORMED"},
      {"no blank line", absl::StrCat("text\n", ok), "NOTE_MALFORMED"},
      {"no text", absl::StrCat("\n", ok), "NOTE_MALFORMED"},
      {"signatures only", ok, "NOTE_MALFORMED"},
      {"no final newline", "text\n\n\xE2\x80\x94 a AAAAAAA=", "NOTE_MALFORMED"},
      {"trailing blank line", absl::StrCat("text\n\n", ok, "\n"), "NOTE_MALFORMED"},
      {"blank line among signatures", absl::StrCat("text\n\n", ok, "\n", ok, "x\n"),
       "NOTE_MALFORMED"},
      {"trailing text", absl::StrCat("text\n\n", ok, "more\n"), "NOTE_MALFORMED"},
      {"hyphen for the dash", "text\n\n- a AAAAAAA=\n", "NOTE_MALFORMED"},
      {"en dash", "text\n\n\xE2\x80\x93 a AAAAAAA=\n", "NOTE_MALFORMED"},
      {"no space after dash",
       "text\n\n\xE2\x80\x94"
       "a AAAAAAA=\n",
       "NOTE_MALFORMED"},
      {"no name", absl::StrCat("text\n\n", Line(" AAAAAAA=")), "KEY_NAME_INVALID"},
      {"no signature bytes", absl::StrCat("text\n\n", Line("a ")), "NOTE_MALFORMED"},
      {"name only", absl::StrCat("text\n\n", Line("a")), "NOTE_MALFORMED"},
      {"two spaces", absl::StrCat("text\n\n", Line("a  AAAAAAA=")), "NOTE_MALFORMED"},
      {"trailing space", absl::StrCat("text\n\n", Line("a AAAAAAA= ")), "NOTE_MALFORMED"},
      {"key id only", absl::StrCat("text\n\n", Line("a AAAAAA==")), "NOTE_MALFORMED"},
      {"short key id", absl::StrCat("text\n\n", Line("a AAAA")), "NOTE_MALFORMED"},
      {"no padding", absl::StrCat("text\n\n", Line("a AAAAAAA")), "NOTE_MALFORMED"},
      {"non-zero trailing bits", absl::StrCat("text\n\n", Line("a AAAAAAB=")), "NOTE_MALFORMED"},
      {"URL-safe base64", absl::StrCat("text\n\n", Line("a AAAA-_A=")), "NOTE_MALFORMED"},
      {"plus in name", absl::StrCat("text\n\n", Line("a+b AAAAAAA=")), "KEY_NAME_INVALID"},
      {"Unicode space in name", absl::StrCat("text\n\n", Line("a\xC2\xA0 AAAAAAA=")),
       "KEY_NAME_INVALID"},
      {"CRLF", "text\r\n\r\n\xE2\x80\x94 a AAAAAAA=\r\n", "NOTE_TEXT_INVALID"},
      {"tab", absl::StrCat("te\txt\n\n", ok), "NOTE_TEXT_INVALID"},
      {"NUL", absl::StrCat(std::string("te\0xt", 5), "\n\n", ok), "NOTE_TEXT_INVALID"},
      {"not UTF-8", absl::StrCat("te\xFFxt\n\n", ok), "NOTE_TEXT_INVALID"},
      {"surrogate", absl::StrCat("\xED\xA0\x80\n\n", ok), "NOTE_TEXT_INVALID"},
  };
  for (const auto& c : kCases) {
    const absl::StatusOr<Note> note = Note::Parse(c.bytes);
    EXPECT_EQ(note.status().code(), absl::StatusCode::kInvalidArgument) << c.what;
    EXPECT_EQ(ReasonOf(note.status()), c.reason) << c.what << ": " << note.status();
  }
}

TEST(NoteTest, EveryTruncationIsRefusedOrAnotherNote) {
  const std::string bytes = kSalvatore;
  for (size_t length = 0; length < bytes.size(); ++length) {
    EXPECT_FALSE(Note::Parse(bytes.substr(0, length)).ok()) << length;
  }
}

TEST(NoteTest, CountLimit) {
  std::string bytes = "text\n\n";
  for (size_t i = 0; i < kMaxNoteSignatures; ++i) bytes += Line("a AAAAAAA=");
  EXPECT_TRUE(Note::Parse(bytes).ok());
  bytes += Line("a AAAAAAA=");
  EXPECT_EQ(ReasonOf(Note::Parse(bytes).status()), "NOTE_MALFORMED");
}

TEST(NoteTest, SizeLimit) {
  const std::string end = absl::StrCat("\n\n", Line("a AAAAAAA="));
  const std::string text(kMaxNoteBytes - end.size(), 'x');
  EXPECT_TRUE(Note::Parse(absl::StrCat(text, end)).ok());
  EXPECT_EQ(ReasonOf(Note::Parse(absl::StrCat(text, "x", end)).status()), "NOTE_TOO_LARGE");
}

TEST(NoteTest, SixteenPostQuantumSignaturesFit) {
  Note note{.text = "example.com/log\n1\nAAA\n", .signatures = {}};
  for (uint32_t i = 0; i < 16; ++i) {
    note.signatures.push_back(
        {.name = "witness.example/w1", .key_id = i, .signature = std::string(8 + 2420, 's')});
  }
  const absl::StatusOr<Note> parsed = Note::Parse(note.Format());
  ASSERT_TRUE(parsed.ok()) << parsed.status();
  EXPECT_EQ(*parsed, note);
}

TEST(SignatureLinesTest, ParsesOneLineWithOrWithoutNewline) {
  const absl::StatusOr<NoteSignature> with = NoteSignature::ParseLine(Line("a AAAAAgM="));
  const absl::StatusOr<NoteSignature> without = NoteSignature::ParseLine("\xE2\x80\x94 a AAAAAgM=");
  ASSERT_TRUE(with.ok() && without.ok());
  EXPECT_EQ(*with, *without);
  EXPECT_EQ(with->key_id, 2u);
  EXPECT_EQ(with->signature, "\x03");
  EXPECT_EQ(with->FormatLine(), Line("a AAAAAgM="));
}

TEST(SignatureLinesTest, RefusesAnythingElse) {
  const std::string ok = Line("a AAAAAAA=");
  EXPECT_TRUE(ParseSignatureLines(ok).ok());
  for (const std::string& bad :
       {std::string(), std::string("\n"), ok + "\n", "\n" + ok, ok + "x", ok + "x\n",
        ok.substr(0, ok.size() - 1), std::string(kMaxNoteBytes + 1, 'x')}) {
    EXPECT_FALSE(ParseSignatureLines(bad).ok()) << bad.substr(0, 80);
  }
}

}  // namespace
}  // namespace candor
