#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# Makes a Go client of our protocol the way any user would: protoc with the stock generators, as
# pinned in go.mod. Everything goes to tests/interop/gen, which git ignores:
#   candorpb/   the client
#   bin/        the generators, and grpcurl
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

readonly protos=../../proto package=candor/tests/interop/gen/candorpb
mkdir -p gen/bin gen/candorpb
go build -p 2 -o gen/bin/ google.golang.org/protobuf/cmd/protoc-gen-go \
  google.golang.org/grpc/cmd/protoc-gen-go-grpc github.com/fullstorydev/grpcurl/cmd/grpcurl
mapfile -t files < <(cd "$protos" && find candor/v1 -name '*.proto' | sort)
mapped=()
for file in "${files[@]}"; do
  mapped+=("--go_opt=M$file=$package;candorpb" "--go-grpc_opt=M$file=$package;candorpb")
done
# With `paths=source_relative` the files would lie below candor/v1; with `module` they lie flat.
PATH=$PWD/gen/bin:$PATH protoc --proto_path="$protos" --go_out=gen/candorpb --go_opt="module=$package" \
  --go-grpc_out=gen/candorpb --go-grpc_opt="module=$package" "${mapped[@]}" "${files[@]}"
