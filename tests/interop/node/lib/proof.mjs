// SPDX-License-Identifier: Apache-2.0
// Proof files (C2SP tlog-proof) with the entry in their extra line.

import { ascii, decimal, fail, text, unbase64 } from './bytes.mjs';

const HEADER = 'c2sp.org/tlog-proof@v1';
const EXTRA_ENTRY = 0x01;

function parseHash(line) {
  const hash = unbase64(line, 'PROOF_INVALID');
  if (hash.length !== 32) fail('PROOF_INVALID', 'a hash of the proof is not 32 bytes');
  return hash;
}

export function parseProof(bytes) {
  const whole = text(bytes, 'PROOF_INVALID');
  const blank = whole.indexOf('\n\n');
  const lines = whole.slice(0, Math.max(blank, 0)).split('\n');
  if (lines.shift() !== HEADER) fail('PROOF_INVALID', 'this is no tlog-proof, version 1');
  const extra = lines[0]?.startsWith('extra ')
    ? unbase64(lines.shift().slice('extra '.length), 'PROOF_INVALID') : undefined;
  const index = lines.shift() ?? '';
  if (!index.startsWith('index ')) fail('PROOF_INVALID', 'the index is missing');
  return {
    extra,
    index: decimal(index.slice('index '.length), 'PROOF_INVALID'),
    hashes: lines.map(parseHash),
    checkpoint: ascii(whole.slice(blank + 2)),
  };
}

export function entryOfProof(proof) {
  if (proof.extra?.[0] !== EXTRA_ENTRY) fail('PROOF_INVALID', 'the proof does not hold its entry');
  return proof.extra.slice(1);
}
