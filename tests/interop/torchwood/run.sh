#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# Runs the tests against filippo.io/torchwood: run.sh [FLAGS OF go test]. CANDOR_BIN names the folder
# of our programs, as for the other suites. fetch.sh brings torchwood; this go.mod learns where it
# is in a copy, so that nothing of it, and no path of this machine, is in the repository.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

torchwood=$(./fetch.sh)
echo "torchwood: version ${torchwood##*/torchwood-} (Debian's package)" >&2

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cp go.mod "$work/go.mod"
sort -u go.sum ../go.sum > "$work/go.sum"
go mod edit -replace "filippo.io/torchwood=$torchwood/lib" \
  -replace "candor/tests/interop=$(cd .. && pwd)" "$work/go.mod"

export TORCHWOOD_BIN=$torchwood/bin
go test -mod=mod -modfile="$work/go.mod" -count=1 "$@" .
