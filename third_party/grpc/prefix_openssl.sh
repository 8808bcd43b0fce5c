#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# prefix_openssl.sh OUT.a libssl.a libcrypto.a IN.a...
#
# Merges the archives into one, with every global name of OpenSSL changed to grpc_openssl_NAME.
# Debian's gRPC is built against OpenSSL while our code calls BoringSSL, which has the same names;
# after the change the two can not be mixed up, neither by the linker nor at run time.
set -eu
out=$1 ssl=$2 crypto=$3
shift 3

work=$(mktemp -d "${TMPDIR:-/tmp}/prefix_openssl.XXXXXX")
trap 'rm -rf "$work"' EXIT

nm -g --defined-only "$ssl" "$crypto" 2>/dev/null |
  awk 'NF == 3 { print $3 }' | LC_ALL=C sort -u |
  awk '{ print $1, "grpc_openssl_" $1 }' > "$work/map"
if [ "$(wc -l < "$work/map")" -lt 1000 ]; then
  echo "prefix_openssl.sh: $ssl and $crypto define too few symbols" >&2
  exit 1
fi

number=0
{
  echo "CREATE $out"
  for archive in "$ssl" "$crypto" "$@"; do
    number=$((number + 1))
    objcopy --redefine-syms="$work/map" "$archive" "$work/$number.a"
    echo "ADDLIB $work/$number.a"
  done
  echo SAVE
  echo END
} > "$work/script"
ar -M < "$work/script"
