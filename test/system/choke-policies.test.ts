/** Choking policies in real swarms on loopback: swapped, shadowed, recorded and replayed, one a torrent, and one that fails. */
import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { openOutput, recordIn } from '../../src/cli/output-file.js';
import { replayFile } from '../../src/cli/replay-file.js';
import type { ChosenPolicy } from '../../src/client.js';
import { nodeModules } from '../../src/edge/modules.js';
import { builtIn } from '../../src/policy/choke/choose.js';
import type { ClientEvent } from '../../src/ports/events.js';
import { HandClock } from './hand-clock.js';
import { assertHas, at, eventually, inLab, makeContent, put, request, type Content, type Lab, type Member } from './swarm.js';

const BLOCK = 16_384;
const policy = (name: string): ChosenPolicy => {
  const found = builtIn(name, []);
  assert.ok(found.ok);
  return found.value;
};
const failing: ChosenPolicy = { params: {}, policy: { ...policy('all').policy, name: 'mine', decide() {
  throw new Error('oops');
} } };
const content = makeContent({ name: 'film', sizes: [20 * BLOCK], pieceLength: BLOCK });

async function seeder(lab: Lab, choke: ChosenPolicy, more: Parameters<Lab['start']>[2] = {}, config: Parameters<Lab['start']>[1] = {}) {
  const clock = new HandClock();
  const member = lab.start('seeder', { choke, ...config }, { clock, modules: nodeModules, ...more });
  put(content, member.folder);
  member.client.add(request(content, member.folder));
  await member.until('done');
  return { member, clock };
}

async function leecher(lab: Lab, from: Member, of: Content = content): Promise<Member> {
  const member = lab.start(`leecher of ${of.meta.name}`);
  member.client.add(request(of, member.folder, { peers: [await at(from)] }));
  await from.until('peer', (e) => e.what === 'connected' && e.torrent === of.meta.infoHash);
  return member;
}

/** Lets rounds pass until it has come. */
async function passUntil(clock: HandClock, holds: () => boolean, what: string): Promise<void> {
  await eventually(() => {
    clock.advance(100);
    return holds();
  }, what);
}
const isDone = (m: Member) => (): boolean => m.events.some((e) => e.event === 'done');
const chokes = (m: Member): ClientEvent[] => m.events.filter((e) => e.event === 'choke');

test('a policy that throws is replaced by the default, and the swarm goes on', () => inLab(async (lab) => {
  const { member, clock } = await seeder(lab, failing);
  const taker = await leecher(lab, member);
  await passUntil(clock, isDone(taker), 'the download');
  assertHas(content, taker.folder);
  const { reason } = await member.until('warning');
  assert.equal(reason, 'choking policy mine threw Error: oops; tit-for-tat takes its place');
  assert.equal(member.events.filter((e) => e.event === 'warning').length, 1);
}));

test('swapped from the console: by name, with parameters, and from a file, anew where it has changed', () => inLab(async (lab) => {
  const { member, clock } = await seeder(lab, policy('freerider'));
  const taker = await leecher(lab, member);
  await clock.pass(30_000);
  assert.deepEqual(chokes(member), []);
  const typed = async (line: string): Promise<string> => {
    const answer = member.next('answer');
    member.type(line);
    return (await answer).lines.join();
  };
  const file = join(lab.folder, 'mine.mjs');
  writeFileSync(file, 'export default { name: "mine", scope: "everywhere" };');
  assert.match(await typed(`policy ${file}`), /mine\.mjs: scope: expected 'torrent' or 'session', found "everywhere"$/);
  writeFileSync(file, `export default { name: 'mine', scope: 'session', defaults: { why: 'kept' },
    timing: () => ({ tickMs: 1000, react: [], minHoldMs: 0 }), init: () => null,
    decide: ({ peers }, { why }) => ({ unchoked: new Map(peers.map((p) => [p.key, { why }])), state: null }) };`);
  assert.equal(await typed(`policy ${file} why=exempt`), 'choking policy: mine');
  await passUntil(clock, isDone(taker), 'the download');
  assert.deepEqual(chokes(member).map((e) => (e.event === 'choke' ? [e.choked, e.why] : e)), [[false, 'exempt']]);
  assert.equal(await typed('policy wgo slots=3'), 'choking policy: wgo');
}));

test('a torrent with a policy of its own: the others have that of all; it can be changed alone', () => inLab(async (lab) => {
  const { member, clock } = await seeder(lab, policy('all'));
  const own = makeContent({ name: 'album', sizes: [30 * BLOCK], pieceLength: BLOCK });
  put(own, member.folder);
  member.client.add(request(own, member.folder, { choke: policy('freerider') }));
  await member.until('done', (e) => e.name === 'album');
  const starved = await leecher(lab, member, own);
  const served = await leecher(lab, member);
  await passUntil(clock, isDone(served), 'the download of the other');
  await clock.pass(30_000);
  assert.deepEqual([isDone(starved)(), chokes(member).filter((e) => e.event === 'choke' && e.name === 'album')], [false, []]);
  member.type('policy round-robin for alb');
  await passUntil(clock, isDone(starved), 'the download of the album');
  assertHas(own, starved.folder);
}));

test('a shadow has no effect, and tells by address where it differs', () => inLab(async (lab) => {
  const { member, clock } = await seeder(lab, policy('freerider'), {}, { shadow: policy('tit-for-tat') });
  await leecher(lab, member);
  const { address } = await member.until('peer');
  const differs = (): ClientEvent | undefined => member.events.find((e) => e.event === 'shadow' && e.onlyShadow.length > 0);
  await passUntil(clock, () => differs() !== undefined, 'a round in which the peer is interested');
  assert.deepEqual(differs(), { event: 'shadow', policy: 'tit-for-tat', live: 'freerider', same: 0, onlyLive: [],
    onlyShadow: [{ address, why: 'regular' }] });
  assert.deepEqual(chokes(member), []);
}));

test('recorded in a swarm, replayed offline: the same policy agrees, another does not', () => inLab(async (lab) => {
  const file = join(lab.folder, 'record', 'choke.jsonl');
  mkdirSync(dirname(file));
  const record = openOutput({ path: file, what: 'record', note: assert.fail });
  const { member, clock } = await seeder(lab, policy('tit-for-tat'), { record: recordIn(record) });
  const taker = await leecher(lab, member);
  await passUntil(clock, isDone(taker), 'the download');
  await clock.pass(20_000);
  await member.stop();
  await record.close();
  const replayed = async (name: string): Promise<string[]> => {
    const lines: string[] = [];
    await replayFile(file, policy(name), { print: (line) => void lines.push(line), json: false });
    return lines;
  };
  const [agrees, ...more] = await replayed('tit-for-tat');
  assert.match(agrees!, /^tit-for-tat agrees with tit-for-tat in (\d+) of \1 choices? \(\d+ decisions\)$/);
  assert.deepEqual(more, []);
  const other = await replayed('freerider');
  assert.match(other[0]!, /^\d+\.\d s, \w+: tit-for-tat alone: \d+ \(\w+\)$/);
  assert.match(other.at(-1)!, /^freerider agrees with tit-for-tat in /);
}));
