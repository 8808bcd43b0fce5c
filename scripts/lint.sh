#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# Checks every source of the repository: licence line, format, clang-tidy.
#
#   scripts/lint.sh            everything (installs the clang tools when they are missing)
#   scripts/lint.sh --fix      formats the files in place instead of complaining
#   scripts/lint.sh --quick    without clang-tidy
#   scripts/lint.sh --tidy     clang-tidy alone
#   scripts/lint.sh --tests    clang-tidy also for tests and what only they use, which takes twice as long
#   scripts/lint.sh FILE...    clang-tidy for these sources only
#
# The last line says how many checks passed and failed.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
. scripts/env.sh
readonly LLVM=19

fix=no quick=no alone=no tests=no only=()
for argument in "$@"; do
  case $argument in
    --fix) fix=yes ;;
    --quick) quick=yes ;;
    --tidy) alone=yes ;;
    --tests) tests=yes ;;
    -*) echo "lint.sh: unknown option $argument" >&2; exit 2 ;;
    *) only+=("${argument#./}") ;;
  esac
done

scripts/install_deps.sh --lint
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
passed=0 failed=0

# Prints the repository's files that match the patterns, also those not yet added to git.
files() {
  if git rev-parse --is-inside-work-tree > /dev/null 2>&1; then
    git ls-files --cached --others --exclude-standard -- "$@" | while IFS= read -r file; do
      if [[ -f $file ]]; then echo "$file"; fi
    done
  else
    local pattern
    for pattern in "$@"; do
      find . -path './bazel-*' -prune -o -name "$pattern" -type f -print | sed 's,^\./,,'
    done
  fi | LC_ALL=C sort -u
}

verdict() {  # verdict NAME STATUS
  if [[ $2 == 0 ]]; then
    passed=$((passed + 1)); echo "lint: $1: ok"
  else
    failed=$((failed + 1)); echo "lint: $1: FAILED"
  fi
}

check_licence() {
  local file bad=0
  while IFS= read -r file; do
    if ! head -n 3 "$file" | grep -q 'SPDX-License-Identifier: Apache-2.0'; then
      echo "$file: its first lines lack 'SPDX-License-Identifier: Apache-2.0'"
      bad=1
    fi
  done < <(files '*.h' '*.cc' '*.proto' '*.bzl' '*.sh' '*.py' '*BUILD' 'WORKSPACE' '.bazelrc' '.ci/run')
  return $bad
}

check_format() {
  local list=$work/format
  files '*.h' '*.cc' '*.proto' > "$list"
  if [[ $fix == yes ]]; then
    xargs -r -a "$list" "clang-format-$LLVM" -i
  else
    xargs -r -a "$list" "clang-format-$LLVM" --dry-run -Werror 2>&1 |
      grep 'error:' | sed 's/ \[-Wclang-format-violations\]//' | sort -u -t: -k1,1 > "$work/unformatted" || true
    if [[ -s $work/unformatted ]]; then
      cat "$work/unformatted"
      echo "run scripts/lint.sh --fix --quick to format these files"
      return 1
    fi
  fi
}

check_text() {
  local bad=0
  if files '*.h' '*.cc' '*.proto' '*.bzl' '*.sh' '*.py' '*BUILD' '*.md' |
      xargs -r -d '\n' grep -nHE $'[ \t]+$|\r' ; then
    echo "trailing white space or carriage returns in the lines above"
    bad=1
  fi
  return $bad
}

# tidy_one KEY FILE: prints the findings; a file in $failures marks a failure. What was clean under
# this key before is not read again.
tidy_one() {
  local file=$2 log checks="" clean=${candor_cache:+$candor_cache/tidy/$1}
  if [[ -n $clean && -e $clean ]]; then return; fi
  log=$(mktemp -p "$work")
  # A table of cases may be long.
  if [[ $file == *_test.cc || $file == tests/* ]]; then
    checks=-readability-function-size
  fi
  if ! "clang-tidy-$LLVM" --quiet -p . ${checks:+--checks=$checks} "$file" > "$log" 2> "$log.err"; then
    touch "$failures/$(basename "$log")"
    # Without findings the reason (say, a header that was not found) is on the error stream.
    if ! grep -q 'error:' "$log"; then cat "$log.err" >> "$log"; fi
  elif [[ -n $clean ]]; then
    touch "$clean"
  fi
  if [[ -s $log ]]; then cat "$log"; fi
}

check_tidy() {
  if [[ ${#only[@]} == 0 ]]; then
    # Generated headers must exist, or nothing that includes them can be parsed.
    local generated
    generated=$(candor_bazel query --noshow_progress 'kind(genrule, //...)' 2> "$work/query") ||
      { cat "$work/query"; return 1; }
    if [[ -n $generated ]]; then
      # shellcheck disable=SC2086
      candor_bazel build --noshow_progress $generated > "$work/build" 2>&1 || { cat "$work/build"; return 1; }
    fi
    scripts/compile_commands.py || return 1
  fi
  export failures=$work/failures work LLVM candor_cache
  if [[ -n $candor_cache ]]; then mkdir -p "$candor_cache/tidy"; fi
  mkdir "$failures"
  export -f tidy_one
  if [[ ${#only[@]} != 0 ]]; then
    printf '%s\n' "${only[@]}" > "$work/sources"
  else
    grep -o '"file": "[^"]*"' compile_commands.json | cut -d'"' -f4 | grep -v '^third_party/' |
      LC_ALL=C sort -u > "$work/all"
    if [[ $tests == yes ]]; then
      cp "$work/all" "$work/sources"
    else
      grep -vE '^tests/|_test\.cc$|_benchmark\.cc$|/(test|fake_)[^/]*\.cc$' "$work/all" > "$work/sources"
    fi
  fi
  scripts/tidy_keys.py < "$work/sources" > "$work/keys" || return 1
  xargs -P "$(nproc)" -n 2 bash -c 'tidy_one "$1" "$2"' _ < "$work/keys"
  echo "lint: clang-tidy read $(wc -l < "$work/sources") sources"
  [[ -z $(ls -A "$failures") ]]
}

check() {  # check NAME FUNCTION
  local status=0
  "$2" || status=$?
  verdict "$1" "$status"
}

if [[ ${#only[@]} == 0 && $alone == no ]]; then
  check "licence lines" check_licence
  check "format" check_format
  check "text" check_text
fi
if [[ $quick == no ]]; then check "clang-tidy" check_tidy; fi

echo "lint: $passed passed, $failed failed"
[[ $failed == 0 ]]
