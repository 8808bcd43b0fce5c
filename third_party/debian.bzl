# SPDX-License-Identifier: Apache-2.0
"""The repository @debian: the system's libraries, whatever the machine's architecture.

@debian//:lib/NAME.a is a static library of the multiarch folder. @debian//:defs.bzl names the
multiarch folder for link options and run paths.
"""

_REQUIRED = [
    "/usr/include/absl/status/statusor.h",
    "/usr/include/android/openssl/base.h",
    "/usr/include/boost/beast.hpp",
    "/usr/include/grpcpp/grpcpp.h",
    "/usr/include/gtest/gtest.h",
    "/usr/include/rocksdb/db.h",
    "/usr/bin/protoc",
    "/usr/bin/grpc_cpp_plugin",
]

_BUILD = """
package(default_visibility = ["//visibility:public"])

exports_files(glob(["lib/lib*.a"]))

filegroup(
    name = "absl_archives",
    srcs = glob(
        ["lib/libabsl_*.a"],
        exclude = [
            "lib/libabsl_*_main.a",
            "lib/libabsl_flags_parse.a",
            "lib/libabsl_*_test_util.a",
        ],
    ),
)

filegroup(
    name = "boringssl_headers",
    srcs = glob(["boringssl/openssl/*.h"]),
)

cc_library(
    name = "boringssl_include",
    hdrs = [":boringssl_headers"],
    includes = ["boringssl"],
)
"""

_DEFS = """
LIB_DIR = "/usr/lib/{multiarch}"
"""

def _debian_system_impl(ctx):
    for path in _REQUIRED:
        if not ctx.path(path).exists:
            fail("%s is missing: run scripts/install_deps.sh" % path)
    result = ctx.execute(["gcc", "-print-multiarch"])
    multiarch = result.stdout.strip()
    if result.return_code or not multiarch:
        fail("gcc does not name its multiarch folder: run scripts/install_deps.sh")
    ctx.symlink("/usr/lib/" + multiarch, "lib")
    ctx.symlink("/usr/include/android", "boringssl")
    ctx.file("BUILD", _BUILD)
    ctx.file("defs.bzl", _DEFS.format(multiarch = multiarch))

debian_system = repository_rule(
    implementation = _debian_system_impl,
    local = True,
)
