#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# binaries_test.sh BINARY...
#
# A program of ours calls BoringSSL and nothing else under the names of a TLS library: it exports
# no such name, imports them from BoringSSL alone, and never loads OpenSSL's shared libraries.
# It is looked at as a copy in another folder, where an operator would put it.
set -euo pipefail

failures=0
fail() {
  echo "FAILED: $*" >&2
  failures=$((failures + 1))
}

[[ $# -gt 0 ]] || { echo "usage: binaries_test.sh BINARY..." >&2; exit 2; }
android=/usr/lib/$(gcc -print-multiarch)/android
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# Names without versions. C++ names and the linker's own are no one's property.
dynamic_names() {  # dynamic_names --defined-only|--undefined-only FILE
  nm -D "$1" "$2" | awk '{ print $NF }' | sed 's/@.*//' | { grep -vE '^(_Z|_)' || true; } | LC_ALL=C sort -u
}

for library in crypto ssl; do
  dynamic_names --defined-only "$android/lib$library.so.0"
done | LC_ALL=C sort -u > "$work/boringssl"
if [[ $(grep -cE '^(EVP|SSL)_' "$work/boringssl") -lt 200 ]]; then
  fail "$android does not hold BoringSSL"
fi

for binary in "$@"; do
  name=$(basename "$binary")
  cp -L "$binary" "$work/$name"
  copy=$work/$name

  dynamic_names --defined-only "$copy" > "$work/exports"
  grep -E '^(grpc_openssl_)?(EVP|SSL|X509|BIO|OSSL)_' "$work/exports" > "$work/bad" || true
  LC_ALL=C comm -12 "$work/exports" "$work/boringssl" >> "$work/bad"
  if [[ -s $work/bad ]]; then
    fail "$name exports names of a TLS library: $(head -5 "$work/bad" | xargs)"
  fi

  nm -D --undefined-only "$copy" | grep -E '@(OPENSSL|LIBSSL|LIBCRYPTO)' > "$work/bad" || true
  if [[ -s $work/bad ]]; then fail "$name imports OpenSSL: $(head -5 "$work/bad" | xargs)"; fi
  dynamic_names --undefined-only "$copy" | grep -E '^(EVP|SSL|X509|BIO|OSSL)_' > "$work/imports" || true
  LC_ALL=C comm -23 "$work/imports" "$work/boringssl" > "$work/bad"
  if [[ -s $work/bad ]]; then
    fail "$name imports names that BoringSSL does not have: $(head -5 "$work/bad" | xargs)"
  fi

  env -i /usr/bin/ldd "$copy" > "$work/libraries"
  grep -E 'not found' "$work/libraries" > "$work/bad" || true
  if [[ -s $work/bad ]]; then fail "$name does not find its libraries: $(xargs < "$work/bad")"; fi
  grep -E 'lib(crypto|ssl|gnutls|nss3)[.-]' "$work/libraries" |
    grep -vE " => $android/lib(crypto|ssl)\.so\.0 " > "$work/bad" || true
  if [[ -s $work/bad ]]; then fail "$name loads another TLS library: $(xargs < "$work/bad")"; fi
  if ! grep -q " => $android/libcrypto.so.0 " "$work/libraries"; then
    fail "$name does not load BoringSSL from $android"
  fi
  echo "$name: $(wc -l < "$work/exports") C names exported," \
    "$(wc -l < "$work/imports") imported from BoringSSL"
done

if [[ $failures != 0 ]]; then
  echo "$failures failures" >&2
  exit 1
fi
echo "ok"
