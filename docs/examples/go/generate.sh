#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# Makes the gRPC client in ./candorv1 from the protocol's files, which stand in $CANDOR_PROTO, with
# the generators that go.mod pins.
set -eu
cd "$(dirname "$0")"
module=example.com/publish
package=candor/v1/log.proto=$module/candorv1
protoc --proto_path="${CANDOR_PROTO:-../../../proto}" \
  --plugin=protoc-gen-go="$(go tool -n protoc-gen-go)" \
  --plugin=protoc-gen-go-grpc="$(go tool -n protoc-gen-go-grpc)" \
  --go_out=. --go_opt=module=$module --go_opt=M$package \
  --go-grpc_out=. --go-grpc_opt=module=$module --go-grpc_opt=M$package candor/v1/log.proto
