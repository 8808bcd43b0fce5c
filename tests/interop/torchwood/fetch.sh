#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# Brings filippo.io/torchwood, the program litewitness and the library, from Debian's packages into
# a cache folder and prints that folder: bin/ holds the programs, lib/ a Go module with the
# library's root package. Later runs need no network. The module proxy does not serve it.
#
# The packages come from a newer Debian than the machine's: apt is asked with lists of its own, the
# machine's sources stay as they are. Everything is verified with the machine's Debian keyring.
set -euo pipefail

readonly MINIMUM=0.9.0 # the oldest version that the tests know; newer ones are taken as they come
readonly SUITES=(forky sid)
readonly PACKAGES=(torchwood golang-filippo-torchwood-dev)
readonly KEYRING=/usr/share/keyrings/debian-archive-keyring.gpg
readonly CACHE=${XDG_CACHE_HOME:-$HOME/.cache}/candor-interop

fail() {
  echo "torchwood/fetch.sh: $*" >&2
  exit 1
}

at_least_minimum() { dpkg --compare-versions "$1" ge "$MINIMUM"; }

# The newest version in the cache; folders appear there only when they are complete.
cached() {
  local folder best=
  for folder in "$CACHE"/torchwood-[0-9]*/; do
    [[ -x $folder/bin/litewitness && -f $folder/lib/go.mod ]] || continue
    folder=${folder%/}
    at_least_minimum "${folder##*/torchwood-}" || continue
    if [[ -z $best ]] ||
      dpkg --compare-versions "${folder##*/torchwood-}" gt "${best##*/torchwood-}"; then
      best=$folder
    fi
  done
  [[ -n $best ]] && echo "$best"
}

# Where this machine gets Debian from.
mirror() {
  local format="\$(REPO_URI) \$(ORIGIN) \$(LABEL)" uri
  uri=$(apt-get indextargets --format "$format" "Created-By: Packages" |
    awk '$2 == "Debian" && $3 == "Debian" { print $1; exit }')
  if [[ -z $uri ]]; then # before the first `apt-get update`
    uri=$(apt-get indextargets --format "\$(REPO_URI)" "Created-By: Packages" |
      awk '/\/debian\/?$/ { print; exit }')
  fi
  [[ -n $uri ]] || fail "apt knows no Debian mirror: is this a Debian with its sources configured?"
  echo "$uri"
}

# Settings for an apt with lists, status and caches below $work alone. How to download (a proxy, say)
# is the machine's own; what it does after an update is left out.
configure_apt() {
  mkdir -p "$work/state/lists/partial" "$work/cache/archives/partial"
  apt-config dump Acquire > "$work/apt.conf"
  cat >> "$work/apt.conf" << END
Dir::Etc::Parts "/dev/null";
Dir::Etc::Main "/dev/null";
Dir::Etc::SourceList "$work/sources.list";
Dir::Etc::SourceParts "/dev/null";
Dir::Etc::Preferences "/dev/null";
Dir::Etc::PreferencesParts "/dev/null";
Dir::State "$work/state";
Dir::State::status "/dev/null";
Dir::Cache "$work/cache";
APT::Sandbox::User "";
Acquire::Languages "none";
Acquire::Retries "3";
Acquire::IndexTargets::deb::DEP-11::DefaultEnabled "false";
Acquire::IndexTargets::deb::Contents-deb::DefaultEnabled "false";
END
}

isolated() { APT_CONFIG=$work/apt.conf "$@"; }

use_suite() {
  echo "deb [signed-by=$KEYRING] $uri $1 main" > "$work/sources.list"
  isolated apt-get -qq update >&2
}

# The version that both packages have in the suite in use; nothing if there is none.
candidate() {
  local package version found=
  for package in "${PACKAGES[@]}"; do
    version=$(isolated apt-cache show --no-all-versions "$package" 2> /dev/null |
      sed -n 's/^Version: //p' | head -n 1)
    [[ -n $version && (-z $found || $found == "$version") ]] || return 0
    found=$version
  done
  echo "$found"
}

# The root package as a module of its own: its go.mod, with only the modules that it imports. The
# commands beside it need modules that the module proxy does not serve.
make_library() {
  local source=$1 target=$2 imports module version file
  mkdir -p "$target"
  for file in "$source"/*.go; do
    if [[ $file != *_test.go ]]; then cp "$file" "$target"; fi
  done
  imports=$(sed -nE 's/^(import |\t)"([^"]+)"$/\2/p' "$target"/*.go | sort -u)
  sed -n '/^module /p; /^go /p' "$source/go.mod" > "$target/go.mod"
  sed -nE 's/^\t([^ ]+) (v[^ ]+)$/\1 \2/p' "$source/go.mod" | while read -r module version; do
    if grep -qE "^${module//./\\.}(/|$)" <<< "$imports"; then
      echo "require $module $version" >> "$target/go.mod"
    fi
  done
}

fetch() {
  local suite version found='' package
  for suite in "${SUITES[@]}"; do
    use_suite "$suite"
    version=$(candidate)
    if [[ -n $version ]] && at_least_minimum "$version"; then break; fi
    found+="${found:+, }$suite: ${version:-none}"
    version=
  done
  [[ -n $version ]] || fail "no torchwood of version $MINIMUM or newer; found $found"
  (cd "$work" && for package in "${PACKAGES[@]}"; do
    isolated apt-get -qq download "$package=$version" >&2
    dpkg-deb -x "$package"_*.deb "$work/$package"
  done)
  mkdir -p "$work/new/bin"
  cp "$work/torchwood/usr/bin/"{litewitness,witnessctl} "$work/new/bin/"
  make_library "$work/golang-filippo-torchwood-dev/usr/share/gocode/src/filippo.io/torchwood" \
    "$work/new/lib"
  "$work/new/bin/litewitness" -h > /dev/null 2>&1 ||
    fail "litewitness $version does not run here: built for a newer C library?"
  # Another run may have been faster; either result is the same.
  mv -T "$work/new" "$CACHE/torchwood-$version" 2> /dev/null ||
    [[ -d $CACHE/torchwood-$version ]] || fail "cannot write $CACHE/torchwood-$version"
  echo "$CACHE/torchwood-$version"
}

if cached; then exit 0; fi
[[ -r $KEYRING ]] || fail "$KEYRING is missing: install debian-archive-keyring"
mkdir -p "$CACHE"
work=$(mktemp -d "$CACHE/fetch.XXXXXX")
trap 'rm -rf "$work"' EXIT
configure_apt
uri=$(mirror)
fetch
