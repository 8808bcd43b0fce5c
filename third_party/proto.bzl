# SPDX-License-Identifier: Apache-2.0
"""candor_proto_library: a C++ library made from .proto files with Debian's protoc.

Files import each other by their path from the repository's root, and so does the C++ code:
`#include "proto/candor/v1/log.pb.h"`. The well-known types come from /usr/include.
"""

def _relative(label, suffix):
    """The label of a companion target of `label`, e.g. //a/b -> //a/b:b_protos."""
    if ":" in label:
        return label + suffix
    return label + ":" + label.split("/")[-1] + suffix

def candor_proto_library(name, srcs, deps = [], grpc = False, visibility = None, **kwargs):
    """Makes the cc library `name`.

    Args:
      name: the cc library's name.
      srcs: .proto files of this package.
      deps: other candor_proto_library targets whose files are imported.
      grpc: also generate the services' stubs.
      visibility: as ever.
      **kwargs: handed to cc_library.
    """
    protos = name + "_protos"
    native.filegroup(
        name = protos,
        srcs = srcs + [_relative(dep, "_protos") for dep in deps],
        visibility = visibility,
    )

    bases = [src[:-len(".proto")] for src in srcs]
    headers = [base + ".pb.h" for base in bases]
    sources = [base + ".pb.cc" for base in bases]
    command = [
        "/usr/bin/protoc -I. -I/usr/include --cpp_out=$(GENDIR)",
    ]
    if grpc:
        headers += [base + ".grpc.pb.h" for base in bases]
        sources += [base + ".grpc.pb.cc" for base in bases]
        command.append("--plugin=protoc-gen-grpc=/usr/bin/grpc_cpp_plugin")
        command.append("--grpc_out=$(GENDIR)")
    command += ["$(location %s)" % src for src in srcs]

    # Generated headers are not held to our warning flags.
    mark = " && sed -i '1i #pragma GCC system_header' " + " ".join(
        ["$(location %s)" % header for header in headers],
    )
    native.genrule(
        name = name + "_gen",
        srcs = srcs + [":" + protos],
        outs = headers + sources,
        cmd = " ".join(command) + mark,
        visibility = ["//visibility:private"],
    )
    native.cc_library(
        name = name,
        srcs = sources,
        hdrs = headers,
        copts = ["-w"],
        linkstatic = True,
        visibility = visibility,
        deps = deps + ["//third_party/grpc"],
        **kwargs
    )
