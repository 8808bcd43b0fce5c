#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# The candor binary as its users meet it: exit codes, answers, messages.
set -u

candor=$PWD/$1
test_log=$PWD/$2
dir=$(mktemp -d "${TEST_TMPDIR:-/tmp}/cli_test.XXXXXX")
failures=0

# expect CODE TEXT COMMAND...: the exit code, and TEXT in what it prints (both streams).
expect() {
  local code=$1 text=$2 output got
  shift 2
  output=$("$@" 2>&1 </dev/null)
  got=$?
  if [[ $got != "$code" || $output != *"$text"* ]]; then
    printf 'FAILED: %s\n  exit code %s, expected %s; expected "%s" in:\n%s\n' \
      "$*" "$got" "$code" "$text" "$output"
    failures=$((failures + 1))
  fi
}

coproc LOG { exec "$test_log" "$dir"; }
read -r url <&"${LOG[0]}" || { echo "the test log did not start"; exit 1; }
cd "$dir" || exit 1

# Every command explains itself; a wrong command line is 64.
expect 0 "commands:" "$candor" --help
expect 64 "commands:" "$candor"
expect 64 'no command "nope"' "$candor" nope
for command in keygen "attest release" publish verify show monitor "policy check" \
  "participants check" "enroll request" "enroll approve" "enroll submit" "enroll direct"; do
  # shellcheck disable=SC2086
  expect 0 "usage: candor $command" "$candor" $command --help
  # shellcheck disable=SC2086
  expect 64 "unknown flag --nope" "$candor" $command --nope
done

# keygen
expect 0 "key hash:" "$candor" keygen --out new.key
expect 0 '"alg":"ecdsa-p256-sha256"' "$candor" keygen --out ec.key --alg ecdsa-p256 --json
expect 1 "new.key" "$candor" keygen --out new.key
expect 64 "--out is missing" "$candor" keygen
expect 64 "--alg is ed25519 or ecdsa-p256" "$candor" keygen --out x --alg rsa
expect 0 "600" stat -c %a new.key
expect 0 "BEGIN PUBLIC KEY" cat new.key.pub

# verify: yes, no, unknown
verify=("$candor" verify cam.bin --policy trust.policy)
expect 0 "OK: cam.bin is pkg:generic/acme.example/cam@1.0 by acme.example, logged by 2023-11-14" \
  "${verify[@]}" --participants participants
expect 0 "OK: cam.bin" "${verify[@]}" --key vendor.pub
expect 0 "OK: cam.bin" "${verify[@]}" --key vendor.pub --allow pkg:generic/acme.example/
expect 0 "witnesses" "${verify[@]}" --participants participants --explain
expect 0 '"verdict":"OK"' "${verify[@]}" --participants participants --json
expect 0 "OK:" "${verify[@]}" --participants participants --purl pkg:generic/acme.example/cam
expect 1 "NO: the artifact is" "${verify[@]}" --participants participants \
  --purl pkg:generic/acme.example/tv
expect 1 "NO: no pinned participant signed it" "${verify[@]}" --participants participants \
  --proof foreign.tlog-proof
expect 1 "NO: the statement is outside the participant's prefixes" "${verify[@]}" \
  --participants participants --proof outside.tlog-proof
expect 1 "NO: too few cosignatures: w1 cosigned, the policy needs at least 2 of w1, w2, w3 [QUORUM_NOT_MET]" \
  "${verify[@]}" --participants participants --proof few.tlog-proof
expect 1 '"reason":"QUORUM_NOT_MET"' "${verify[@]}" --participants participants \
  --proof few.tlog-proof --json
expect 1 "NO: the proof file is malformed" "${verify[@]}" --participants participants \
  --proof trust.policy
printf 'x' | cat cam.bin - >changed.bin
expect 1 "NO: the artifact differs from the statement" "$candor" verify changed.bin \
  --proof cam.bin.tlog-proof --policy trust.policy --participants participants
expect 2 "UNKNOWN: " "$candor" verify changed.bin --policy trust.policy --participants participants
expect 2 "UNKNOWN: " "$candor" verify missing.bin --policy trust.policy --participants participants
expect 2 "UNKNOWN: " "$candor" verify cam.bin --policy missing --participants participants
echo "participnt acme.example" >participants.bad
expect 2 "UNKNOWN: participants.bad: line 1" "${verify[@]}" --participants participants.bad
expect 64 "name exactly one artifact" "$candor" verify --policy trust.policy --key vendor.pub
expect 64 "--policy is missing" "$candor" verify cam.bin --key vendor.pub
expect 64 "give either --participants or --key" "${verify[@]}"
expect 64 "--purl is no package URL" "${verify[@]}" --participants participants --purl cam
expect 64 "--allow goes with --key" "${verify[@]}" --participants participants --allow pkg:a/b

# policy and participants
expect 0 "cosigned by at least 2 of w1, w2, w3" "$candor" policy check trust.policy
expect 0 "participant acme.example" "$candor" participants check participants
expect 1 "line 1" "$candor" participants check trust.policy
expect 1 "line 1" "$candor" policy check participants

# attest
expect 0 "statement written" "$candor" attest release --artifact cam.bin --purl \
  pkg:generic/acme.example/cam@2.0 --out statement.json
expect 0 '"sha512"' cat statement.json
echo cam.bin >list
expect 0 "in-toto.io/attestation/release" "$candor" attest release --list list --purl \
  pkg:generic/acme.example/cam@2.0
expect 2 "missing" "$candor" attest release --artifact missing --purl pkg:generic/a/b@1
expect 1 "package URL" "$candor" attest release --artifact cam.bin --purl nonsense

# publish: waits out the log's start, then verifies; a rerun is answered the same
publish=("$candor" publish --key vendor.key --log "$url" --policy trust.policy)
printf 'new firmware' >fw.bin
expect 0 "trying again" "${publish[@]}" fw.bin --purl pkg:generic/acme.example/fw@1.0
expect 0 "published: entry 2 of log.example/candor, logged by 2023-11-14" "${publish[@]}" fw.bin \
  --purl pkg:generic/acme.example/fw@1.0
expect 0 "OK: fw.bin" "$candor" verify fw.bin --policy trust.policy --participants participants
expect 1 "" test -e fw.bin.dsse.json
expect 0 "published: entry 3" "${publish[@]}" --statement statement.json
expect 1 "[PURL_OUTSIDE_SCOPE]" "${publish[@]}" cam.bin --purl pkg:generic/other.example/x@1 --out x.tlog-proof
expect 1 "" test -e cam.bin.dsse.json
expect 2 "" "$candor" publish cam.bin --purl pkg:generic/acme.example/cam@3 --key vendor.key \
  --log http://127.0.0.1:1 --timeout 1s --out x.tlog-proof
expect 1 "cam.bin.dsse.json holds an unfinished submission" "${publish[@]}" cam.bin --purl \
  pkg:generic/acme.example/cam@4 --out x.tlog-proof
expect 0 "payloadType" cat cam.bin.dsse.json
expect 0 "published: entry 4" "$candor" publish --envelope cam.bin.dsse.json --log "$url"
expect 64 "--log is missing" "$candor" publish cam.bin --purl pkg:generic/a/b@1 --key vendor.key
expect 64 "--key is missing" "$candor" publish cam.bin --purl pkg:generic/a/b@1 --log "$url"
expect 64 "--purl is missing" "$candor" publish cam.bin --key vendor.key --log "$url"
expect 1 "http://, https://, grpc:// or grpcs://" "$candor" publish fw.bin --purl \
  pkg:generic/acme.example/fw@1.0 --key vendor.key --log ftp://x

# enroll
terms=(--log-origin log.example/candor --participant beta.example --root-key new.key
  --signing-key ec.key --predicate release --purl-prefix pkg:generic/beta.example/)
expect 0 "participant:  beta.example" "$candor" enroll request "${terms[@]}" --out request.json
expect 0 "statements that name no product" "$candor" enroll request "${terms[@]}" --unnamed \
  --out unnamed.json
expect 64 "give --yes" "$candor" enroll approve request.json --registrar-key registrar.key \
  --out approved.json
expect 0 "approved; next" "$candor" enroll approve request.json --registrar-key registrar.key \
  --out approved.json --yes
expect 0 "enrolled beta.example: entry 5" "$candor" enroll submit approved.json --log "$url" \
  --policy trust.policy
expect 0 "enrolled beta.example: entry 5" "$candor" enroll direct "${terms[@]}" \
  --registrar-key registrar.key --log "$url"
expect 1 "not an enrolment" "$candor" enroll approve cam.bin.dsse.json --registrar-key \
  registrar.key --out x --yes

# show
expect 0 "proof of entry 2" "$candor" show cam.bin.tlog-proof
expect 0 "cosigned by  witness.example/w1 at 2023-11-14" "$candor" show checkpoint
expect 0 "signed envelope" "$candor" show approved.json
expect 0 "entries      6" "$candor" show "$url"
expect 0 "kind         participant-keyset" "$candor" show 1 --log "$url"
expect 0 '"kind":"log-config"' "$candor" show 0 --log "$url" --json
expect 1 "there is no entry 99" "$candor" show 99 --log "$url"
expect 64 "name an entry by its index" "$candor" show x --log "$url"

# publish what other tools signed: told by content, each with a proof; nothing is sent when one is wrong
signed=("$candor" publish --log "$url" --policy trust.policy)
expect 0 "published: entry 6 of log.example/candor, logged by 2023-11-14" "${signed[@]}" cosign.json
expect 0 "proof: cosign.json.tlog-proof" "${signed[@]}" cosign.json
expect 0 "published: entry 6" "${signed[@]}" --envelope cosign.json
expect 0 "OK: cam.bin is pkg:generic/acme.example/cam@5.0" "${verify[@]}" --participants participants \
  --proof cosign.json.tlog-proof
expect 0 '"index":7' "${signed[@]}" bundle.sigstore --json
expect 0 "published: witness.out: entry 8" "${signed[@]}" witness.out cosign.json
expect 0 "2 of 2 published" "${signed[@]}" witness.out cosign.json
expect 0 "proof: cam.bin.tlog-proof" "${signed[@]}" --envelope cosign.json cam.bin
expect 1 "changed.bin (sha256" "${signed[@]}" --envelope cosign.json changed.bin
expect 0 "published: lines.intoto.jsonl line 3: entry 10" "${signed[@]}" lines.intoto.jsonl
expect 0 "3 of 3 published" "${signed[@]}" lines.intoto.jsonl
expect 0 "proof of entry 7" "$candor" show lines.intoto.jsonl.2.tlog-proof
expect 0 "cam@6.1" "${verify[@]}" --participants participants --proof lines.intoto.jsonl.3.tlog-proof
expect 1 "mixed.jsonl line 2: $url: none of the envelope's 1 signatures verifies" "${signed[@]}" mixed.jsonl
expect 1 "mixed.jsonl line 4: " "${signed[@]}" mixed.jsonl
expect 1 "2 of 4 published" "${signed[@]}" mixed.jsonl
expect 1 '"published":2' "${signed[@]}" mixed.jsonl --json
expect 0 "entries      13" "$candor" show "$url"
expect 0 "" test -e mixed.jsonl.4.tlog-proof
expect 1 "" test -e mixed.jsonl.2.tlog-proof
expect 1 "foreign.json: $url: none of the envelope's 1 signatures verifies under an enrolled key" \
  "${signed[@]}" foreign.json
expect 1 "[KEY_NOT_ENROLLED]" "${signed[@]}" foreign.json --public-key stranger.pub
expect 1 "none of its 1 signatures is by the given key" "${signed[@]}" cosign.json --public-key \
  stranger.pub
expect 0 "published: entry 6" "${signed[@]}" cosign.json --public-key vendor.pub
expect 1 "text.json: what was signed is text/plain, not an in-toto statement" "${signed[@]}" text.json
expect 1 "broken.jsonl: line 2: " "${signed[@]}" broken.jsonl
expect 1 "[JSON_INVALID]" "${signed[@]}" cosign.json broken.jsonl
expect 64 "nobody signed the statement unsigned.json" "${signed[@]}" unsigned.json
expect 1 "[ATTESTATION_UNSIGNED]" "${signed[@]}" --envelope unsigned.json
expect 0 "entries      13" "$candor" show "$url"
expect 0 "published: entry 13" "${signed[@]}" unsigned.json --key vendor.key
expect 0 "cam@9.0" "${verify[@]}" --participants participants --proof unsigned.json.tlog-proof
expect 64 "cosign.json is signed already" "${signed[@]}" cosign.json --key vendor.key
expect 64 "leave out --out" "${signed[@]}" lines.intoto.jsonl --out x.tlog-proof
expect 64 "--purl is missing" "${signed[@]}" cam.bin
expect 2 "missing.json" "${signed[@]}" missing.json
expect 2 "1 not tried" "$candor" publish --log http://127.0.0.1:1 --timeout 1s cosign.json witness.out

# publish with several keys: an entry without one of the signatures is no success, and the signed
# envelope outlives whatever goes wrong here
printf 'two keys' >two.bin
two=("$candor" publish two.bin --purl pkg:generic/acme.example/two@1.0 --key vendor.key)
expect 1 "[RECEIPT_LACKS_SIGNATURE]" "${two[@]}" --key new.key --log "$url" --policy trust.policy
expect 1 "" test -e two.bin.tlog-proof
expect 0 "" test -e two.bin.dsse.json
expect 1 "line 1" "${two[@]}" --key new.key --log "$url" --policy participants
expect 1 "is not a time" "${two[@]}" --key new.key --log "$url" --timeout soon
expect 1 "grpcs://" "${two[@]}" --key new.key --log ftp://x
expect 0 "" test -e two.bin.dsse.json
expect 0 "published: entry 14" "${two[@]}" --log "$url" --policy trust.policy
expect 1 "" test -e two.bin.dsse.json
expect 1 "line 1" "${two[@]}" --log "$url" --policy participants
expect 1 "" test -e two.bin.dsse.json

# monitor: everything once, then nothing new
monitor=("$candor" monitor --log "$url" --policy trust.policy --state watch)
expect 0 "entry 2: release of pkg:generic/acme.example/fw@1.0 by acme.example" "${monitor[@]}"
expect 0 "" "${monitor[@]}" --once
again=$("${monitor[@]}" --json)
[[ -z $again ]] || { echo "FAILED: the monitor told something twice: $again"; failures=1; }
# What did not get out was not told.
watch=("$candor" monitor --log "$url" --policy trust.policy --state full)
# shellcheck disable=SC2016
expect 2 "[OUTPUT_FAILED]" bash -c '"$@" 2>&1 >/dev/full' bash "${watch[@]}"
# shellcheck disable=SC2016
expect 2 "[OUTPUT_FAILED]" bash -c '"$@" 2>&1 >/dev/full' bash "${watch[@]}" --json
expect 0 "entry 0: log-config" "${watch[@]}"
expect 0 '"participants":["acme.example"]' "$candor" monitor --log "$url" --policy trust.policy \
  --state json --json
expect 2 "" "$candor" monitor --log http://127.0.0.1:1 --policy trust.policy --state watch2
expect 64 "--state is missing" "$candor" monitor --log "$url" --policy trust.policy

if ((failures > 0)); then
  echo "$failures expectation(s) failed"
  exit 1
fi
echo "all as expected"
