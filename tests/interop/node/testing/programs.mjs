// SPDX-License-Identifier: Apache-2.0
// Our programs as real processes, which end with the test.

import { execFile, spawn } from 'node:child_process';
import { statSync } from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { PassThrough } from 'node:stream';
import { promisify } from 'node:util';

const LIMIT_MS = 120_000;
const ROOT = path.resolve(import.meta.dirname, '../../../..');

// Where Bazel puts them.
const FOLDERS = {
  candor: 'client/cli',
  'candor-log': 'log',
  'candor-witness': 'witness',
  'candor-load': 'tests/bench',
};

// CANDOR_BIN names a folder with the programs, flat or as Bazel lays them out.
function programPath(name) {
  const folder = process.env.CANDOR_BIN || path.join(ROOT, 'bazel-bin');
  const flat = path.join(folder, name);
  const isFile = statSync(flat, { throwIfNoEntry: false })?.isFile();
  return isFile ? flat : path.join(folder, FOLDERS[name], name);
}

// Runs to the end; answers what it printed. Another exit code than 0 is an error.
export async function run(name, ...flags) {
  const { stdout } = await promisify(execFile)(programPath(name), flags, { timeout: LIMIT_MS });
  return stdout.trim();
}

// Calls `look` until it answers something; each look does I/O, which paces the loop.
export async function waitFor(what, look) {
  const deadline = Date.now() + LIMIT_MS;
  for (;;) {
    const found = await look();
    if (found) return found;
    if (Date.now() > deadline) throw new Error(`it did not happen in time: ${what}`);
  }
}

// A running server, once it has said that it listens.
export class Server {
  #process;
  #exited;
  said = [];

  static async start(name, ...flags) {
    const server = new Server();
    await server.#start(programPath(name), flags);
    return server;
  }

  #start(program, flags) {
    this.#process = spawn(program, flags, { stdio: ['ignore', 'pipe', 'pipe'] });
    this.#exited = new Promise((resolve) => { this.#process.once('exit', resolve); });
    process.once('exit', () => this.#process.kill('SIGKILL'));
    const output = new PassThrough();
    this.#process.stdout.pipe(output, { end: false });
    this.#process.stderr.pipe(output, { end: false });
    return new Promise((resolve, reject) => {
      const give = (why) => reject(new Error(`${program} ${why}:\n${this.said.join('\n')}`));
      this.#process.once('error', (error) => give(String(error)));
      this.#process.once('exit', (code) => give(`ended with ${code}`));
      createInterface({ input: output }).on('line', (line) => {
        this.said.push(line);
        if (line.includes('listening on')) resolve();
      });
    });
  }

  async stop() {
    this.#process.kill('SIGTERM');
    const late = setTimeout(() => this.#process.kill('SIGKILL'), LIMIT_MS);
    await this.#exited;
    clearTimeout(late);
  }
}
