# SPDX-License-Identifier: Apache-2.0
"""cc_library, cc_binary and cc_test as the whole project uses them.

They add the warning flags (as errors) and link statically, so that one copy of each dependency is
in a program and a binary runs wherever it is copied on the machine.
"""

WARNINGS = [
    "-Wall",
    "-Wextra",
    "-Werror",
    "-Wnon-virtual-dtor",
    "-Woverloaded-virtual",
]

_SANITIZERS = "//third_party/sanitizers:options"

def candor_cc_library(name, copts = [], **kwargs):
    native.cc_library(
        name = name,
        copts = WARNINGS + copts,
        linkstatic = True,
        **kwargs
    )

def candor_cc_binary(name, deps = [], copts = [], **kwargs):
    native.cc_binary(
        name = name,
        copts = WARNINGS + copts,
        deps = deps + [_SANITIZERS],
        linkstatic = True,
        **kwargs
    )

def candor_cc_test(name, deps = [], copts = [], gtest_main = True, size = "small", **kwargs):
    """A gtest test. Set gtest_main to False when the test brings its own main()."""
    gtest = "//third_party/gtest:gtest_main" if gtest_main else "//third_party/gtest"
    native.cc_test(
        name = name,
        size = size,
        copts = WARNINGS + copts,
        linkstatic = True,
        deps = deps + [_SANITIZERS] + ([gtest] if gtest not in deps else []),
        **kwargs
    )

def candor_py_test(name, main, srcs = [], data = [], args = [], size = "small", **kwargs):
    """A test in Python 3. py_test does not serve: its launcher asks for a command `python`.

    Args:
      name: the test's name.
      main: the script to run; it is given `args`.
      srcs: modules beside it.
      data: as ever.
      args: as ever.
      size: as ever.
      **kwargs: handed to sh_test.
    """
    native.sh_test(
        name = name,
        size = size,
        srcs = ["//third_party:python_test.sh"],
        args = ["$(location %s)" % main] + args,
        data = [main] + [src for src in srcs if src != main] + data,
        **kwargs
    )
