#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# Lets other people's programs and libraries talk to ours: builds our programs, runs every suite
# below, and counts test cases. Versions are pinned in go.mod and package-lock.json. Needs go and
# node; Debian's packages that are missing are installed.
#
#   tests/interop/run.sh              every suite
#   tests/interop/run.sh SUITE...     only these
#
# CANDOR_BIN, when set, names a folder with our programs, and nothing is built.
# The last line is `N passed, N failed`. A suite that is missing, runs no test or skips one has failed.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
export PATH=$PATH:/usr/local/go/bin # where Go's own archive goes
if [[ -z ${HOME:-} ]] || ! mkdir -p "$HOME" 2> /dev/null || [[ ! -w $HOME ]]; then
  # Go and npm keep what they fetch below the home folder.
  HOME=${TMPDIR:-/tmp}/candor-home-$(id -u)
  export HOME
  mkdir -p "$HOME"
fi
. scripts/env.sh

# Go packages of this module, each a suite. torchwood is a module of its own; node is for Node.js.
readonly GO_SUITES=(tlog transparencydev tessera dsse grpc badinput examples)
readonly SUITES=("${GO_SUITES[@]}" torchwood node)

give_up() {
  echo "run.sh: $*"
  echo "0 passed, 1 failed"
  exit 1
}

# need PROGRAM WHY...
need() {
  command -v "$1" > /dev/null || give_up "there is no $1 on the PATH: $2"
}

# at_least NAME HAVE WANT
at_least() {
  [[ $(printf '%s\n%s\n' "$2" "$3" | sort -V | head -n 1) == "$3" ]] ||
    give_up "$1 is version $2, the tests need $3 or newer"
}

check_tools() {
  local version
  need go "install Go, https://go.dev/dl/"
  version=$(cd tests/interop && go env GOVERSION) || give_up "go does not run"
  at_least go "${version#go}" "$(awk '$1 == "go" { print $2 }' tests/interop/go.mod)"
  need node "install Node.js"
  version=$(node --version)
  at_least node "${version#v}" 20.11
  need npm "it comes with Node.js"
  scripts/install_deps.sh --interop || give_up "Debian's packages can not be installed"
  need protoc "install the package protobuf-compiler"
}

build_programs() {
  local targets=(//client/cli:candor //log:candor-log //witness:candor-witness //tests/bench:candor-load)
  candor_bazel build --noshow_progress "${targets[@]}" || give_up "our programs do not build"
  # A copy: another build may change what bazel-bin leads to while the tests run.
  mkdir "$work/bin"
  cp -L bazel-bin/client/cli/candor bazel-bin/log/candor-log bazel-bin/witness/candor-witness \
    bazel-bin/tests/bench/candor-load "$work/bin"
  CANDOR_BIN=$work/bin
}

# The suites' own status is not asked: their reports say all, and lack what did not run.
run_go() {
  local packages=("${@/#/./}")
  (cd tests/interop && go test -count=1 -json -p "$parallel" "${packages[@]}") > "$reports/go.json" || true
}

run_torchwood() {
  tests/interop/torchwood/run.sh -json > "$reports/torchwood.json" || true
}

run_node() {
  (
    cd tests/interop/node
    if [[ -d node_modules || -n $(node -p 'Object.keys(require("./package-lock.json").packages).slice(1).join()') ]]; then
      npm ci --no-audit --no-fund
    fi
    node --test --test-reporter=tap
  ) > "$reports/node.tap" || true
}

chosen=("$@")
if [[ $# == 0 ]]; then chosen=("${SUITES[@]}"); fi
for suite in "${chosen[@]}"; do
  [[ " ${SUITES[*]} " == *" $suite "* ]] || give_up "there is no suite $suite, only: ${SUITES[*]}"
done

check_tools
(cd tests/interop && python3 -B count_tests_test.py) || give_up "the counter does not count right"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
reports=$work/reports
mkdir "$reports"
parallel=$(nproc)
if [[ $parallel -gt 4 ]]; then parallel=4; fi # each package is several servers at work

if [[ -z ${CANDOR_BIN:-} ]]; then build_programs; fi
CANDOR_BIN=$(cd "$CANDOR_BIN" && pwd)
export CANDOR_BIN
section "a Go client of our protocol, made by the stock generators"
tests/interop/grpc/generate.sh || give_up "the Go client can not be made"

section "gofmt, go vet"
unformatted=$(gofmt -l tests/interop docs/examples)
[[ -z $unformatted ]] || give_up "gofmt would change ${unformatted//$'\n'/ }"
(cd tests/interop && go vet ./...) || give_up "go vet found something"

go_chosen=()
for suite in "${chosen[@]}"; do
  if [[ " ${GO_SUITES[*]} " == *" $suite "* ]]; then go_chosen+=("$suite"); fi
done
if [[ ${#go_chosen[@]} != 0 ]]; then
  section "${go_chosen[*]}"
  run_go "${go_chosen[@]}"
fi
for suite in torchwood node; do
  if [[ " ${chosen[*]} " == *" $suite "* ]]; then
    section "$suite"
    "run_$suite"
  fi
done
section "summary"
tests/interop/count_tests.py "$reports" "${chosen[@]}"
