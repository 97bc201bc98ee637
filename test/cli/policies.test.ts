/** Choking policies on the command line: listed, chosen, loaded, shadowed, recorded and replayed. */
import assert from 'node:assert/strict';
import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { after, before, test } from 'node:test';
import { PROGRAM } from '../../src/cli/entries.js';
import type { ClientEvent } from '../../src/ports/events.js';
import { listPolicies } from '../../src/policy/choke/registry.js';

type Child = ChildProcessByStdio<null, Readable, Readable>;
let folder = '';

const run = (args: readonly string[]): Child => spawn(process.execPath, [PROGRAM, ...args], {
  cwd: folder, stdio: ['ignore', 'pipe', 'pipe'], env: { PATH: process.env['PATH'], ACTORRENT_CONFIG: 'none' },
});

async function actorrent(...args: readonly string[]) {
  const child = run(args);
  let [out, err] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (t: string) => { out += t; });
  child.stderr.setEncoding('utf8').on('data', (t: string) => { err += t; });
  return { code: await ended(child), out, err, get lines() { return out.trim().split('\n'); } };
}
const ended = (child: Child): Promise<number | null> => new Promise((resolve) => { child.on('close', resolve); });

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'actorrent-test-'));
  await mkdir(join(folder, 'from'));
  await writeFile(join(folder, 'from/film'), Buffer.alloc(400_000, 1));
  assert.equal((await actorrent('create', 'from/film', '-o', 'film.torrent')).code, 0);
});
after(() => rm(folder, { recursive: true }));

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
  [2, /^actorrent: --choke-policy: choke policy: expected a name .* \(did you mean wgo\?\), found "wgoo"\n$/, '--choke-policy', 'wgoo'],
  [2, /^actorrent: --shadow-policy: choke policy: .*found "wog"\n$/, '--shadow-policy', 'wog'],
  [2, /^actorrent: --choke-policy: wgo\.slots: expected an integer from 1 to 500, found "0"\n$/, '--choke-policy', 'wgo,slots=0'],
  [2, /^actorrent: --choke-policy: parameter of wgo: expected one of slots, /, '--choke-policy', 'wgo', '--choke-param', 'x=1'],
  [2, /^actorrent: --choke-policy: wgo\.slots: /, '--choke-policy', 'f*=wgo,slots=0'],
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

test('a run with a shadow is recorded, its choke events tell why, and the record is replayed', async () => {
  const seeder = run(['seed', 'film.torrent', '--folder', 'from', '--ip', '127.0.0.1', '--port', '0', '--json',
    '--choke-policy', 'transmission,roundMs=1000', '--choke-policy', 'album*=freerider', '--shadow-policy', 'freerider',
    '--record-choke', 'rec.jsonl']);
  const events: ClientEvent[] = [];
  try {
    const lines = createInterface(seeder.stdout);
    const seen = (is: (e: ClientEvent) => boolean): Promise<ClientEvent> => new Promise((resolve) => {
      lines.on('line', (line) => {
        const event = JSON.parse(line) as ClientEvent;
        events.push(event);
        if (is(event)) resolve(event);
      });
    });
    const listening = await seen((e) => e.event === 'listening');
    assert.ok(listening.event === 'listening');
    const taker = actorrent('film.torrent', '--folder', 'to', '--port', '0', '--peer', `127.0.0.1:${listening.port}`);
    assert.equal((await taker).code, 0);
    assert.ok((await readFile(join(folder, 'to/film'))).equals(await readFile(join(folder, 'from/film'))));
    seeder.kill('SIGINT');
    assert.equal(await ended(seeder), 130);
  } finally {
    seeder.kill('SIGKILL');
  }
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
