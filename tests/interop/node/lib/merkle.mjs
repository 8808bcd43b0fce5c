// SPDX-License-Identifier: Apache-2.0
// RFC 6962 trees, and the tiles that C2SP tlog-tiles cuts them into.

import { Reader, equal, fail, sha256, uint } from './bytes.mjs';

const TILE_WIDTH = 256;
const TILE_HEIGHT = 8;
const HASH_BYTES = 32;
const MAX_PROOF_HASHES = 63;

export function leafHash(entry) {
  return sha256(uint(0, 1), entry);
}

export function nodeHash(left, right) {
  return sha256(uint(1, 1), left, right);
}

// The root that an audit path (RFC 6962 section 2.1.1) leads to. Numbers up to 2^53, so no bit
// operations: JavaScript does those on 32 bits.
export async function rootFromInclusion(leaf, index, size, proof) {
  if (index >= size) fail('INCLUSION_INVALID', `entry ${index} is not in a tree of ${size}`);
  if (proof.length > MAX_PROOF_HASHES) fail('INCLUSION_INVALID', 'the proof is too long');
  let hash = leaf;
  let position = index;
  let last = size - 1;
  for (const sibling of proof) {
    if (last === 0) fail('INCLUSION_INVALID', 'the proof is too long');
    if (position % 2 === 1 || position === last) {
      hash = await nodeHash(sibling, hash);
      while (position % 2 === 0 && position !== 0) {
        position /= 2;
        last = Math.floor(last / 2);
      }
    } else {
      hash = await nodeHash(hash, sibling);
    }
    position = Math.floor(position / 2);
    last = Math.floor(last / 2);
  }
  if (last !== 0) fail('INCLUSION_INVALID', 'the proof is too short');
  return hash;
}

export async function verifyInclusion(leaf, index, checkpoint, proof) {
  const root = await rootFromInclusion(leaf, index, checkpoint.size, proof);
  if (!equal(root, checkpoint.root)) {
    fail('INCLUSION_INVALID', `entry ${index} is not the one in the tree of the checkpoint`);
  }
}

// 1234067 is "x001/x234/067".
function indexPath(index) {
  const digits = String(index);
  const groups = digits.padStart(Math.ceil(digits.length / 3) * 3, '0').match(/.{3}/g);
  return groups.map((group, i) => (i < groups.length - 1 ? `x${group}` : group)).join('/');
}

// How many hashes tile `index` of this level has in a tree of `size` entries.
export function tileWidth(level, index, size) {
  const hashes = Math.floor(size / TILE_WIDTH ** level);
  return Math.min(TILE_WIDTH, Math.max(0, hashes - index * TILE_WIDTH));
}

export function tilePath(level, index, size) {
  const width = tileWidth(level === 'entries' ? 0 : level, index, size);
  if (width === 0) fail('INCLUSION_INVALID', `no tile ${level}/${index} in a tree of ${size}`);
  return `tile/${level}/${indexPath(index)}${width < TILE_WIDTH ? `.p/${width}` : ''}`;
}

// The largest power of two below n.
function split(n) {
  let k = 1;
  while (k * 2 < n) k *= 2;
  return k;
}

// Of a tile's hashes: themselves, then their pairs hashed, and so on up to the tile's own root.
async function tileLevels(bytes) {
  const width = bytes.length / HASH_BYTES;
  let hashes = Array.from({ length: width }, (_, i) => (
    bytes.subarray(i * HASH_BYTES, (i + 1) * HASH_BYTES)));
  const levels = [hashes];
  while (hashes.length > 1) {
    const lefts = hashes.filter((_, i) => i % 2 === 0 && i + 1 < hashes.length);
    const below = hashes;
    hashes = await Promise.all(lefts.map((left, i) => nodeHash(left, below[2 * i + 1])));
    levels.push(hashes);
  }
  return levels;
}

// A tree read through its tiles. `readPath(path)` answers the bytes of a tile. After `verifyRoot`
// every tile that is used is the checkpoint's: those at the right edge were hashed into its root,
// and each full one is checked against the hash that the tile above has of it.
export class TileTree {
  #readPath;
  #size;
  #tiles = new Map();

  constructor(size, readPath) {
    this.#size = size;
    this.#readPath = readPath;
  }

  async #readTile(level, index, path) {
    const width = tileWidth(level, index, this.#size);
    const bytes = await this.#readPath(path);
    if (bytes.length !== width * HASH_BYTES) fail('TILE_INVALID', `${path}: ${bytes.length} bytes`);
    const levels = await tileLevels(bytes);
    if (width === TILE_WIDTH) {
      const above = await this.#node(TILE_HEIGHT * (level + 1), index);
      if (!equal(levels[TILE_HEIGHT][0], above)) fail('TILES_MISMATCH', `${path} is another tree's`);
    }
    return levels;
  }

  #tile(level, index) {
    const path = tilePath(level, index, this.#size);
    if (!this.#tiles.has(path)) this.#tiles.set(path, this.#readTile(level, index, path));
    return this.#tiles.get(path);
  }

  // The hash of the complete subtree [index << height, (index + 1) << height).
  async #node(height, index) {
    const inTile = height % TILE_HEIGHT;
    const perTile = TILE_WIDTH / 2 ** inTile;
    const levels = await this.#tile((height - inTile) / TILE_HEIGHT, Math.floor(index / perTile));
    return levels[inTile][index % perTile];
  }

  // MTH(D[start:end]).
  async #range(start, end) {
    const width = end - start;
    const height = Math.log2(width);
    if (Number.isInteger(height)) return this.#node(height, start / width);
    const middle = start + split(width);
    return nodeHash(await this.#range(start, middle), await this.#range(middle, end));
  }

  async #path(index, start, end) {
    if (end - start === 1) return [];
    const middle = start + split(end - start);
    if (index < middle) {
      return [...await this.#path(index, start, middle), await this.#range(middle, end)];
    }
    return [...await this.#path(index, middle, end), await this.#range(start, middle)];
  }

  root() {
    return this.#size === 0 ? sha256() : this.#range(0, this.#size);
  }

  leaf(index) {
    return this.#node(0, index);
  }

  inclusionProof(index) {
    return this.#path(index, 0, this.#size);
  }

  async verifyRoot(checkpoint) {
    if (this.#size !== checkpoint.size || !equal(await this.root(), checkpoint.root)) {
      fail('TILES_MISMATCH', 'the tiles are not those of the checkpoint');
    }
  }
}

// The entries of a bundle: each with its length in front.
export function parseBundle(bytes, width) {
  const reader = new Reader(bytes, 'BUNDLE_INVALID');
  const entries = Array.from({ length: width }, () => reader.bytes(reader.uint(2)));
  reader.end();
  return entries;
}
