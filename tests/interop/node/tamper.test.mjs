// SPDX-License-Identifier: Apache-2.0
// The checks can fail: one changed byte of anything that a log serves is found, for its own reason.

import assert from 'node:assert/strict';
import { after, before, suite, test } from 'node:test';

import {
  ED25519, Log, VerifyError, generateKey, openCheckpoint, parsePolicy, releaseStatement,
  signEnvelope, verifyFromTiles, verifyProof,
} from './candor.mjs';
import { ascii, base64, concat, text, unbase64 } from './lib/bytes.mjs';
import { Cluster } from './testing/cluster.mjs';

const TYPE = 'application/vnd.in-toto+json';

// A copy with one bit of one byte changed.
function changed(bytes, offset) {
  const copy = bytes.slice();
  copy[offset] ^= 1;
  return copy;
}

// A proof file whose extra line (a format byte, then the entry) is changed at an offset.
function withEntryChanged(proof, offset) {
  return ascii(text(proof).replace(/^extra (.*)$/m, (_, extra) => (
    `extra ${base64(changed(unbase64(extra), 1 + offset))}`)));
}

// A note whose signature by `name` is changed at an offset of its bytes (the key id is 4 of them).
function withSignatureChanged(note, name, offset) {
  return ascii(text(note).replace(new RegExp(`^(\u2014 ${name} )(.*)$`, 'm'), (_, head, blob) => (
    head + base64(changed(unbase64(blob), offset)))));
}

suite('one changed byte', () => {
  let cluster;
  let log;
  let vendor;
  let proof;
  let verified;

  before(async () => {
    cluster = await Cluster.start({ witnesses: 2, quorum: 2 });
    log = new Log(cluster.url);
    vendor = await cluster.enrol('acme.example', ED25519);
    await cluster.grow(vendor, 300);
    const payload = await releaseStatement([{ name: 'cam.img', bytes: ascii('firmware') }],
      `${vendor.prefix}cam@1.0`);
    proof = await log.add(await signEnvelope(TYPE, payload, vendor.keys));
    verified = await verifyProof(proof, cluster.policy, vendor.publicKeys);
  });
  after(() => cluster?.stop());

  const verify = (bytes) => verifyProof(bytes, cluster.policy, vendor.publicKeys);
  const open = (bytes) => openCheckpoint(cluster.policy, bytes);

  // The log as seen by somebody between it and us who changes the answers for one path.
  function verifyThrough(path, change, index = verified.index) {
    const between = async (url, options) => {
      const response = await fetch(url, options);
      if (!url.endsWith(path)) return response;
      return new Response(change(new Uint8Array(await response.arrayBuffer())));
    };
    return verifyFromTiles(
      new Log(cluster.url, between), index, cluster.policy, vendor.publicKeys);
  }

  test('unchanged, everything verifies', async () => {
    await verify(proof);
    await verifyThrough('/checkpoint', (bytes) => bytes);
  });

  test('each byte of the proof file matters', async () => {
    for (let offset = 0; offset < proof.length; ++offset) {
      await assert.rejects(verify(changed(proof, offset)), VerifyError, `byte ${offset}`);
    }
  });

  test('in the entry', async () => {
    const size = verified.bytes.length;
    const header = 1 + 1 + 2 + TYPE.length;
    const payload = verified.entry.payload.length;
    const cases = [
      ['version', 0, 'ENTRY_UNSUPPORTED'],
      ['flags', 1, 'ENTRY_INVALID'],
      ['payload type', 4, 'STATEMENT_ID_MISMATCH'],
      ['payload length', header + 7, 'ENTRY_INVALID'],
      ['payload hash', header + 8, 'PAYLOAD_MISMATCH'],
      ['statement id', header + 40, 'STATEMENT_ID_MISMATCH'],
      ['key hash', header + 74, 'NOT_SIGNED_BY_TRUSTED_KEY'],
      ['signature', size - payload - 1, 'SIGNATURE_INVALID'],
      ['payload', size - 1, 'PAYLOAD_MISMATCH'],
    ];
    for (const [what, offset, reason] of cases) {
      await assert.rejects(verify(withEntryChanged(proof, offset)), { reason }, what);
    }
  });

  test('in the checkpoint, its signature and a cosignature', async () => {
    const checkpoint = await log.checkpoint();
    const lines = text(checkpoint).split('\n');
    const root = lines[0].length + lines[1].length + 2;
    const broken = 'CHECKPOINT_SIGNATURE_INVALID';
    await assert.rejects(open(changed(checkpoint, 0)), { reason: broken }, 'origin');
    await assert.rejects(open(changed(checkpoint, root)), { reason: broken }, 'root');
    const origin = lines[0];
    for (const [name, offset, reason] of [
      [origin, 67, broken],
      [origin, 0, 'LOG_NOT_TRUSTED'],
      ['w1.example', 11, 'COSIGNATURE_INVALID'], // the last byte of the time
      ['w1.example', 75, 'COSIGNATURE_INVALID'],
      ['w2.example', 40, 'COSIGNATURE_INVALID'],
      ['w2.example', 0, 'QUORUM_NOT_MET'], // the key id: a stranger's line, which is ignored
    ]) {
      const note = withSignatureChanged(checkpoint, name, offset);
      await assert.rejects(open(note), { reason }, `${name}, byte ${offset}`);
    }
  });

  test('in a tile or an entry bundle', async () => {
    const { size } = await open(await log.checkpoint());
    const partial = `.p/${size % 256}`;
    for (const [path, offset, index, reason] of [
      ['/tile/0/000', 0, 100, 'TILES_MISMATCH'],
      ['/tile/0/000', 255 * 32 + 31, 100, 'TILES_MISMATCH'],
      ['/tile/1/000.p/1', 0, 100, 'TILES_MISMATCH'],
      [`/tile/0/001${partial}`, 5, 100, 'TILES_MISMATCH'],
      [`/tile/0/001${partial}`, 5, 260, 'TILES_MISMATCH'],
      ['/tile/entries/000', 65, 0, 'ENTRY_MISMATCH'],
      [`/tile/entries/001${partial}`, -1, size - 1, 'ENTRY_MISMATCH'],
    ]) {
      const change = (bytes) => changed(bytes, offset < 0 ? bytes.length + offset : offset);
      await assert.rejects(verifyThrough(path, change, index), { reason }, `${path}, ${offset}`);
    }
    await assert.rejects(verifyThrough('/tile/0/000', (bytes) => bytes.subarray(1), 100),
      { reason: 'TILE_INVALID' });
    await assert.rejects(verifyThrough(`/tile/entries/001${partial}`, (b) => concat(b, ascii('x'))),
      { reason: 'BUNDLE_INVALID' });
  });

  test('in the proof of inclusion', async () => {
    const other = text(proof).replace(/^(index .*\n)(.*)$/m, (_, index, hash) => (
      index + base64(changed(unbase64(hash), 0))));
    await assert.rejects(verify(ascii(other)), { reason: 'INCLUSION_INVALID' });
    const neighbour = text(proof).replace(/^index .*$/m, `index ${verified.index - 1}`);
    await assert.rejects(verify(ascii(neighbour)), { reason: 'INCLUSION_INVALID' });
  });

  test('nothing is signed by keys that are not trusted', async () => {
    const stranger = await generateKey(ED25519);
    await assert.rejects(verifyProof(proof, cluster.policy, [stranger.publicKey]),
      { reason: 'NOT_SIGNED_BY_TRUSTED_KEY' });
    const elsewhere = await parsePolicy(cluster.policyText.replace(/^log .*$/m, ''));
    await assert.rejects(verifyProof(proof, elsewhere, vendor.publicKeys),
      { reason: 'LOG_NOT_TRUSTED' });
  });
});
