#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# The main job on real input, nothing mocked: three real packages are published, witnessed, verified
# offline, attacked, and survive a crash and the loss of witnesses. Exits non-zero when any step does
# not do what it should.
#
#   ./demo.sh            installs what is missing, builds, runs
#   DEMO_KEEP=1          keeps the folder with everything that was made
set -euo pipefail
cd "$(dirname "$0")"

. scripts/env.sh
scripts/install_deps.sh --demo
candor_bazel build --noshow_progress //log:candor-log //witness:candor-witness //client/cli:candor \
  //tests/bench:candor-load

exec bash tests/demo/run.sh "$PWD/bazel-bin"
