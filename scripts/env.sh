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

# What was built once need not be built again, in whichever checkout. CANDOR_BAZEL_CACHE names the
# folder; empty turns it off. Files that were not made or used for two weeks are dropped.
candor_cache=${CANDOR_BAZEL_CACHE-${XDG_CACHE_HOME:-${HOME:-/nonexistent}/.cache}/candor-bazel}
if [[ -n $candor_cache ]] && mkdir -p "$candor_cache" 2> /dev/null && [[ -w $candor_cache ]]; then
  find "$candor_cache" -type f -mtime +14 -atime +14 -delete 2> /dev/null || true
else
  candor_cache=
fi

# candor_bazel COMMAND [ARGUMENT]...
candor_bazel() {
  local startup command=$1
  shift
  read -r -a startup <<< "$CANDOR_BAZEL_STARTUP"
  case $command in
    build | test | run) set -- ${candor_cache:+"--disk_cache=$candor_cache"} "$@" ;;
  esac
  bazel "${startup[@]}" "$command" "$@"
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
