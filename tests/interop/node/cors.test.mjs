// SPDX-License-Identifier: Apache-2.0
// What a browser asks of a server on another origin before a page may read or submit (the Fetch
// standard's CORS protocol). fetch here does not enforce it, so the headers are looked at.

import assert from 'node:assert/strict';
import { request } from 'node:http';
import { after, before, suite, test } from 'node:test';

import { ED25519, openCheckpoint, releaseStatement, signEnvelope, verifyProof } from './candor.mjs';
import { ascii } from './lib/bytes.mjs';
import { Cluster } from './testing/cluster.mjs';

const PAGE = 'https://explorer.example';

// A request as a browser sends it for a page of another origin.
function ask(method, url, { headers = {}, body } = {}) {
  return new Promise((resolve, reject) => {
    const sent = request(url, { method, headers: { Origin: PAGE, ...headers } }, (response) => {
      const parts = [];
      response.on('data', (part) => parts.push(part));
      response.on('error', reject);
      response.on('end', () => resolve({
        status: response.statusCode,
        headers: response.headers,
        body: new Uint8Array(Buffer.concat(parts)),
      }));
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

function list(header) {
  return (header ?? '').split(',').map((item) => item.trim().toLowerCase());
}

// Anyone may read; nothing depends on who asks, so no credentials are involved.
function assertReadable({ headers }, what) {
  assert.equal(headers['access-control-allow-origin'], '*', what);
  assert.equal(headers['access-control-allow-credentials'], undefined, what);
}

suite('a page of another origin', () => {
  let cluster;
  let vendor;

  before(async () => {
    cluster = await Cluster.start({ witnesses: 1, quorum: 1 });
    vendor = await cluster.enrol('acme.example', ED25519);
  });
  after(() => cluster?.stop());

  async function envelope(version) {
    const payload = await releaseStatement([{ name: 'cam.img', bytes: ascii('firmware') }],
      `${vendor.prefix}cam@${version}`);
    return signEnvelope('application/vnd.in-toto+json', payload, vendor.keys);
  }

  test('may read the checkpoint, tiles and bundles', async () => {
    const newest = await ask('GET', `${cluster.url}/checkpoint`);
    assertReadable(newest, '/checkpoint');
    const { size } = await openCheckpoint(cluster.policy, newest.body);
    for (const path of [`tile/0/000.p/${size}`, `tile/entries/000.p/${size}`]) {
      const response = await ask('GET', `${cluster.url}/${path}`);
      assert.equal(response.status, 200, path);
      assertReadable(response, path);
    }
  });

  test('may read why something is not there', async () => {
    const missing = await ask('GET', `${cluster.url}/tile/0/999`);
    assert.equal(missing.status, 404);
    assertReadable(missing, 'an error');
  });

  test('may ask for what it has not got yet', async () => {
    const first = await ask('GET', `${cluster.url}/checkpoint`);
    const again = await ask('GET', `${cluster.url}/checkpoint`, {
      headers: { 'If-None-Match': first.headers.etag },
    });
    assert.equal(again.status, 304);
    assertReadable(again, 'not modified');
  });

  test('may submit: the preflight allows POST with a content type', async () => {
    const preflight = await ask('OPTIONS', `${cluster.url}/add`, {
      headers: {
        'Access-Control-Request-Method': 'POST',
        'Access-Control-Request-Headers': 'content-type',
      },
    });
    assert.ok(preflight.status >= 200 && preflight.status < 300, `status ${preflight.status}`);
    assertReadable(preflight, 'the preflight');
    assert.ok(list(preflight.headers['access-control-allow-methods']).includes('post'));
    assert.ok(list(preflight.headers['access-control-allow-headers']).includes('content-type'));
  });

  test('reads the answer to its submission', async () => {
    const response = await ask('POST', `${cluster.url}/add`, {
      headers: { 'Content-Type': 'application/json' }, body: await envelope('1.0'),
    });
    assert.equal(response.status, 200);
    assertReadable(response, 'the proof');
    await verifyProof(response.body, cluster.policy, vendor.publicKeys);
  });

  test('reads why its submission was refused', async () => {
    const response = await ask('POST', `${cluster.url}/add`, {
      headers: { 'Content-Type': 'application/json' }, body: '{}',
    });
    assert.equal(response.status, 400);
    assertReadable(response, 'the refusal');
  });
});
