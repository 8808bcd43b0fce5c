// SPDX-License-Identifier: Apache-2.0
// Every entry of a log with several levels of tiles is found and proven from the tiles alone.

import assert from 'node:assert/strict';
import { after, before, suite, test } from 'node:test';

import { ED25519, Log, openCheckpoint, verifyFromTiles } from './candor.mjs';
import { equal } from './lib/bytes.mjs';
import { TileTree, leafHash, parseBundle, tilePath, tileWidth, verifyInclusion }
  from './lib/merkle.mjs';
import { Cluster } from './testing/cluster.mjs';

suite('a log of more than two full tiles', () => {
  let cluster;
  let log;
  let vendor;
  let checkpoint;

  before(async () => {
    cluster = await Cluster.start({ witnesses: 1, quorum: 1 });
    log = new Log(cluster.url);
    vendor = await cluster.enrol('acme.example', ED25519);
    await cluster.grow(vendor, 600);
    checkpoint = await openCheckpoint(cluster.policy, await log.checkpoint());
  });
  after(() => cluster?.stop());

  test('every entry is in the tree, proven from the tiles', async () => {
    assert.ok(checkpoint.size >= 602);
    const tree = new TileTree(checkpoint.size, (path) => log.tile(path));
    await tree.verifyRoot(checkpoint);
    for (let bundle = 0; bundle * 256 < checkpoint.size; ++bundle) {
      const bytes = await log.tile(tilePath('entries', bundle, checkpoint.size));
      const entries = parseBundle(bytes, tileWidth(0, bundle, checkpoint.size));
      for (const [i, entry] of entries.entries()) {
        const index = bundle * 256 + i;
        const leaf = await leafHash(entry);
        assert.ok(equal(leaf, await tree.leaf(index)), `leaf ${index}`);
        await verifyInclusion(leaf, index, checkpoint, await tree.inclusionProof(index));
      }
    }
  });

  test('entries at the edges of tiles verify with their signatures', async () => {
    for (const index of [2, 255, 256, 257, 511, 512, 600, checkpoint.size - 1]) {
      const { entry } = await verifyFromTiles(log, index, cluster.policy, vendor.publicKeys);
      assert.equal(entry.signers.length, 1, `entry ${index}`);
    }
  });

  test('an index beyond the tree is refused', async () => {
    await assert.rejects(
      verifyFromTiles(log, checkpoint.size + 5000, cluster.policy, vendor.publicKeys),
      { reason: 'INCLUSION_INVALID' });
  });
});
