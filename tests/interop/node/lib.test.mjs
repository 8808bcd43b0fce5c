// SPDX-License-Identifier: Apache-2.0
// The verifying code itself, without a log: it must be strict to be worth anything.

import assert from 'node:assert/strict';
import { readFile, readdir } from 'node:fs/promises';
import { before, suite, test } from 'node:test';

import {
  ECDSA_P256, ED25519, Log, encodeEntry, generateKey, openCheckpoint, parsePolicy,
} from './candor.mjs';
import { ascii, base64, compare, concat, equal, hex, sha256, uint, unbase64 } from './lib/bytes.mjs';
import { decodeEntry, pae, signersOf } from './lib/entry.mjs';
import { sign } from './lib/keys.mjs';
import { TileTree, leafHash, nodeHash, tilePath, tileWidth, verifyInclusion }
  from './lib/merkle.mjs';
import { COSIGNER_KEY, LOG_KEY, parseVkey } from './lib/note.mjs';
import { parseProof } from './lib/proof.mjs';

suite('the library', () => {
  test('needs nothing that a browser lacks', async () => {
    const folder = new URL('./lib/', import.meta.url);
    const files = [new URL('./candor.mjs', import.meta.url),
      ...(await readdir(folder)).map((name) => new URL(name, folder))];
    assert.ok(files.length > 5);
    for (const file of files) {
      const source = await readFile(file, 'utf8');
      for (const [, from] of source.matchAll(/from '([^']*)'/g)) {
        assert.match(from, /^\.{1,2}\/.*\.mjs$/, file.pathname);
      }
      assert.doesNotMatch(source, /\b(Buffer|process|require|global)\b/, file.pathname);
    }
  });

  test('base64 is strict', () => {
    for (const bad of ['YQ', 'YR==', 'YQ==\n', ' YQ==', 'YQ=', 'Y-==', '=']) {
      assert.throws(() => unbase64(bad, 'BAD'), { reason: 'BAD' }, bad);
    }
    assert.deepEqual(unbase64('', 'BAD'), new Uint8Array(0));
  });
});

suite('a log', () => {
  const answering = (...answer) => new Log('https://log.example/', async () => (
    new Response(...answer)));

  test('that answers without end is not read to it', async () => {
    const endless = new ReadableStream({
      pull: (controller) => controller.enqueue(new Uint8Array(1 << 20)),
    });
    await assert.rejects(answering(endless).checkpoint(), { reason: 'RESPONSE_TOO_LARGE' });
  });

  test('refuses with its own reason, a proxy with none', async () => {
    const error = { code: 'NOT_FOUND', reason: 'NOT_PUBLISHED', message: 'nothing yet' };
    await assert.rejects(answering(JSON.stringify({ error }), { status: 404 }).checkpoint(),
      { name: 'LogError', reason: 'NOT_PUBLISHED', status: 404, message: /^nothing yet/ });
    for (const body of ['<html>', '', 'null', '[]', '\xff']) {
      await assert.rejects(answering(body, { status: 502 }).checkpoint(),
        { name: 'LogError', reason: 'HTTP_ERROR', status: 502 }, body);
    }
  });
});

suite('Merkle trees', () => {
  // RFC 6962 section 2.1, as it is written there.
  async function naiveRoot(leaves) {
    if (leaves.length === 1) return leaves[0];
    const k = 2 ** Math.ceil(Math.log2(leaves.length) - 1);
    return nodeHash(await naiveRoot(leaves.slice(0, k)), await naiveRoot(leaves.slice(k)));
  }

  test('roots and proofs from tiles, every small size', async () => {
    const leaves = await Promise.all(Array.from({ length: 270 }, (_, i) => leafHash(uint(i, 2))));
    const above = [await naiveRoot(leaves.slice(0, 256))];
    for (let size = 1; size <= leaves.length; size += size < 20 || size > 254 ? 1 : 13) {
      const tiles = new Map();
      for (const [level, hashes] of [[0, leaves], [1, above]]) {
        for (let i = 0; tileWidth(level, i, size) > 0; ++i) {
          const width = tileWidth(level, i, size);
          tiles.set(tilePath(level, i, size),
            concat(...hashes.slice(i * 256, i * 256 + width)));
        }
      }
      const tree = new TileTree(size, async (path) => tiles.get(path));
      const checkpoint = { size, root: await naiveRoot(leaves.slice(0, size)) };
      await tree.verifyRoot(checkpoint);
      for (const index of new Set([0, size >> 1, size - 1])) {
        const proof = await tree.inclusionProof(index);
        await verifyInclusion(leaves[index], index, checkpoint, proof);
        const wrong = { reason: 'INCLUSION_INVALID' };
        const other = leaves[index === 0 ? 1 : 0];
        await assert.rejects(verifyInclusion(other, index, checkpoint, proof), wrong);
        await assert.rejects(verifyInclusion(leaves[index], size, checkpoint, proof), wrong);
        await assert.rejects(
          verifyInclusion(leaves[index], index, checkpoint, [...proof, other]), wrong);
        if (proof.length > 0) {
          await assert.rejects(
            verifyInclusion(leaves[index], index, checkpoint, proof.slice(1)), wrong);
        }
      }
    }
  });

  test('sizes beyond 32 bits', async () => {
    // All leaves are equal, so all nodes of one height are, and tiles of any tree can be made up.
    const heights = [await leafHash(ascii('x'))];
    for (let h = 1; h < 53; ++h) heights.push(await nodeHash(heights[h - 1], heights[h - 1]));
    const size = 2 ** 40 + 2 ** 33 + 12345;
    const tree = new TileTree(size, async (path) => {
      const [, level, width = 256] = /^tile\/(\d+)\/[x\d/]+?(?:\.p\/(\d+))?$/.exec(path);
      return concat(...Array(Number(width)).fill(heights[8 * level]));
    });
    const checkpoint = { size, root: await tree.root() };
    for (const index of [0, 2 ** 31, 2 ** 32 + 1, 2 ** 40 - 1, 2 ** 40 + 2 ** 33 + 7, size - 1]) {
      const proof = await tree.inclusionProof(index);
      await verifyInclusion(heights[0], index, checkpoint, proof);
    }
  });

  test('the tree of nothing, and paths', async () => {
    const empty = hex(await new TileTree(0).root());
    assert.equal(empty, 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855');
    assert.equal(tilePath(0, 1234067, 2 ** 40), 'tile/0/x001/x234/067');
    assert.equal(tilePath('entries', 5, 5 * 256 + 12), 'tile/entries/005.p/12');
    assert.equal(tilePath(2, 0, 70000), 'tile/2/000.p/1');
    assert.throws(() => tilePath(1, 0, 255), { reason: 'INCLUSION_INVALID' });
  });
});

suite('entries', () => {
  let keys;
  let entry;

  before(async () => {
    keys = await Promise.all([ED25519, ECDSA_P256].map(generateKey));
    const payload = ascii('{"hello":"world"}');
    const signatures = await Promise.all(keys.map(async (key) => ({
      algorithm: key.publicKey.algorithm,
      keyHash: key.publicKey.hash,
      signature: await sign(key, pae('text/x', payload)),
    })));
    entry = { payloadType: 'text/x', payload, signatures };
  });

  test('come back as they were', async () => {
    const decoded = await decodeEntry(await encodeEntry(entry));
    assert.equal(decoded.payloadType, entry.payloadType);
    assert.ok(equal(await encodeEntry(decoded), await encodeEntry(entry)));
    assert.ok(compare(decoded.signatures[0].keyHash, decoded.signatures[1].keyHash) < 0);
    assert.equal((await signersOf(decoded, keys.map((key) => key.publicKey))).length, 2);
  });

  test('with the payload kept apart need it', async () => {
    const bytes = await encodeEntry(entry, false);
    assert.equal((await decodeEntry(bytes, entry.payload)).payloadType, 'text/x');
    await assert.rejects(decodeEntry(bytes), { reason: 'PAYLOAD_MISSING' });
    await assert.rejects(decodeEntry(bytes, ascii('other')), { reason: 'PAYLOAD_MISMATCH' });
  });

  test('are refused when a byte is missing or too many', async () => {
    const bytes = await encodeEntry(entry);
    for (let size = 0; size < bytes.length; ++size) {
      await assert.rejects(decodeEntry(bytes.subarray(0, size)), { reason: 'ENTRY_INVALID' });
    }
    await assert.rejects(decodeEntry(concat(bytes, ascii('x'))), { reason: 'ENTRY_INVALID' });
  });

  test('are refused when they are not canonical', async () => {
    const [one, two] = entry.signatures;
    const invalid = { reason: 'ENTRY_INVALID' };
    const twice = await encodeEntry({ ...entry, signatures: [one, one] });
    await assert.rejects(decodeEntry(twice), invalid, 'a key twice');
    const none = await encodeEntry({ ...entry, signatures: [] });
    await assert.rejects(decodeEntry(none), invalid, 'no signature');
    const high = two.signature.slice();
    high.fill(0xff, 32, 40);
    const highS = await encodeEntry({ ...entry, signatures: [{ ...two, signature: high }] });
    await assert.rejects(decodeEntry(highS), invalid, 'high s');
    const odd = await encodeEntry({ ...entry, payloadType: 'tab\t' });
    await assert.rejects(decodeEntry(odd), invalid, 'payload type');
    const short = await encodeEntry(
      { ...entry, signatures: [{ ...one, signature: one.signature.subarray(1) }] });
    await assert.rejects(decodeEntry(short), invalid, 'a short signature');
  });

  test('by a key with another algorithm are not signed by it', async () => {
    const [key] = keys;
    const signatures = [{ ...entry.signatures[0], algorithm: ECDSA_P256 }];
    signatures[0].signature = concat(signatures[0].signature.subarray(0, 32), uint(1, 32));
    const decoded = await decodeEntry(await encodeEntry({ ...entry, signatures }));
    await assert.rejects(signersOf(decoded, [key.publicKey]), { reason: 'SIGNATURE_INVALID' });
  });
});

suite('proof files', () => {
  test('are refused when malformed', () => {
    const hash = base64(new Uint8Array(32));
    for (const bad of ['', 'index 0\n\n', 'c2sp.org/tlog-proof@v1\n\n',
      'c2sp.org/tlog-proof@v2\nindex 0\n\n', 'c2sp.org/tlog-proof@v1\nindex 01\n\n',
      'c2sp.org/tlog-proof@v1\nindex -1\n\n', 'c2sp.org/tlog-proof@v1\nindex 0\nAAAA\n\n',
      `c2sp.org/tlog-proof@v1\n${hash}\nindex 0\n\n`,
      'c2sp.org/tlog-proof@v1\nindex 9007199254740993\n\n',
      'c2sp.org/tlog-proof@v1\nindex 0\nextra YQ==\n\n']) {
      assert.throws(() => parseProof(ascii(bad)), { reason: 'PROOF_INVALID' }, bad);
    }
    const good = parseProof(ascii(`c2sp.org/tlog-proof@v1\nindex 7\n${hash}\n\nnote\n`));
    assert.deepEqual([good.index, good.hashes.length, good.extra], [7, 1, undefined]);
  });
});

suite('policies', () => {
  const ORIGIN = 'log.example/lib';
  let log;
  let witnesses;

  async function signer(name, type) {
    const key = await generateKey(ED25519);
    const material = concat(uint(type, 1), key.publicKey.spki.subarray(12));
    const id = (await sha256(ascii(`${name}\n`), material)).subarray(0, 4);
    return { name, key, id, vkey: `${name}+${hex(id)}+${base64(material)}` };
  }

  before(async () => {
    log = await signer(ORIGIN, LOG_KEY);
    witnesses = await Promise.all(['a', 'b', 'c'].map((name) => signer(name, COSIGNER_KEY)));
  });

  function line({ name, id }, ...signature) {
    return `\u2014 ${name} ${base64(concat(id, ...signature))}\n`;
  }

  // A checkpoint note; `times` has one for each witness that cosigned.
  async function noteWith(times, origin = ORIGIN) {
    const body = `${origin}\n1\n${base64(await leafHash(ascii('x')))}\n`;
    const lines = [line(log, await sign(log.key, ascii(body)))];
    for (const [i, time] of times.entries()) {
      if (time === undefined) continue;
      const message = ascii(`cosignature/v1\ntime ${time}\n${body}`);
      lines.push(line(witnesses[i], uint(time, 8), await sign(witnesses[i].key, message)));
    }
    return ascii(`${body}\n${lines.join('')}`);
  }

  function policyWith(...rules) {
    const lines = witnesses.map(({ vkey }, i) => `witness W${i} ${vkey} https://w${i}.example`);
    return parsePolicy([`# comment`, '', `log ${log.vkey}`, ...lines, ...rules].join('\n'));
  }

  test('decide which witnesses are enough, and since when', async () => {
    for (const [rules, times, loggedBy] of [
      [['quorum none'], [], undefined],
      [['quorum W1'], [undefined, 20], 20],
      [['group g any W0 W1 W2', 'quorum g'], [30, 20, 40], 20],
      [['group g all W0 W1 W2', 'quorum g'], [30, 20, 40], 40],
      [['group g 2 W0 W1 W2', 'quorum g'], [30, undefined, 10], 30],
      [['group g 2 W0 W1 W2', 'quorum g'], [30, 1500, 10], 30],
      [['group g 2 W0 W1 W2', 'quorum g'], [30, 1500, undefined], undefined], // not yet credible
      [['group g 2 W0 W1 W2', 'quorum g'], [30, 0, undefined], undefined], // states no time
      [['group in 1 W0\tW1', ' group g all in W2 ', 'quorum g'], [undefined, 50, 10], 50],
    ]) {
      const opened = await openCheckpoint(
        await policyWith(...rules), await noteWith(times), 1000);
      assert.equal(opened.loggedBy, loggedBy, rules.join('; '));
    }
    for (const [rules, times] of [
      [['quorum W1'], [20]],
      [['group g all W0 W1 W2', 'quorum g'], [30, 20]],
      [['group in any W0 W1', 'group g all in W2', 'quorum g'], [1, 2]],
    ]) {
      await assert.rejects(openCheckpoint(await policyWith(...rules), await noteWith(times)),
        { reason: 'QUORUM_NOT_MET' }, rules.join('; '));
    }
  });

  test('are about one origin', async () => {
    await assert.rejects(openCheckpoint(await policyWith('quorum none'), await noteWith([], 'me')),
      { reason: 'ORIGIN_MISMATCH' });
  });

  test('load keys of types to come, which never count', async () => {
    const material = concat(uint(6, 1), new Uint8Array(1312));
    const id = (await sha256(ascii('pq\n'), material)).subarray(0, 4);
    const vkey = `pq+${hex(id)}+${base64(material)}`;
    assert.equal((await parseVkey(vkey)).key, undefined);
    const policy = await policyWith(`witness PQ ${vkey}`, 'group g 1 PQ W0', 'quorum g');
    const note = await noteWith([9]);
    const forged = concat(note, ascii(line({ name: 'pq', id }, new Uint8Array(2428))));
    assert.deepEqual((await openCheckpoint(policy, forged)).witnesses, ['W0']);
    const alone = concat(await noteWith([]), ascii(line({ name: 'pq', id }, new Uint8Array(2428))));
    await assert.rejects(openCheckpoint(policy, alone), { reason: 'QUORUM_NOT_MET' });
  });

  test('are refused when malformed', async () => {
    for (const rules of [[], ['quorum none', 'quorum none'], ['quorum W9'], ['group none 1 W0'],
      ['group g 0 W0', 'quorum g'], ['group g 2 W0', 'quorum g'], ['group g any', 'quorum g'],
      ['group g any W0', 'group h any W0', 'quorum g'], ['group W0 any W1', 'quorum W0'],
      [`log ${log.vkey}`, 'quorum none'], [`witness again ${witnesses[0].vkey}`, 'quorum none'],
      ['quorun W0'], ['witness x', 'quorum none'], ['log', 'quorum none'], ['toString x']]) {
      await assert.rejects(policyWith(...rules), { reason: 'POLICY_INVALID' }, rules.join('; '));
    }
    const wrongId = log.vkey.replace(/\+[0-9a-f]{8}\+/, '+00000000+');
    await assert.rejects(parsePolicy(`log ${wrongId}\nquorum none\n`), { reason: 'VKEY_INVALID' });
  });

  test('open only notes that are well formed', async () => {
    const policy = await policyWith('quorum none');
    const good = await noteWith([]);
    const tail = '\u2014 x AAAAAAA=\n';
    for (const bad of [new Uint8Array(0), good.subarray(0, -1), concat(good, ascii('\n')),
      concat(good, ascii('x\n')), concat(good, ascii('\u2014 x y z\n')), concat(good, [0xff, 0x0a]),
      concat(ascii('\t'), good), concat(good, ascii(tail.repeat(64)))]) {
      await assert.rejects(openCheckpoint(policy, bad), { reason: 'NOTE_INVALID' });
    }
    await openCheckpoint(policy, concat(good, ascii(tail.repeat(16))));
  });
});
