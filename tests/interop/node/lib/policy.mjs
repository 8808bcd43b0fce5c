// SPDX-License-Identifier: Apache-2.0
// The trust policy (C2SP tlog-policy): which logs and witnesses count, and how many of them.

import { fail } from './bytes.mjs';
import { cosignatureTimes, parseCheckpoint, parseNote, parseVkey, signedByLog } from './note.mjs';

// How far another clock may be ahead of ours; a cosignature of a later time states no time.
const CLOCK_SKEW_SECONDS = 300;

function bad(number, message) {
  fail('POLICY_INVALID', `line ${number}: ${message}`);
}

function memberOf(policy, name, number) {
  return policy.members.get(name) ?? bad(number, `"${name}" is not defined above`);
}

async function addLog(policy, [vkey, url], number) {
  const key = await parseVkey(vkey ?? bad(number, 'the key is missing'));
  if (policy.logs.some((log) => log.vkey.material === key.material)) bad(number, 'a log twice');
  policy.logs.push({ vkey: key, url });
}

function define(policy, name, member, number) {
  if (name === 'none' || policy.members.has(name)) bad(number, `"${name}" is taken`);
  policy.members.set(name, member);
}

async function addWitness(policy, [name, vkey, url], number) {
  if (vkey === undefined) bad(number, 'a witness has a name and a key');
  const key = await parseVkey(vkey);
  const same = policy.witnesses.some((other) => other.vkey.material === key.material);
  if (same) bad(number, 'a witness twice');
  const witness = { name, vkey: key, url };
  define(policy, name, witness, number);
  policy.witnesses.push(witness);
}

function addGroup(policy, [name, count, ...names], number) {
  const members = names.map((member) => memberOf(policy, member, number));
  const words = { any: 1, all: members.length };
  const threshold = words[count] ?? (/^[1-9][0-9]{0,5}$/.test(count) ? Number(count) : 0);
  if (threshold < 1 || threshold > members.length) bad(number, `a group needs 1..n, not ${count}`);
  for (const member of members) {
    if (policy.used.has(member)) bad(number, 'a name is in two groups');
    policy.used.add(member);
  }
  define(policy, name, { threshold, members }, number);
}

function setQuorum(policy, names, number) {
  if (policy.quorum !== undefined || names.length !== 1) bad(number, 'one quorum, of one name');
  policy.quorum = names[0] === 'none' ? null : memberOf(policy, names[0], number);
}

const LINES = { log: addLog, witness: addWitness, group: addGroup, quorum: setQuorum };

export async function parsePolicy(policyText) {
  const policy = { logs: [], witnesses: [], members: new Map(), used: new Set() };
  for (const [i, line] of policyText.split('\n').entries()) {
    const [keyword, ...words] = line.split(/[ \t]+/).filter((word) => word !== '');
    if (keyword === undefined || keyword.startsWith('#')) continue;
    if (!Object.hasOwn(LINES, keyword)) bad(i + 1, `"${keyword}" is not known`);
    await LINES[keyword](policy, words, i + 1);
  }
  if (policy.quorum === undefined) fail('POLICY_INVALID', 'the policy has no quorum');
  return policy;
}

function met(member, cosigned) {
  if (member.members === undefined) return cosigned(member);
  return member.members.filter((inner) => met(inner, cosigned)).length >= member.threshold;
}

// The first time at which the cosignatures up to it meet the quorum; undefined if their credible
// times do not.
function loggedBy(policy, times, now) {
  const credible = (time) => time > 0 && time <= now + CLOCK_SKEW_SECONDS;
  const all = [...times.values()].flat().filter(credible).sort((a, b) => a - b);
  return all.find((limit) => met(policy.quorum, (witness) => (
    (times.get(witness) ?? []).some((time) => time > 0 && time <= limit))));
}

// Opens a checkpoint as the policy says: signed by a log of it, cosigned by a quorum. `now` is in
// POSIX seconds.
export async function openCheckpoint(policy, bytes, now = Date.now() / 1000) {
  const note = parseNote(bytes);
  let log;
  for (const candidate of policy.logs) {
    if (await signedByLog(note, candidate.vkey)) log ??= candidate;
  }
  if (log === undefined) fail('LOG_NOT_TRUSTED', 'no log of the policy signed the checkpoint');
  const checkpoint = parseCheckpoint(note.text);
  if (checkpoint.origin !== log.vkey.name) {
    fail('ORIGIN_MISMATCH', `${log.vkey.name} signed a checkpoint of ${checkpoint.origin}`);
  }
  const times = new Map();
  for (const witness of policy.witnesses) {
    const stated = await cosignatureTimes(note, witness.vkey);
    if (stated.length > 0) times.set(witness, stated);
  }
  if (policy.quorum !== null && !met(policy.quorum, (witness) => times.has(witness))) {
    const names = [...times.keys()].map((witness) => witness.name);
    fail('QUORUM_NOT_MET', `cosigned by ${names.join(', ') || 'nobody'}: that is no quorum`);
  }
  return {
    ...checkpoint,
    note,
    witnesses: [...times.keys()].map((witness) => witness.name),
    loggedBy: policy.quorum === null ? undefined : loggedBy(policy, times, now),
  };
}
