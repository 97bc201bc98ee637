/** Choking policies on the command line: listed, chosen, loaded, shadowed, recorded and replayed. */
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { listPolicies } from '../../src/policy/choke/registry.js';
import { Film } from './film.js';

const film = await Film.make();
const { folder } = film;
const actorrent = (...args: readonly string[]) => film.actorrent(...args);
after(() => film.remove());

test('policies: a few lines for each, or all of one, or data', async () => {
  const { out } = await actorrent('policies');
  for (const { name, summary, source } of listPolicies()) {
    assert.ok(out.includes(`${name}: ${summary}\n`) && out.replace(/\n {2}/g, ' ').includes(source), name);
  }
  for (const line of out.split('\n')) assert.ok(line.length <= 130, line);
  const one = await actorrent('policies', 'rain');
  assert.match(one.out, /^rain: three by .*\n {2}from rain, .*\n {2}decides every 10 s for each torrent by itself, and at once/);
  assert.match(one.out, /^ {2}slots=3 +regular slots: an integer from 1 to 500$/m);
  const json = JSON.parse((await actorrent('policies', '--json')).out) as readonly { readonly name: string }[];
  assert.deepEqual(json.map((p) => p.name), listPolicies().map((p) => p.name));
  assert.equal((JSON.parse((await actorrent('policies', 'wgo', '--json')).out) as { name: string }).name, 'wgo');
});

const MINE = `export default { name: 'mine', scope: 'session', defaults: { slots: 4 }, init: () => null,
  timing: ({ slots }) => ({ tickMs: slots * 1000, react: [], minHoldMs: 0 }), decide: () => ({ unchoked: new Map(), state: null }) };`;
const modules: Readonly<Record<string, string>> = {
  'mine.mjs': MINE, 'empty.mjs': '', 'broken.mjs': 'export default {', 'shape.mjs': MINE.replace('session', 'here'),
  'thrower.mjs': MINE.replace('init: () => null', "init() { throw new Error('oops'); }"),
};
const wrong: readonly (readonly [code: number, err: RegExp, ...words: string[]])[] = [
  [2, /^actorrent: --choke-policy: expected a name .* \(did you mean wgo\?\), found "wgoo"\n$/, '--choke-policy', 'wgoo'],
  [2, /^actorrent: --shadow-policy: expected a name .*found "wog"\n$/, '--shadow-policy', 'wog'],
  [2, /^actorrent: wgo\.slots: expected an integer from 1 to 500, found "0"\n$/, '--choke-policy', 'wgo,slots=0'],
  [2, /^actorrent: parameter of wgo: expected one of slots, /, '--choke-policy', 'wgo', '--choke-param', 'x=1'],
  [2, /^actorrent: wgo\.slots: /, '--choke-policy', 'f*=wgo,slots=0'],
  [1, /^actorrent: --choke-policy: \.\/none\.mjs: expected an ES module, found .*no such file/i, '--choke-policy', './none.mjs'],
  [1, /empty\.mjs: default: expected an object \{ name, .* found nothing\n$/, '--choke-policy', './empty.mjs'],
  [1, /broken\.mjs: expected an ES module, found /, '--choke-policy', './broken.mjs'],
  [1, /shape\.mjs: scope: expected 'torrent' or 'session', found "here"\n$/, '--shadow-policy', './shape.mjs'],
  [1, /thrower\.mjs: init: expected no exception, found Error: oops\n$/, '--choke-policy', 'x*=./thrower.mjs'],
  [1, /mine\.mjs: timing\(\)\.tickMs: expected .*, found -3000\n$/, '--choke-policy', './mine.mjs', '--choke-param', 'slots=-3'],
  [1, /^actorrent: record nowhere\/choke: /, '--record-choke', 'nowhere/choke'],
];

test('what is wrong with a policy is told in one line, before anything starts', async () => {
  for (const [file, code] of Object.entries(modules)) await writeFile(join(folder, file), code);
  for (const [code, expected, ...words] of wrong) {
    const { err, ...found } = await actorrent('seed', 'film.torrent', '--folder', 'from', '--port', '0', '--json', ...words);
    assert.match(err, expected);
    assert.deepEqual([found.code, found.out, err.trim().split('\n').length], [code, '', 1], err);
  }
});

test('a module of the user\'s chokes, looks on, is swapped from the console, and is replaced once it throws', async () => {
  const mine = (name: string, decide: string): Promise<void> => writeFile(join(folder, `${name}.mjs`), `export default { name: '${name}',
    scope: 'session', timing: () => ({ tickMs: 1000, react: [], minHoldMs: 0 }), init: () => 0, decide: ${decide} };`);
  await mine('miser', '() => ({ unchoked: new Map(), state: null })');
  await mine('giver', "({ peers }) => ({ unchoked: new Map(peers.map((p) => [p.key, { why: 'exempt' }])), state: null })");
  // It is tried once when it is loaded.
  await mine('faulty', "({ state }) => { if (state > 0) throw new Error('no idea'); return { unchoked: new Map(), state: state + 1 }; }");
  const events = await film.seeding(['--choke-policy', './miser.mjs', '--shadow-policy', './giver.mjs'], async (seeder) => {
    const shadowed = seeder.next('shadow', (e) => e.onlyShadow.length > 0);
    const taken = film.download('taken', seeder);
    const { policy, live, onlyShadow } = await shadowed;
    assert.deepEqual([policy, live, onlyShadow.map((peer) => peer.why)], ['giver', 'miser', ['exempt']]);
    const typed = async (line: string): Promise<string> => {
      const answer = seeder.next('answer');
      seeder.type(line);
      return (await answer).lines.join();
    };
    assert.match(await typed('policy ./shape.mjs'), /shape\.mjs: scope: expected 'torrent' or 'session', found "here"$/);
    assert.equal(await typed('policy ./giver.mjs'), 'choking policy: giver');
    await taken;
    const warned = seeder.next('warning');
    assert.equal(await typed('policy ./faulty.mjs'), 'choking policy: faulty');
    assert.equal((await warned).reason, 'choking policy faulty threw Error: no idea; tit-for-tat takes its place');
    await film.download('taken-again', seeder);
  });
  const chokes = events.flatMap((e) => (e.event === 'choke' ? [e] : []));
  assert.deepEqual([chokes[0]?.choked, chokes[0]?.why], [false, 'exempt']);
  assert.ok(chokes.some((e) => !e.choked && /^(idle|regular|optimistic)$/.test(e.why)), 'the default unchokes too');
});

test('a run with a shadow is recorded, its choke events tell why, and the record is replayed', async () => {
  const events = await film.seeding(['--choke-policy', 'transmission,roundMs=1000', '--choke-policy', 'album*=freerider',
    '--shadow-policy', 'freerider', '--record-choke', 'rec.jsonl'], (seeder) => film.download('to', seeder));
  const choke = events.find((e) => e.event === 'choke');
  assert.ok(choke?.event === 'choke' && !choke.choked && /^(idle|regular)$/.test(choke.why), JSON.stringify(choke));
  const again = await actorrent('policies', 'replay', 'rec.jsonl', '--policy', 'transmission');
  assert.deepEqual([again.code, again.err], [0, '']);
  assert.match(again.lines.at(-1)!, /^transmission agrees with transmission in (\d+) of \1 choices? /);
  const data = (await actorrent('policies', 'replay', 'rec.jsonl', '--policy', './mine.mjs', '--json')).lines.map((l) => JSON.parse(l) as object);
  for (const decision of data) assert.deepEqual(Object.keys(decision), ['policy', 'recorded', 'trigger', 'subjects', 'now', 'differences']);
});

test('replay: a file that is none, or no record', async () => {
  const replayed = async (file: string) => (await actorrent('policies', 'replay', file)).err;
  assert.match(await replayed('nowhere'), /^actorrent: nowhere: .*no such file/i);
  assert.match(await replayed('film.torrent'), /^actorrent: film\.torrent, line 1: line: expected JSON, found /);
  await writeFile(join(folder, 'empty'), '');
  assert.equal(await replayed('empty'), 'actorrent: empty: nothing is recorded in it\n');
  assert.equal((await actorrent('policies', 'replay')).code, 2);
  assert.equal((await actorrent('policies', 'wgo', 'bep3')).code, 2);
});
