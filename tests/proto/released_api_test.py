# SPDX-License-Identifier: Apache-2.0
"""Nothing in the wire API breaks callers of the last release, and all of it is documented."""

import contextlib
import io
import os
import re
import shutil
import tempfile
import unittest

import descriptor as pb
import released_api
from api_listing import breaking_changes, facts, list_api

SAMPLE = """
syntax = "proto3";
package sample.v1;
option go_package = "sample/v1";
service Log {
  rpc Add(Request) returns (Answer);
  rpc Read(Request) returns (stream Answer);
  rpc Send(stream Request) returns (Answer);
}
message Request {
  reserved 7, 20 to 29, 1000 to max;
  reserved "gone";
  oneof choice {
    string name = 1;
    bytes hash = 2;
  }
  uint64 size = 3;
  optional uint32 limit = 4;
  repeated string hints = 5;
  map<string, Kind> kinds = 6;
  message Inner {
    bool flag = 1;
  }
  Inner inner = 8;
  enum Mode {
    MODE_UNSPECIFIED = 0;
    MODE_FAST = 1;
  }
  Mode mode = 9;
}
message Answer {
  uint64 index = 1 [json_name = "position"];
}
enum Kind {
  KIND_UNSPECIFIED = 0;
  KIND_GOOD = 1;
  KIND_ODD = -1;
  reserved 5 to 6;
  reserved "KIND_GONE";
}
"""

# (what is done, replaced, by what, a part of what is said)
BREAKING = [
    ("a field is removed", "  uint64 size = 3;\n", "", "field sample.v1.Request#3 (size"),
    ("a field is removed and reserved", "  uint64 size = 3;\n", "  reserved 3;\n",
     "Request#3 (size"),
    ("a field is renamed", "uint64 size = 3", "uint64 tree_size = 3", 'is "tree_size'),
    ("a field is renumbered", "uint64 size = 3", "uint64 size = 13", "size is number 13 now"),
    ("two fields change places", "string name = 1;\n    bytes hash = 2",
     "bytes hash = 1;\n    string name = 2", "Request#1"),
    ("a type is changed", "uint64 size = 3", "int64 size = 3", 'is "size int64'),
    ("a wire-compatible type is changed", "string name = 1", "bytes name = 1", 'is "name bytes'),
    ("a message type is changed", "Inner inner = 8", "Answer inner = 8", "sample.v1.Answer"),
    ("a map's value is changed", "map<string, Kind>", "map<string, string>", "KindsEntry#2"),
    ("a map becomes a list", "map<string, Kind> kinds", "repeated Kind kinds", "Request#6"),
    ("a field becomes repeated", "uint64 size = 3", "repeated uint64 size = 3", "repeated"),
    ("a repeated field becomes single", "repeated string hints", "string hints", "single"),
    ("presence is dropped", "optional uint32 limit", "uint32 limit", "single"),
    ("presence is added", "uint64 size = 3", "optional uint64 size = 3", "optional"),
    ("a JSON name is changed", '[json_name = "position"]', "", "json=index"),
    ("a JSON name is given", "uint64 size = 3", 'uint64 size = 3 [json_name = "n"]', "json=n"),
    ("a field leaves its oneof", "    bytes hash = 2;\n  }\n", "  }\n  bytes hash = 2;\n",
     "hash bytes single json=hash"),
    ("a field joins a oneof", "    bytes hash = 2;\n  }\n  uint64 size = 3;\n",
     "    bytes hash = 2;\n    uint64 size = 3;\n  }\n", "oneof=choice"),
    ("a oneof is renamed", "oneof choice", "oneof pick", "oneof=pick"),
    ("a nested field is removed", "bool flag = 1;", "", "Request.Inner#1"),
    ("a message is removed", "  message Inner {\n    bool flag = 1;\n  }\n  Inner inner = 8;\n", "",
     "message sample.v1.Request.Inner was removed"),
    ("a message is renamed", "Answer", "Reply", "message sample.v1.Answer was removed"),
    ("a value is removed", "  KIND_GOOD = 1;\n", "", "value sample.v1.Kind#1 (KIND_GOOD)"),
    ("a value is renamed", "KIND_GOOD = 1", "KIND_FINE = 1", 'is "KIND_FINE"'),
    ("a value is renumbered", "KIND_GOOD = 1", "KIND_GOOD = 2", "KIND_GOOD is number 2 now"),
    ("a negative value is removed", "  KIND_ODD = -1;\n", "", "Kind#-1"),
    ("a nested value is removed", "    MODE_FAST = 1;\n", "", "Request.Mode#1"),
    ("an enum is renamed", "Mode", "Speed", "enum sample.v1.Request.Mode was removed"),
    ("a call is removed", "  rpc Add(Request) returns (Answer);\n", "",
     "rpc sample.v1.Log.Add (sample.v1.Request -> sample.v1.Answer) was removed"),
    ("a call is renamed", "rpc Add", "rpc Append", "Log.Add"),
    ("a call's request is changed", "rpc Add(Request)", "rpc Add(Answer)", "Log.Add"),
    ("a call's answer is changed", "Add(Request) returns (Answer)",
     "Add(Request) returns (Request)", "Log.Add"),
    ("an answer becomes a stream", "Add(Request) returns (Answer)",
     "Add(Request) returns (stream Answer)", "-> stream"),
    ("an answer is no stream any more", "returns (stream Answer)", "returns (Answer)", "Log.Read"),
    ("a request becomes a stream", "Add(Request)", "Add(stream Request)", 'is "stream'),
    ("a request is no stream any more", "Send(stream Request)", "Send(Request)", "Log.Send"),
    ("a service is renamed", "service Log", "service Tree", "service sample.v1.Log was removed"),
    ("the package is renamed", "package sample.v1", "package sample.v2", "package sample.v1"),
    ("an option is changed", '"sample/v1"', '"sample/v2"', "go_package"),
    ("an option is removed", 'option go_package = "sample/v1";\n', "", "go_package"),
    ("a reserved number is used", "reserved 7, 20 to 29", "bytes b = 7; reserved 20 to 29",
     "field sample.v1.Request#7 (b bytes single json=b) uses what was reserved"),
    ("one of a reserved range is used", "20 to 29", "20 to 24, 26 to 29; bytes b = 25; reserved 40",
     "Request#25"),
    ("a reserved name is used", 'reserved "gone";', "bytes gone = 30;",
     "uses what was reserved: sample.v1.Request:gone"),
    ("a reserved value is used", "reserved 5 to 6;", "reserved 5; KIND_NEW = 6;", "Kind#6"),
    ("a reserved value's name is used", 'reserved "KIND_GONE";', "KIND_GONE = 9;", "Kind#9"),
    ("a number is not reserved any more", "reserved 7, 20", "reserved 20",
     "Request#7..7 was reserved and is not any more"),
    ("a reserved range shrinks", "20 to 29", "20 to 28", "was reserved and is not any more"),
    ("a name is not reserved any more", '  reserved "gone";\n', "", "Request:gone was reserved"),
]

COMPATIBLE = [
    ("nothing", "", ""),
    ("a comment", "message Answer", "// An answer.\nmessage Answer"),
    ("the order of fields", "  uint64 size = 3;\n  optional uint32 limit = 4;\n",
     "  optional uint32 limit = 4;\n  uint64 size = 3;\n"),
    ("a new field", "uint64 size = 3;", "uint64 size = 3; bytes more = 10;"),
    ("a new member of a oneof", "bytes hash = 2;", "bytes hash = 2; uint64 index = 11;"),
    ("a new value", "KIND_GOOD = 1;", "KIND_GOOD = 1; KIND_BEST = 2;"),
    ("a new message", "message Answer", "message Other {}\nmessage Answer"),
    ("a new call", "service Log {", "service Log { rpc More(Request) returns (stream Answer);"),
    ("a new service", "service Log", "service Other {}\nservice Log"),
    ("a new option", "package sample.v1;", 'package sample.v1; option java_package = "s";'),
    ("more is reserved", "20 to 29", "19 to 30"),
    ("a range in two", "20 to 29", "20 to 24, 25 to 29"),
    ("a reserved name more", 'reserved "gone"', 'reserved "gone", "too"'),
]


class ProtoTest(unittest.TestCase):

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name

    def listing(self, source):
        with open(os.path.join(self.folder, "sample.proto"), "w", encoding="utf-8") as file:
            file.write(source)
        return list_api(pb.compile_protos(self.folder, ["sample.proto"]))

    def replaced(self, old, new):
        self.assertIn(old, SAMPLE)
        return self.listing(SAMPLE.replace(old, new) if old else SAMPLE)

    def test_each_breaking_change_is_told(self):
        before = self.listing(SAMPLE)
        for name, old, new, expected in BREAKING:
            with self.subTest(name):
                problems = breaking_changes(before, self.replaced(old, new))
                self.assertTrue(problems)
                self.assertTrue(any(expected in problem for problem in problems), problems)

    def test_additions_are_not(self):
        before = self.listing(SAMPLE)
        for name, old, new in COMPATIBLE:
            with self.subTest(name):
                self.assertEqual(breaking_changes(before, self.replaced(old, new)), [])

    def test_a_listing_is_the_same_after_it_was_written(self):
        before = self.listing(SAMPLE)
        self.assertEqual(breaking_changes(before, "\n".join(["# note", "", *before]).split("\n")),
                         [])
        with self.assertRaises(ValueError):
            facts(before + before[:1])
        with self.assertRaises(pb.ProtoError):
            self.listing("message {")


class ReleaseTest(unittest.TestCase):
    """The real files, and the command that is run at a release."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = folder.name
        for file in released_api.FILES:
            os.makedirs(os.path.dirname(os.path.join(self.root, file)), exist_ok=True)
            shutil.copyfile(os.path.join(released_api.ROOT, file), os.path.join(self.root, file))
        self.baseline = os.path.join(self.root, "baseline.txt")
        shutil.copyfile(released_api.BASELINE, self.baseline)

    def run_tool(self, *arguments):
        out = io.StringIO()
        with contextlib.redirect_stderr(out):
            code = released_api.main(list(arguments), self.root, self.baseline, out)
        return code, out.getvalue()

    def edit(self, old, new):
        path = os.path.join(self.root, released_api.FILES[0])
        with open(path, encoding="utf-8") as file:
            text = file.read()
        self.assertIn(old, text)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text.replace(old, new))

    def saved(self):
        with open(self.baseline, encoding="utf-8") as file:
            return file.read()

    def test_nothing_breaks_the_callers_of_the_last_release(self):
        out = io.StringIO()
        self.assertEqual(released_api.main(["check"], out=out), 0, out.getvalue())

    def test_the_real_api_is_guarded(self):
        for old, new in (("WaitFor wait_for = 3", "WaitFor wait = 3"),
                         ("bytes tlog_proof = 6", "string tlog_proof = 6"),
                         ("WAIT_FOR_PUBLISHED = 2", "WAIT_FOR_PUBLISHED = 3"),
                         ("rpc GetEntry(", "rpc FetchEntry("),
                         ("candor/v1;candorv1", "candor/v2;candorv2")):
            with self.subTest(new):
                self.setUp()
                self.edit(old, new)
                code, said = self.run_tool("check")
                self.assertEqual(code, 1)
                self.assertIn("breaking: ", said)

    def test_a_release_makes_the_baseline(self):
        self.edit("uint64 limit = 2;", "uint64 limit = 2;\n  uint64 more = 3;")
        self.assertEqual(self.run_tool("check")[0], 0)
        code, said = self.run_tool("release", "7.1")
        self.assertEqual((code, said.splitlines()[-1]), (0, "the baseline is release 7.1 now"))
        self.assertIn("ReadEntriesRequest#3 more uint64 single json=more", self.saved())
        self.assertIn("release 7.1,", self.saved())
        # From now on the addition is promised.
        self.edit("uint64 more = 3;", "")
        self.assertEqual(self.run_tool("check")[0], 1)

    def test_a_release_that_breaks_is_refused(self):
        before = self.saved()
        self.edit("uint64 limit = 2;", "uint32 limit = 2;")
        code, said = self.run_tool("release", "7.1")
        self.assertEqual(code, 1)
        self.assertIn("the baseline stays as it is", said)
        self.assertEqual(self.saved(), before)

    def test_wrong_usage_and_missing_files(self):
        for arguments in ([], ["check", "now"], ["release"], ["release", "new"], ["other"]):
            self.assertEqual(self.run_tool(*arguments)[0], 64, arguments)
        os.remove(self.baseline)
        self.assertEqual(self.run_tool("check")[0], 2)
        self.assertEqual(self.run_tool("release", "1.0")[0], 0)  # the first one
        os.remove(os.path.join(self.root, released_api.FILES[0]))
        self.assertEqual(self.run_tool("check")[0], 2)


class DocumentationTest(unittest.TestCase):

    def test_every_element_is_documented(self):
        file = pb.compile_protos(released_api.ROOT, released_api.FILES[:1])[0]
        comments = pb.comments(file)
        elements = []
        for m, message in enumerate(pb.messages(file, 4)):
            elements.append(((4, m), pb.text(message, 1)))
            elements += [((4, m, 2, f), f"{pb.text(message, 1)}.{pb.text(field, 1)}")
                         for f, field in enumerate(pb.messages(message, 2))]
        for e, enum in enumerate(pb.messages(file, 5)):
            elements.append(((5, e), pb.text(enum, 1)))
            elements += [((5, e, 2, v), pb.text(value, 1))
                         for v, value in enumerate(pb.messages(enum, 2))]
        for s, service in enumerate(pb.messages(file, 6)):
            elements.append(((6, s), pb.text(service, 1)))
            elements += [((6, s, 2, r), pb.text(call, 1))
                         for r, call in enumerate(pb.messages(service, 2))]
        self.assertGreater(len(elements), 60)
        for path, name in elements:
            self.assertGreater(len(comments.get(path, "").strip()), 8, f"{name} has no comment")

    def test_go_package_is_a_plain_path(self):
        with open(os.path.join(released_api.ROOT, released_api.FILES[0]), encoding="utf-8") as file:
            self.assertTrue(re.search(r'^option go_package = "[a-z0-9/]+;[a-z0-9]+";$', file.read(),
                                      re.MULTILINE))


if __name__ == "__main__":
    unittest.main()
