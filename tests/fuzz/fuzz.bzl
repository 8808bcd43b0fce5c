# SPDX-License-Identifier: Apache-2.0
"""One libFuzzer program for each fuzz target. Only --config=fuzz can build them."""

load("//third_party:candor.bzl", "candor_cc_binary")

def candor_fuzzers(name, targets, deps):
    """NAME_fuzzer for each target, and all of them under one name.

    Args:
      name: of all together.
      targets: from a target's name to its function.
      deps: where the functions are.
    """
    for target, function in targets.items():
        candor_cc_binary(
            name = target + "_fuzzer",
            testonly = True,
            srcs = ["fuzz_main.cc"],
            local_defines = ["CANDOR_FUZZ_TARGET=" + function],
            linkopts = ["-fsanitize=fuzzer"],
            tags = ["manual"],
            deps = deps,
        )
    native.filegroup(
        name = name,
        testonly = True,
        srcs = [target + "_fuzzer" for target in targets],
        tags = ["manual"],
    )
