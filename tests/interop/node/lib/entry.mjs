// SPDX-License-Identifier: Apache-2.0
// DSSE envelopes, and the canonical entry that a log makes of one (docs/formats.md).

import { Reader, ascii, base64, compare, concat, equal, fail, hex, sha256, text, uint }
  from './bytes.mjs';
import { ECDSA_P256, ED25519, isLowS, sign, verifies } from './keys.mjs';

const VERSION = 1;
const INLINE = 1;
const MAX_ENTRY_BYTES = 65535;
const MAX_SIGNATURES = 16;
const SIGNATURE_BYTES = 64;

// What a signature covers.
export function pae(payloadType, payload) {
  const type = ascii(payloadType);
  return concat(ascii(`DSSEv1 ${type.length} `), type, ascii(` ${payload.length} `), payload);
}

// The JSON of an envelope, signed by each of the keys.
export async function signEnvelope(payloadType, payload, keys) {
  const message = pae(payloadType, payload);
  const signatures = await Promise.all(keys.map(async (key) => (
    { keyid: hex(key.publicKey.hash), sig: base64(await sign(key, message)) })));
  return JSON.stringify({ payloadType, payload: base64(payload), signatures });
}

// `signatures`: [{ algorithm, keyHash, signature }], each verified, in any order.
export async function encodeEntry({ payloadType, payload, signatures }, inline = true) {
  const type = ascii(payloadType);
  const sorted = [...signatures].sort((a, b) => compare(a.keyHash, b.keyHash));
  return concat(
    uint(VERSION, 1), uint(inline ? INLINE : 0, 1), uint(type.length, 2), type,
    uint(payload.length, 8), await sha256(payload), await sha256(pae(payloadType, payload)),
    uint(sorted.length, 1),
    ...sorted.map(({ algorithm, keyHash, signature }) => (
      concat(uint(algorithm, 1), keyHash, uint(signature.length, 2), signature))),
    inline ? payload : new Uint8Array(0));
}

function readSignature(reader) {
  const algorithm = reader.uint(1);
  if (algorithm !== ECDSA_P256 && algorithm !== ED25519) {
    fail('ENTRY_UNSUPPORTED', `signature algorithm ${algorithm} is not known`);
  }
  const keyHash = reader.bytes(32);
  if (reader.uint(2) !== SIGNATURE_BYTES) fail('ENTRY_INVALID', 'a signature is not 64 bytes');
  const signature = reader.bytes(SIGNATURE_BYTES);
  if (algorithm === ECDSA_P256 && !isLowS(signature)) {
    fail('ENTRY_INVALID', 'an ECDSA signature is not in its canonical form');
  }
  return { algorithm, keyHash, signature };
}

function readSignatures(reader) {
  const count = reader.uint(1);
  if (count < 1 || count > MAX_SIGNATURES) fail('ENTRY_INVALID', `${count} signatures`);
  const signatures = Array.from({ length: count }, () => readSignature(reader));
  for (let i = 1; i < count; ++i) {
    if (compare(signatures[i - 1].keyHash, signatures[i].keyHash) >= 0) {
      fail('ENTRY_INVALID', 'the signatures do not ascend by key hash');
    }
  }
  return signatures;
}

// Strict: what it accepts is encoded back to the same bytes. An entry whose payload is kept apart
// (as a blob) needs it as `detached`.
export async function decodeEntry(bytes, detached) {
  if (bytes.length > MAX_ENTRY_BYTES) fail('ENTRY_INVALID', 'the entry is too large');
  const reader = new Reader(bytes, 'ENTRY_INVALID');
  const version = reader.uint(1);
  if (version !== VERSION) fail('ENTRY_UNSUPPORTED', `entry version ${version} is not known`);
  const flags = reader.uint(1);
  if (flags > INLINE) fail('ENTRY_INVALID', `unknown flags ${flags}`);
  const payloadType = text(reader.bytes(reader.uint(2)), 'ENTRY_INVALID');
  if (!/^[\x20-\x7e]{1,255}$/.test(payloadType)) fail('ENTRY_INVALID', 'a bad payload type');
  const payloadSize = reader.uint(8);
  const payloadHash = reader.bytes(32);
  const statementId = reader.bytes(32);
  const signatures = readSignatures(reader);
  const payload = flags === INLINE ? reader.bytes(payloadSize) : detached;
  reader.end();
  if (payload === undefined) fail('PAYLOAD_MISSING', 'the entry does not hold its payload');
  if (payload.length !== payloadSize || !equal(await sha256(payload), payloadHash)) {
    fail('PAYLOAD_MISMATCH', 'the payload is not the one that the entry names');
  }
  if (!equal(await sha256(pae(payloadType, payload)), statementId)) {
    fail('STATEMENT_ID_MISMATCH', 'the statement id is not that of the payload');
  }
  return { payloadType, payload, statementId, signatures };
}

// The trusted keys that signed. A signature that names a trusted key and does not verify is an
// error, and so is the lack of any.
export async function signersOf(entry, trustedKeys) {
  const message = pae(entry.payloadType, entry.payload);
  const signers = [];
  for (const { algorithm, keyHash, signature } of entry.signatures) {
    const key = trustedKeys.find((candidate) => equal(candidate.hash, keyHash));
    if (key === undefined) continue;
    if (key.algorithm !== algorithm || !await verifies(key, signature, message)) {
      fail('SIGNATURE_INVALID', `the signature of key ${hex(keyHash)} does not verify`);
    }
    signers.push(key);
  }
  if (signers.length === 0) fail('NOT_SIGNED_BY_TRUSTED_KEY', 'no trusted key signed the entry');
  return signers;
}
