// SPDX-License-Identifier: Apache-2.0
// Signing keys of vendors: ECDSA P-256 and Ed25519, by WebCrypto.

import { base64, concat, fail, hex, sha256, uint } from './bytes.mjs';

const ED25519_SPKI = Uint8Array.from([
  0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00]);
const P256_SPKI_BYTES = 91;
const P256_ORDER = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;

// The numbers are those of the entry encoding.
export const ECDSA_P256 = 1;
export const ED25519 = 2;

const ALGORITHMS = {
  [ECDSA_P256]: {
    key: { name: 'ECDSA', namedCurve: 'P-256' },
    sign: { name: 'ECDSA', hash: 'SHA-256' },
  },
  [ED25519]: { key: { name: 'Ed25519' }, sign: { name: 'Ed25519' } },
};

// A key is its DER SubjectPublicKeyInfo; its length tells the algorithm.
export async function importPublicKey(spki) {
  const id = spki.length === P256_SPKI_BYTES ? ECDSA_P256 : ED25519;
  try {
    const key = await crypto.subtle.importKey('spki', spki, ALGORITHMS[id].key, true, ['verify']);
    return { algorithm: id, key, spki, hash: await sha256(spki) };
  } catch {
    return fail('KEY_INVALID', 'this is no P-256 or Ed25519 SubjectPublicKeyInfo');
  }
}

// The 32 bytes of an Ed25519 key, as verifier keys of notes hold them.
export function importEd25519(bytes) {
  return importPublicKey(concat(ED25519_SPKI, bytes));
}

export function verifies(publicKey, signature, message) {
  const { sign } = ALGORITHMS[publicKey.algorithm];
  return crypto.subtle.verify(sign, publicKey.key, signature, message);
}

export async function generateKey(algorithm) {
  const pair = await crypto.subtle.generateKey(ALGORITHMS[algorithm].key, true, ['sign', 'verify']);
  const spki = new Uint8Array(await crypto.subtle.exportKey('spki', pair.publicKey));
  return { privateKey: pair.privateKey, publicKey: await importPublicKey(spki) };
}

export async function privateKeyPem({ privateKey }) {
  const der = new Uint8Array(await crypto.subtle.exportKey('pkcs8', privateKey));
  const lines = base64(der).match(/.{1,64}/g).join('\n');
  return `-----BEGIN PRIVATE KEY-----\n${lines}\n-----END PRIVATE KEY-----\n`;
}

export function isLowS(rawSignature) {
  return BigInt(`0x${hex(rawSignature.subarray(32))}`) * 2n <= P256_ORDER;
}

// 64 bytes in the one form that an entry keeps: of the two ECDSA signatures (r, s) and (r, n - s),
// which verify alike, the one with the smaller s.
export async function sign({ privateKey, publicKey }, message) {
  const { sign: parameters } = ALGORITHMS[publicKey.algorithm];
  const raw = new Uint8Array(await crypto.subtle.sign(parameters, privateKey, message));
  if (publicKey.algorithm !== ECDSA_P256 || isLowS(raw)) return raw;
  const s = P256_ORDER - BigInt(`0x${hex(raw.subarray(32))}`);
  return concat(raw.subarray(0, 32), uint(s, 32));
}
