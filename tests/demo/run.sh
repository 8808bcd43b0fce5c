#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# The demo itself, on built binaries: tests/demo/run.sh BINDIR
set -euo pipefail

bin=$(cd "$1" && pwd)
candor=$bin/client/cli/candor
candor_log=$bin/log/candor-log
candor_witness=$bin/witness/candor-witness
load=$bin/tests/bench/candor-load
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d "${TMPDIR:-/tmp}/candor-demo.XXXXXX")
started=$SECONDS
checks=0

# shellcheck source=tests/demo/lib.sh
source "$here/lib.sh"
trap cleanup EXIT

packages=(hello tzdata ca-certificates)
origin=log.example/demo
vendor=debian.example
prefix=pkg:deb/debian/

cd "$work"

step 0 "Download three real packages and check them against the package index"
download_packages "${packages[@]}"

step 1 "Start a log and three witnesses, policy: 2 of 3"
show "$candor_log" init --origin "$origin" --dir "$work/log"
log_vkey=$("$candor_log" vkey --config log/candor-log.conf)
for w in 1 2 3; do
  show "$candor_witness" init --dir "$work/w$w" --name "w$w.example" --log "$log_vkey"
  start_witness "$w"
done
write_policy
start_log

step 2 "Enrol a vendor: its keys, what it may say, about which products"
for key in root signing; do
  show "$candor" keygen --out "$key.key"
done
enrol "$vendor" "$prefix" root.key signing.key
write_participants

step 3 "Publish a release statement for each package"
for deb in debs/*.deb; do
  show "$candor" publish "$deb" --purl "$(purl_of "$deb")" --key signing.key \
    --log "$log_http" --policy trust.policy
done

step 4 "Verify each one in another folder, from package, proof and trust files alone, without a network"
mkdir customer
cp debs/*.deb debs/*.tlog-proof trust.policy participants.txt customer/
cd customer
offline bash -c "! (exec 3<>/dev/tcp/127.0.0.1/${log_http##*:}) 2>/dev/null" ||
  fail "the network is not cut off"
say "(the log cannot be reached from here)"
for deb in *.deb; do
  expect 0 "OK" offline "$candor" verify "$deb" --policy trust.policy --participants participants.txt
done
cd "$work"

step 5 "Refuse what must be refused, each for its own reason"
refusals

step 6 "Kill the log with SIGKILL under load; nothing that was acknowledged may be missing"
crash

step 7 "Lose one witness: publishing goes on. Lose two: it stops, says so, and recovers"
witness_loss

say ""
say "All $checks checks passed in $((SECONDS - started)) s: $(published_size) entries in the log, every acknowledged one of them there."
