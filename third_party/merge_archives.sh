#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# merge_archives.sh OUT.a IN.a...: one static archive with the members of all.
set -eu
out=$1
shift
{
  echo "CREATE $out"
  for archive in "$@"; do
    echo "ADDLIB $archive"
  done
  echo SAVE
  echo END
} | ar -M
