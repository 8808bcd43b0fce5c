// SPDX-License-Identifier: Apache-2.0
// Signed notes, checkpoints and cosignatures (C2SP signed-note, tlog-checkpoint, tlog-cosignature).

import { Reader, ascii, concat, decimal, fail, hex, sha256, text, unbase64 }
  from './bytes.mjs';
import { importEd25519, verifies } from './keys.mjs';

export const LOG_KEY = 0x01;
export const COSIGNER_KEY = 0x04;
const MAX_NOTE_BYTES = 1 << 20;
const MAX_SIGNATURES = 64;

// "name+hash+base64": a log's or a witness's key. Types that are not known here stay without a
// `key`: they never count as having signed.
export async function parseVkey(vkey) {
  const match = /^([^\s\u0085+]+)\+([0-9a-f]{8})\+(\S+)$/u.exec(vkey);
  if (match === null) fail('VKEY_INVALID', `"${vkey}" is no verifier key`);
  const [, name, keyId, encoded] = match;
  const material = unbase64(encoded, 'VKEY_INVALID');
  const computed = (await sha256(ascii(`${name}\n`), material)).subarray(0, 4);
  if (hex(computed) !== keyId) fail('VKEY_INVALID', `${name}: the key id is not that of the key`);
  const type = material[0];
  const known = (type === LOG_KEY || type === COSIGNER_KEY) && material.length === 33;
  const key = known ? await importEd25519(material.subarray(1)) : undefined;
  return { name, keyId, type, key, material: hex(material.subarray(1)) };
}

function parseSignatureLine(line) {
  const match = /^\u2014 ([^\s\u0085+]+) (\S+)$/u.exec(line);
  if (match === null) fail('NOTE_INVALID', 'a signature line is malformed');
  const blob = unbase64(match[2], 'NOTE_INVALID');
  if (blob.length < 5) fail('NOTE_INVALID', 'a signature is too short');
  return { name: match[1], keyId: hex(blob.subarray(0, 4)), signature: blob.subarray(4) };
}

// The text includes its last newline, and not the blank line after it.
export function parseNote(bytes) {
  if (bytes.length > MAX_NOTE_BYTES) fail('NOTE_INVALID', 'the note is too large');
  const whole = text(bytes, 'NOTE_INVALID');
  if (/[\x00-\x09\x0b-\x1f]/.test(whole)) fail('NOTE_INVALID', 'a control character in the note');
  const blank = whole.lastIndexOf('\n\n');
  if (blank < 0 || !whole.endsWith('\n')) fail('NOTE_INVALID', 'the note has no signatures');
  const lines = whole.slice(blank + 2, -1).split('\n');
  if (lines.length > MAX_SIGNATURES) fail('NOTE_INVALID', 'the note has too many signatures');
  return { text: whole.slice(0, blank + 1), signatures: lines.map(parseSignatureLine) };
}

export function parseCheckpoint(noteText) {
  const lines = noteText.split('\n');
  if (lines.length < 4 || lines[0] === '') fail('CHECKPOINT_INVALID', 'a line is missing');
  const root = unbase64(lines[2], 'CHECKPOINT_INVALID');
  if (root.length !== 32) fail('CHECKPOINT_INVALID', 'the root is not 32 bytes');
  return { origin: lines[0], size: decimal(lines[1], 'CHECKPOINT_INVALID'), root };
}

function signaturesBy(note, vkey) {
  return note.signatures.filter(({ name, keyId }) => name === vkey.name && keyId === vkey.keyId);
}

// True if the log signed. A signature in its name that does not verify is an error.
export async function signedByLog(note, vkey) {
  if (vkey.type !== LOG_KEY || vkey.key === undefined) return false;
  const signatures = signaturesBy(note, vkey);
  for (const { signature } of signatures) {
    if (!await verifies(vkey.key, signature, ascii(note.text))) {
      fail('CHECKPOINT_SIGNATURE_INVALID', `the signature of the log ${vkey.name} does not verify`);
    }
  }
  return signatures.length > 0;
}

// The times (POSIX seconds) at which this witness cosigned; none if it did not. A cosignature in
// its name that does not verify is an error.
export async function cosignatureTimes(note, vkey) {
  if (vkey.type !== COSIGNER_KEY || vkey.key === undefined) return [];
  const times = [];
  for (const { signature } of signaturesBy(note, vkey)) {
    const reader = new Reader(signature, 'COSIGNATURE_INVALID');
    const time = reader.uint(8);
    const ed25519 = reader.bytes(64);
    reader.end();
    const message = concat(ascii(`cosignature/v1\ntime ${time}\n`), ascii(note.text));
    if (!await verifies(vkey.key, ed25519, message)) {
      fail('COSIGNATURE_INVALID', `the cosignature of the witness ${vkey.name} does not verify`);
    }
    times.push(time);
  }
  return times;
}
