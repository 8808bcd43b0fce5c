#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# Publishes a release with nothing but openssl and curl:
#
#   publish.sh ARTIFACT PURL KEY LOG_URL
#
# KEY is the PEM file of an enrolled Ed25519 or ECDSA P-256 key. The proof that customers verify
# goes to ARTIFACT.tlog-proof. Safe to run again: the log recognises a statement that it has.
set -eu
artifact=$1 purl=$2 key=$3 log=$4
name=${artifact##*/}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

case $name$purl in
  *[\"\\[:cntrl:]]*) echo "publish.sh: the file name and the purl must need no JSON escapes" >&2; exit 64 ;;
esac

# 1. The statement: this file is a release of that product (in-toto Statement, release predicate).
digest=$(openssl dgst -sha256 -r "$artifact" | cut -d ' ' -f 1)
printf '{"_type":"https://in-toto.io/Statement/v1","subject":[{"name":"%s","digest":{"sha256":"%s"}}],"predicateType":"https://in-toto.io/attestation/release/v0.1","predicate":{"purl":"%s"}}' \
  "$name" "$digest" "$purl" > "$work/statement"

# 2. What is signed is not the statement alone but its DSSE pre-authentication encoding:
#    DSSEv1 SP length SP type SP length SP statement
type=application/vnd.in-toto+json
{
  printf 'DSSEv1 %d %s %d ' ${#type} "$type" "$(wc -c < "$work/statement")"
  cat "$work/statement"
} > "$work/pae"
openssl pkeyutl -sign -rawin -inkey "$key" -in "$work/pae" -out "$work/signature"

# 3. The envelope. The key id is the key's SHA-256, so that the log need not look for the key.
keyid=$(openssl pkey -in "$key" -pubout -outform DER | openssl dgst -sha256 -r | cut -d ' ' -f 1)
printf '{"payloadType":"%s","payload":"%s","signatures":[{"keyid":"%s","sig":"%s"}]}' "$type" \
  "$(openssl base64 -A -in "$work/statement")" "$keyid" \
  "$(openssl base64 -A -in "$work/signature")" > "$work/envelope"

# 4. The log answers once witnesses have cosigned a tree with the entry in it: with the proof, or
#    with one sentence why not.
if ! curl --silent --show-error --fail-with-body --retry 5 --retry-connrefused --max-time 60 \
  --header 'Content-Type: application/json' --data-binary "@$work/envelope" \
  --output "$work/answer" "$log/add"; then
  if [ -s "$work/answer" ]; then cat "$work/answer" >&2; echo >&2; fi
  exit 1
fi
mv "$work/answer" "$artifact.tlog-proof"
echo "published: $artifact.tlog-proof"
