#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# Installs what is missing, then builds everything and runs every test.
# Options and targets are handed to `bazel test`:
#
#   ./test.sh                       everything
#   ./test.sh --config=asan         everything under a sanitizer: asan, ubsan or tsan
#   ./test.sh //core/...            a part
#
# The last line is `N passed, N failed`: gtest cases, and one for each other kind of test.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
. scripts/env.sh

install=() targets=no
for argument in "$@"; do
  case $argument in
    --config=*) install=(--lint) ;;
    //*) targets=yes ;;
  esac
done
[[ $targets == yes ]] || set -- "$@" //...

if ! scripts/install_deps.sh "${install[@]}"; then
  echo "0 passed, 1 failed"
  exit 1
fi
run_tests "$@"
