# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
#
# Sourced by the scripts: `candor_bazel` is bazel with the start options that fit this machine.
# CANDOR_BAZEL_STARTUP, when set, gives those options (say, another --output_base).

if [[ -z ${CANDOR_BAZEL_STARTUP:-} ]]; then
  # Bazel keeps its outputs below the home folder, which may be missing or read-only.
  if ! mkdir -p "${HOME:-/nonexistent}/.cache/bazel" 2> /dev/null ||
    [[ ! -w ${HOME:-/nonexistent}/.cache/bazel ]]; then
    CANDOR_BAZEL_STARTUP="--output_user_root=${TMPDIR:-/tmp}/candor-bazel-$(id -u)"
  fi
fi
export CANDOR_BAZEL_STARTUP=${CANDOR_BAZEL_STARTUP:-}

candor_bazel() {
  local startup
  read -r -a startup <<< "$CANDOR_BAZEL_STARTUP"
  bazel "${startup[@]}" "$@"
}

# A line with the time, so that a long log shows what took how long.
section() {
  printf '\n==== %s  %s\n' "$(date '+%H:%M:%S')" "$*"
}

# run_tests [BAZEL_OPTION|TARGET]...: runs tests; the last line is `N passed, N failed`, and the
# status is that of the line.
run_tests() {
  local events status=0
  events=$(mktemp)
  [[ -t 1 ]] || set -- --noshow_progress "$@"
  candor_bazel test --keep_going --build_event_json_file="$events" "$@" || status=$?
  if [[ ! -s $events ]]; then
    echo "FAILED: bazel did not run (exit code $status)"
    echo "0 passed, 1 failed"
    rm -f "$events"
    return 1
  fi
  status=0
  scripts/count_tests.py "$events" || status=$?
  rm -f "$events"
  return "$status"
}
