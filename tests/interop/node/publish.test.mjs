// SPDX-License-Identifier: Apache-2.0
// A vendor publishes with plain HTTP, and anyone verifies, with WebCrypto alone.

import assert from 'node:assert/strict';
import { after, before, suite, test } from 'node:test';

import {
  ECDSA_P256, ED25519, Log, LogError, encodeEntry, generateKey, openCheckpoint, parseProof,
  releaseStatement, signEnvelope, speaksAbout, verifyFromTiles, verifyProof,
} from './candor.mjs';
import { base64, equal, hex, unbase64 } from './lib/bytes.mjs';
import { pae } from './lib/entry.mjs';
import { verifies } from './lib/keys.mjs';
import { Cluster, ORIGIN } from './testing/cluster.mjs';
import { run } from './testing/programs.mjs';

const PAYLOAD_TYPE = 'application/vnd.in-toto+json';
const IMAGE = new TextEncoder().encode('firmware\n');

suite('publish and verify over HTTP', () => {
  let cluster;
  let log;
  let vendor;

  before(async () => {
    cluster = await Cluster.start({ witnesses: 3, quorum: 2 });
    log = new Log(cluster.url);
    vendor = await cluster.enrol('acme.example', ED25519, ECDSA_P256);
  });
  after(() => cluster?.stop());

  async function envelopeOf(version, ...keys) {
    const purl = `${vendor.prefix}cam@${version}`;
    const payload = await releaseStatement([{ name: `cam-${version}.img`, bytes: IMAGE }], purl);
    return signEnvelope(PAYLOAD_TYPE, payload, keys);
  }

  // The entry that these signatures must become, whatever form they came in.
  function expectedEntry(envelope) {
    const { payloadType, payload, signatures } = JSON.parse(envelope);
    return encodeEntry({
      payloadType,
      payload: unbase64(payload),
      signatures: signatures.map(({ keyid, sig }) => {
        const { hash, algorithm } = vendor.publicKeys.find((key) => hex(key.hash) === keyid);
        return { algorithm, keyHash: hash, signature: unbase64(sig) };
      }),
    });
  }

  async function publishAndVerify(version, ...keys) {
    const envelope = await envelopeOf(version, ...keys);
    const proof = await log.add(envelope);
    const trusted = keys.map((key) => key.publicKey);
    const verified = await verifyProof(proof, cluster.policy, trusted);
    assert.ok(equal(verified.bytes, await expectedEntry(envelope)), 'the canonical entry');
    assert.equal(verified.checkpoint.origin, ORIGIN);
    assert.ok(verified.checkpoint.witnesses.length >= 2);
    assert.ok(Math.abs(verified.checkpoint.loggedBy - Date.now() / 1000) < 600);
    assert.ok(await speaksAbout(verified.entry, IMAGE));
    assert.ok(!await speaksAbout(verified.entry, new TextEncoder().encode('another image')));
    assert.equal(verified.entry.signers.length, keys.length);

    const fromTiles = await verifyFromTiles(log, verified.index, cluster.policy, trusted);
    assert.ok(equal(fromTiles.bytes, verified.bytes), 'the bundle holds the same entry');
    return { envelope, proof, verified };
  }

  test('signed with Ed25519', () => publishAndVerify('1.0', vendor.keys[0]));

  test('signed with ECDSA P-256', () => publishAndVerify('1.1', vendor.keys[1]));

  test('signed with both, as one entry', () => publishAndVerify('1.2', ...vendor.keys));

  test('ECDSA with high s, as WebCrypto may make it, becomes the canonical entry', async () => {
    const low = JSON.parse(await envelopeOf('1.3', vendor.keys[1]));
    const order = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;
    const raw = unbase64(low.signatures[0].sig);
    const s = (order - BigInt(`0x${hex(raw.subarray(32))}`)).toString(16).padStart(64, '0');
    raw.set(s.match(/../g).map((byte) => parseInt(byte, 16)), 32);
    const message = pae(low.payloadType, unbase64(low.payload));
    assert.ok(await verifies(vendor.publicKeys[1], raw, message), 'WebCrypto takes both forms');
    const high = { ...low, signatures: [{ ...low.signatures[0], sig: base64(raw) }] };
    const proof = await log.add(JSON.stringify(high));
    const { bytes } = await verifyProof(proof, cluster.policy, vendor.publicKeys);
    assert.ok(equal(bytes, await expectedEntry(JSON.stringify(low))));
  });

  test('a retry is answered with the same entry', async () => {
    const { envelope, verified } = await publishAndVerify('1.4', vendor.keys[0]);
    const again = await verifyProof(await log.add(envelope), cluster.policy, vendor.publicKeys);
    assert.equal(again.index, verified.index);
    // As another tool would write the envelope: spaces, other order, URL-safe base64, no key id.
    const { payloadType, payload, signatures } = JSON.parse(envelope);
    const other = JSON.stringify({
      signatures: [{ sig: signatures[0].sig.replaceAll('+', '-').replaceAll('/', '_') }],
      payload,
      payloadType,
    }, null, 2);
    assert.equal(parseProof(await log.add(other)).index, verified.index);
  });

  test('the trees of the proof and of /checkpoint are one log', async () => {
    const { verified } = await publishAndVerify('1.5', vendor.keys[0]);
    const newest = await openCheckpoint(cluster.policy, await log.checkpoint());
    assert.ok(newest.size >= verified.checkpoint.size);
    assert.ok(newest.size > verified.index);
  });

  test('candor verify accepts the proof', async () => {
    const { proof } = await publishAndVerify('1.6', ...vendor.keys);
    const artifact = await cluster.write('cam-1.6.img', IMAGE);
    await cluster.write('cam-1.6.img.tlog-proof', proof);
    const keys = vendor.publicKeys.map((key, i) => `key k${i} ${base64(key.spki)}\n`).join('');
    const participants = await cluster.write('participants.txt',
      `participant acme.example\n${keys}allow ${vendor.prefix}\nthreshold 2\n`);
    const said = await run('candor', 'verify', artifact, '--policy', cluster.policyFile,
      '--participants', participants);
    assert.match(said, /^OK: /);
  });

  test('what the log refuses it refuses with a reason, and logs nothing', async () => {
    const before = await openCheckpoint(cluster.policy, await log.checkpoint());
    const refused = (reason, status) => (error) => (
      error instanceof LogError && error.reason === reason && error.status === status);
    const payload = await releaseStatement([{ name: 'tv.img', bytes: IMAGE }],
      'pkg:generic/other.example/tv@1');
    await assert.rejects(log.add(await signEnvelope(PAYLOAD_TYPE, payload, [vendor.keys[0]])),
      refused('PURL_OUTSIDE_SCOPE', 403));
    const stranger = await generateKey(ED25519);
    const foreign = await envelopeOf('6.6', stranger);
    await assert.rejects(log.add(foreign), (error) => error.status === 403);
    await assert.rejects(log.add('{"payload":1}'), (error) => error.status === 400);
    const newest = await openCheckpoint(cluster.policy, await log.checkpoint());
    assert.equal(newest.size, before.size);
  });
});
