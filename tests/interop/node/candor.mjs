// SPDX-License-Identifier: Apache-2.0
// Publishes to a Candor log and verifies what it answers, with fetch and WebCrypto alone: the same
// code runs in a browser. Nothing that a log says is believed; what is wrong throws a VerifyError.

import { concat, equal, fail, hex, sha256, text } from './lib/bytes.mjs';
import { decodeEntry, signersOf } from './lib/entry.mjs';
import { TileTree, leafHash, parseBundle, tilePath, tileWidth, verifyInclusion }
  from './lib/merkle.mjs';
import { openCheckpoint } from './lib/policy.mjs';
import { entryOfProof, parseProof } from './lib/proof.mjs';

export { VerifyError } from './lib/bytes.mjs';
export { encodeEntry, signEnvelope } from './lib/entry.mjs';
export { ECDSA_P256, ED25519, generateKey, importPublicKey, privateKeyPem } from './lib/keys.mjs';
export { parsePolicy } from './lib/policy.mjs';
export { openCheckpoint, parseProof };

const BUNDLE_ENTRIES = 256;
const MAX_RESPONSE_BYTES = BUNDLE_ENTRIES * (2 + 65535);
const TIMEOUT_MS = 60_000;

// A refusal by the log: `reason` and `message` are the log's own.
export class LogError extends Error {
  constructor(status, { reason = 'HTTP_ERROR', message = `HTTP status ${status}` } = {}) {
    super(`${message} [${reason}]`);
    this.name = 'LogError';
    this.status = status;
    this.reason = reason;
  }
}

async function readBounded(response) {
  const parts = [];
  let size = 0;
  const reader = response.body.getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return concat(...parts);
    parts.push(value);
    size += value.length;
    if (size > MAX_RESPONSE_BYTES) {
      await reader.cancel();
      fail('RESPONSE_TOO_LARGE', `the log answers with more than ${MAX_RESPONSE_BYTES} bytes`);
    }
  }
}

function refusal(bytes) {
  try {
    return JSON.parse(text(bytes)).error;
  } catch {
    return undefined; // whatever stands between us and the log said this
  }
}

// A log at its URL. Everything it gives is just bytes, to be verified.
export class Log {
  #url;
  #fetch;

  constructor(url, fetchFunction = (...args) => fetch(...args)) {
    this.#url = url.replace(/\/$/, '');
    this.#fetch = fetchFunction;
  }

  async #request(path, options) {
    const signal = AbortSignal.timeout(TIMEOUT_MS);
    const response = await this.#fetch(`${this.#url}/${path}`, { ...options, signal });
    const bytes = await readBounded(response);
    if (!response.ok) throw new LogError(response.status, refusal(bytes));
    return bytes;
  }

  // Waits until the entry is witnessed and published; answers the proof file. Safe to repeat.
  add(envelopeJson) {
    return this.#request('add', {
      method: 'POST', headers: { 'Content-Type': 'application/json' }, body: envelopeJson,
    });
  }

  checkpoint() {
    return this.#request('checkpoint');
  }

  tile(path) {
    return this.#request(path);
  }
}

async function verifyEntry(bytes, trustedKeys) {
  const entry = await decodeEntry(bytes);
  return { ...entry, signers: await signersOf(entry, trustedKeys) };
}

// Verifies a proof file offline: entry, signature, checkpoint, cosignatures, quorum, inclusion.
export async function verifyProof(proofBytes, policy, trustedKeys) {
  const proof = parseProof(proofBytes);
  const entryBytes = entryOfProof(proof);
  const entry = await verifyEntry(entryBytes, trustedKeys);
  const checkpoint = await openCheckpoint(policy, proof.checkpoint);
  await verifyInclusion(await leafHash(entryBytes), proof.index, checkpoint, proof.hashes);
  return { index: proof.index, bytes: entryBytes, entry, checkpoint };
}

// Reads an entry from the log's checkpoint, tiles and bundles, and verifies it the same way.
export async function verifyFromTiles(log, index, policy, trustedKeys) {
  const checkpoint = await openCheckpoint(policy, await log.checkpoint());
  const tree = new TileTree(checkpoint.size, (path) => log.tile(path));
  await tree.verifyRoot(checkpoint);
  const bundle = Math.floor(index / BUNDLE_ENTRIES);
  const width = tileWidth(0, bundle, checkpoint.size);
  const path = tilePath('entries', bundle, checkpoint.size);
  const bytes = parseBundle(await log.tile(path), width)[index % BUNDLE_ENTRIES];
  if (bytes === undefined) fail('INCLUSION_INVALID', `no entry ${index} in the tree`);
  const leaf = await leafHash(bytes);
  const hashes = await tree.inclusionProof(index);
  if (!equal(leaf, await tree.leaf(index))) {
    fail('ENTRY_MISMATCH', `the bundle's entry ${index} is not the one in the tree`);
  }
  await verifyInclusion(leaf, index, checkpoint, hashes);
  return { index, bytes, entry: await verifyEntry(bytes, trustedKeys), checkpoint, hashes };
}

// An in-toto statement that files are a release of a product.
export async function releaseStatement(files, purl) {
  const subject = await Promise.all(files.map(async ({ name, bytes }) => (
    { name, digest: { sha256: hex(await sha256(bytes)) } })));
  return new TextEncoder().encode(JSON.stringify({
    _type: 'https://in-toto.io/Statement/v1',
    subject,
    predicateType: 'https://in-toto.io/attestation/release/v0.1',
    predicate: { purl },
  }));
}

// Whether a verified entry's statement names these bytes by their SHA-256.
export async function speaksAbout(entry, bytes) {
  const digest = hex(await sha256(bytes));
  const statement = JSON.parse(text(entry.payload));
  return statement.subject.some((subject) => subject.digest.sha256 === digest);
}
