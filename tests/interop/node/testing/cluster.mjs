// SPDX-License-Identifier: Apache-2.0
// A log with witnesses on loopback ports that the system chose, and vendors enrolled with keys that
// WebCrypto made.

import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { generateKey, parsePolicy, privateKeyPem } from '../candor.mjs';
import { Server, run, waitFor } from './programs.mjs';

export const ORIGIN = 'log.example/node';

export class Cluster {
  #servers = [];

  static async start({ witnesses = 3, quorum = 2 } = {}) {
    const cluster = new Cluster();
    try {
      await cluster.#start(witnesses, quorum);
    } catch (error) {
      await cluster.stop();
      throw error;
    }
    return cluster;
  }

  path(name) {
    return path.join(this.dir, name);
  }

  async write(name, content) {
    await writeFile(this.path(name), content, { mode: 0o600 });
    return this.path(name);
  }

  async #launch(name, portFile, ...flags) {
    const server = await Server.start(name, 'run', ...flags, '--port-file', portFile);
    this.#servers.push(server);
    return JSON.parse(await readFile(portFile, 'utf8'));
  }

  async #start(witnesses, quorum) {
    this.dir = await mkdtemp(path.join(tmpdir(), 'candor-node-'));
    await run('candor-log', 'init', '--origin', ORIGIN, '--dir', this.path('log'));
    const config = this.path('log/candor-log.conf');
    this.vkey = await run('candor-log', 'vkey', '--config', config);
    const names = Array.from({ length: witnesses }, (_, i) => `w${i + 1}`);
    const lines = [`log ${this.vkey}`];
    for (const name of names) lines.push(await this.#startWitness(name));
    lines.push(`group enough ${quorum} ${names.join(' ')}`, 'quorum enough', '');
    this.policyText = lines.join('\n');
    this.policyFile = await this.write('trust.policy', this.policyText);
    this.policy = await parsePolicy(this.policyText);
    const ports = await this.#launch('candor-log', this.path('log.port'), '--config', config,
      '--policy', this.policyFile, '--http-listen', '127.0.0.1:0', '--grpc-listen', '127.0.0.1:0');
    this.url = `http://127.0.0.1:${ports.http}`;
    this.grpc = `127.0.0.1:${ports.grpc}`;
    await waitFor('the log is ready', async () => (await fetch(`${this.url}/readyz`)).ok);
  }

  async #startWitness(name) {
    const dir = this.path(name);
    const config = path.join(dir, 'candor-witness.conf');
    await run('candor-witness', 'init', '--dir', dir, '--name', `${name}.example`,
      '--log', this.vkey);
    const vkey = await run('candor-witness', 'vkey', '--config', config);
    const ports = await this.#launch('candor-witness', `${dir}.port`, '--config', config,
      '--listen', '127.0.0.1:0');
    return `witness ${name} ${vkey} http://127.0.0.1:${ports.http}`;
  }

  // Enrols a vendor whose signing keys are of these algorithms; answers the keys.
  async enrol(participant, ...algorithms) {
    const prefix = `pkg:generic/${participant}/`;
    const keys = await Promise.all(algorithms.map(generateKey));
    const [root, request, approved] = ['root.key', 'request', 'approved'].map((name) => (
      this.path(`${participant}.${name}`)));
    const files = await Promise.all(keys.map(async (key, i) => (
      this.write(`${participant}.${i}.key`, await privateKeyPem(key)))));
    await run('candor', 'keygen', '--out', root);
    await run('candor', 'enroll', 'request', '--log-origin', ORIGIN, '--participant', participant,
      '--root-key', root, ...files.flatMap((file) => ['--signing-key', file]),
      '--predicate', 'release', '--purl-prefix', prefix, '--out', request);
    await run('candor', 'enroll', 'approve', '--yes', '--out', approved,
      '--registrar-key', this.path('log/keys/registrar.key'), request);
    await run('candor', 'enroll', 'submit', '--log', this.url, approved);
    return { participant, prefix, keys, files, publicKeys: keys.map((key) => key.publicKey) };
  }

  // Adds `count` further releases of a vendor; answers when all are published.
  async grow({ prefix, files }, count) {
    await run('candor-load', 'add', '--target', this.grpc, '--key', files[0],
      '--purl-prefix', prefix, '--count', String(count), '--run', 'grow', '--wait-published');
  }

  async stop() {
    await Promise.all(this.#servers.map((server) => server.stop()));
    if (this.dir !== undefined) await rm(this.dir, { recursive: true });
  }
}
