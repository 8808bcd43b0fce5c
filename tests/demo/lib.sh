# SPDX-License-Identifier: Apache-2.0
#
# What the demo's steps are made of. Sourced by run.sh, which sets the programs' paths.
# shellcheck shell=bash disable=SC2154

pids=()

cleanup() {
  local code=$?
  for pid in "${pids[@]}"; do kill -KILL "$pid" 2>/dev/null || true; done
  wait 2>/dev/null || true
  if [[ $code -ne 0 ]]; then
    printf '\nFAILED (exit %d). Everything that was made is in %s\n' "$code" "$work"
  elif [[ -n ${DEMO_KEEP:-} ]]; then
    printf 'Everything that was made is in %s\n' "$work"
  else
    rm -rf "$work"
  fi
  exit "$code"
}

say() { printf '%s\n' "$*"; }
step() { printf '\n== %s. %s\n' "$1" "$2"; }
fail() {
  printf 'FAILED: %s\n' "$*" >&2
  exit 1
}

# Prints a command as a person would type it, runs it, and shows what it says.
show() {
  local words=("$@")
  words[0]=$(basename "${words[0]}")
  printf '$ %s\n' "${words[*]//$work\//}"
  "$@" 2>&1 | sed 's/^/  /'
}

# expect CODE TEXT COMMAND...: the command must end with this code and say this.
expect() {
  local want=$1 text=$2 got=0 output
  shift 2
  output=$("$@" 2>&1) || got=$?
  printf '%s\n' "$output" | sed 's/^/  /'
  [[ $got -eq $want ]] || fail "exit code $got instead of $want: $*"
  grep -qF -- "$text" <<<"$output" || fail "did not say \"$text\": $*"
  checks=$((checks + 1))
}

# Waits for a condition that is about to come true; no fixed delays.
until_true() {
  local what=$1 deadline=$((SECONDS + 120))
  shift
  until "$@" >/dev/null 2>&1; do
    [[ $SECONDS -lt $deadline ]] || fail "$what did not happen within 120 s"
    read -rt 0.05 <> <(:) || true
  done
  checks=$((checks + 1))
}

# In a network namespace of its own, in which there is nobody to talk to.
offline() {
  if [[ $EUID -eq 0 ]]; then unshare --net "$@"; else unshare --map-root-user --net "$@"; fi
}

# --- packages -------------------------------------------------------------------------------------

as_root() { if [[ $EUID -eq 0 ]]; then "$@"; else sudo "$@"; fi; }

download_packages() {
  mkdir debs
  apt-cache show "$@" >/dev/null 2>&1 || as_root apt-get -qq update || fail "cannot update the package index"
  (cd debs && apt-get download -qq "$@" 2>/dev/null) || fail "cannot download packages"
  local deb name version want got
  for deb in debs/*.deb; do
    name=$(dpkg-deb -f "$deb" Package)
    version=$(dpkg-deb -f "$deb" Version)
    want=$(apt-cache show "$name=$version" | sed -n 's/^SHA256: //p' | head -n 1)
    got=$(sha256sum "$deb" | cut -d' ' -f1)
    [[ -n $want && $want == "$got" ]] || fail "$deb is not what the package index says"
    say "  $name $version: sha256 ${got:0:16}… as in the index"
    checks=$((checks + 1))
  done
}

purl_of() {
  local version
  version=$(dpkg-deb -f "$1" Version)
  printf '%s%s@%s?arch=%s' "$prefix" "$(dpkg-deb -f "$1" Package)" "${version//:/%3A}" \
    "$(dpkg-deb -f "$1" Architecture)"
}

# --- servers --------------------------------------------------------------------------------------

# Runs a server in the background and waits until it says that it listens.
start() {
  local name=$1 port_file=$2
  shift 2
  rm -f "$port_file"
  "$@" >>"$name.out" 2>&1 &
  started_pid=$!
  pids+=("$started_pid")
  local deadline=$((SECONDS + 120))
  until [[ -s $port_file ]]; do
    kill -0 "$started_pid" 2>/dev/null || { cat "$name.out"; fail "$name did not start"; }
    [[ $SECONDS -lt $deadline ]] || fail "$name does not listen"
    read -rt 0.05 <> <(:) || true
  done
}

declare -A witness_pid witness_listen

start_witness() {
  local w=$1
  start "witness$w" "$work/w$w.port" "$candor_witness" run --config "$work/w$w/candor-witness.conf" \
    --listen "${witness_listen[$w]:-127.0.0.1:0}" --port-file "$work/w$w.port"
  witness_pid[$w]=$started_pid
  witness_listen[$w]=127.0.0.1:$(port_of "$work/w$w.port" http)
  say "  witness $w listens on http://${witness_listen[$w]}"
}

stop_witness() {
  kill -TERM "${witness_pid[$1]}"
  wait "${witness_pid[$1]}" || fail "witness $1 did not stop cleanly"
  say "  witness $1 stopped"
}

# port_of FILE NAME: the port in a port file, {"http":1,"grpc":2}.
port_of() { grep -o "\"$2\": *[0-9]*" "$1" | grep -o '[0-9]*$'; }

write_policy() {
  {
    printf 'log %s\n' "$log_vkey"
    for w in 1 2 3; do
      printf 'witness w%s %s http://%s\n' "$w" \
        "$("$candor_witness" vkey --config "$work/w$w/candor-witness.conf")" "${witness_listen[$w]}"
    done
    printf 'group two-of-three 2 w1 w2 w3\nquorum two-of-three\n'
  } >trust.policy
  say "  trust.policy:"
  sed 's/^/    /' trust.policy
}

start_log() {
  start log "$work/log.port" "$candor_log" run --config "$work/log/candor-log.conf" \
    --policy "$work/trust.policy" --http-listen 127.0.0.1:0 --grpc-listen 127.0.0.1:0 \
    --port-file "$work/log.port"
  log_pid=$started_pid
  log_http=http://127.0.0.1:$(port_of "$work/log.port" http)
  log_grpc=127.0.0.1:$(port_of "$work/log.port" grpc)
  until_true "readiness" curl -fsS "$log_http/readyz"
  say "  the log listens on $log_http and grpc://$log_grpc"
}

published_size() { curl -fsS "$log_http/checkpoint" | sed -n 2p; }

# --- the vendor -----------------------------------------------------------------------------------

# enrol PARTICIPANT PREFIX ROOT-KEY SIGNING-KEY
enrol() {
  show "$candor" enroll request --log-origin "$origin" --participant "$1" --role vendor \
    --root-key "$3" --signing-key "$4" --predicate release --purl-prefix "$2" --out "$1.request"
  show "$candor" enroll approve --registrar-key log/keys/registrar.key --yes --out "$1.approved" \
    "$1.request"
  show "$candor" enroll submit --log "$log_http" "$1.approved"
}

spki_of() { grep -v '^-' "$1" | tr -d '\n'; }

write_participants() {
  {
    printf 'participant %s\n' "$vendor"
    printf 'key signing %s\n' "$(spki_of signing.key.pub)"
    printf 'allow %s\n' "$prefix"
  } >participants.txt
}

# --- step 5 ---------------------------------------------------------------------------------------

verify() {
  "$candor" verify "$@" --policy trust.policy --participants participants.txt
}

refusals() {
  local deb
  deb=$(ls debs/*.deb | head -n 1)

  say "a package with one byte changed:"
  cp "$deb" changed.deb
  printf 'X' | dd of=changed.deb bs=1 seek=1000 conv=notrunc status=none
  if cmp -s "$deb" changed.deb; then
    printf 'Y' | dd of=changed.deb bs=1 seek=1000 conv=notrunc status=none
  fi
  expect 1 "ARTIFACT_DIFFERS" verify changed.deb --proof "$deb.tlog-proof"

  say "a key that is not enrolled asks the log:"
  "$candor" keygen --out stranger.key >/dev/null
  expect 1 "KEY_NOT_ENROLLED" "$candor" publish "$deb" --purl "$(purl_of "$deb")" \
    --key stranger.key --log "$log_http" --out stranger.tlog-proof
  [[ ! -e stranger.tlog-proof ]] || fail "a refused publication left a proof"

  say "the stranger's own log, where its key is enrolled, gives a proof; the customer does not trust it:"
  stranger_proof "$deb"
  expect 1 "KEY_NOT_PINNED" verify "$deb" --proof stranger.tlog-proof

  say "a proof with too few cosignatures:"
  awk '!/^— w[1-3]\.example / || !cosignatures++' "$deb.tlog-proof" >few.tlog-proof
  expect 1 "QUORUM_NOT_MET" verify "$deb" --proof few.tlog-proof

  say "another vendor signs for this vendor's product:"
  "$candor" keygen --out acme-root.key >/dev/null
  "$candor" keygen --out acme.key >/dev/null
  enrol acme.example pkg:generic/acme.example/ acme-root.key acme.key >/dev/null
  expect 1 "PURL_OUTSIDE_SCOPE" "$candor" publish "$deb" --purl "$(purl_of "$deb")" \
    --key acme.key --log "$log_http" --out acme.tlog-proof
}

# A second log, run by the stranger, without witnesses.
stranger_proof() {
  local port
  "$candor_log" init --origin stranger.example/log --dir "$work/stranger-log" >/dev/null
  start stranger "$work/stranger.port" "$candor_log" run \
    --config "$work/stranger-log/candor-log.conf" --http-listen 127.0.0.1:0 \
    --grpc-listen 127.0.0.1:0 --port-file "$work/stranger.port"
  port=$(port_of "$work/stranger.port" http)
  until_true "the stranger's log" curl -fsS "http://127.0.0.1:$port/readyz"
  "$candor" keygen --out stranger-root.key >/dev/null
  "$candor" enroll request --log-origin stranger.example/log --participant stranger.example \
    --role vendor --root-key stranger-root.key --signing-key stranger.key --predicate release \
    --purl-prefix "$prefix" --out stranger.request >/dev/null
  "$candor" enroll approve --registrar-key stranger-log/keys/registrar.key --yes \
    --out stranger.approved stranger.request >/dev/null
  "$candor" enroll submit --log "http://127.0.0.1:$port" stranger.approved >/dev/null
  "$candor" publish "$1" --purl "$(purl_of "$1")" --key stranger.key \
    --log "http://127.0.0.1:$port" --out stranger.tlog-proof >/dev/null
  kill -TERM "$started_pid"
  wait "$started_pid" || true
}

# --- step 6 ---------------------------------------------------------------------------------------

crash() {
  say "an auditor's monitor follows the log:"
  expect 0 "" "$candor" monitor --log "$log_http" --policy trust.policy --state monitor --once

  "$load" add --target "$log_grpc" --key signing.key --purl-prefix "$prefix" --count 30000 \
    --in-flight 64 --acknowledged acknowledged.txt >load.out 2>&1 &
  local load_pid=$! before
  pids+=("$load_pid")
  until_true "load" enough_acknowledged
  kill -KILL "$log_pid"
  wait "$log_pid" 2>/dev/null || true
  wait "$load_pid" 2>/dev/null || true
  before=$(wc -l <acknowledged.txt)
  say "  killed the log after $before acknowledged entries"
  start_log
  until_true "publication of all of them" all_published
  expect 0 "acknowledged entries are there" "$load" check --target "$log_grpc" \
    --acknowledged acknowledged.txt
  say "the monitor goes on: the new checkpoint is consistent with the one from before, every entry admissible:"
  "$candor" monitor --log "$log_http" --policy trust.policy --state monitor --once >monitor.out 2>&1 ||
    { tail -n 5 monitor.out; fail "the monitor found something wrong"; }
  tail -n 1 monitor.out | sed 's/^/  /'
  checks=$((checks + 1))
}

enough_acknowledged() { [[ -s acknowledged.txt && $(wc -l <acknowledged.txt) -ge 500 ]]; }
all_published() {
  local last
  last=$(cut -d' ' -f1 acknowledged.txt | sort -n | tail -n 1)
  [[ $(published_size) -gt $last ]]
}

# --- step 7 ---------------------------------------------------------------------------------------

publish_extra() {
  local deb
  deb=$(ls debs/*.deb | head -n 1)
  cp "$deb" "$1"
  printf '%s' "$1" >>"$1"
  "$candor" publish "$1" --purl "$(purl_of "$deb")" --key signing.key --log "$log_http" \
    --policy trust.policy --timeout "$2"
}

not_ready() { ! curl -fsS "$log_http/readyz"; }

witness_loss() {
  stop_witness 3
  expect 0 "" publish_extra with-two-witnesses.deb 30s

  stop_witness 2
  local before
  before=$(published_size)
  expect 2 "" publish_extra with-one-witness.deb 3s
  until_true "not ready" not_ready
  say "  readyz says:"
  curl -sS "$log_http/readyz" | sed 's/^/    /'
  say ""
  [[ $(published_size) == "$before" ]] || fail "a checkpoint was published without a quorum"
  checks=$((checks + 1))

  start_witness 2
  until_true "readiness" curl -fsS "$log_http/readyz"
  say "  ready again; the vendor runs the same command again:"
  expect 0 "" publish_extra with-one-witness.deb 30s
  expect 0 "OK" verify with-one-witness.deb
}
