#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# Makes the gRPC client in ./candor from the protocol's files, which stand in $CANDOR_PROTO.
# With packages of PyPI: python3 -m grpc_tools.protoc instead of protoc, without --plugin.
set -eu
cd "$(dirname "$0")"
protoc --proto_path="${CANDOR_PROTO:-../../../proto}" --python_out=. --grpc_python_out=. \
  --plugin=protoc-gen-grpc_python="$(command -v grpc_python_plugin)" candor/v1/log.proto
