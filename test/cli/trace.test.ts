/** `--trace`: the built program writes down its messages; a file is whole after Ctrl-C, and tells no secret. */
import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, test } from 'node:test';
import type { Graph } from '../../src/graph/model.js';
import { Film } from './film.js';

const PASSKEY = '0123456789abcdef';
const film = await Film.make('--tracker', `http://127.0.0.1:9/${PASSKEY}/announce`);
after(() => film.remove());

const read = (file: string): Promise<string> => readFile(join(film.folder, file), 'utf8');
type Line = Readonly<Record<string, unknown>>;

test('lines of JSON and Chrome events, with head and end after Ctrl-C; without passkeys and the token of the page', async () => {
  const events = await film.seeding(['--trace', 'seed.json', '--ui', '0'], async (seeder) => {
    const args = ['film.torrent', '--folder', 'to', '--port', '0', '--peer', seeder.peer, '--trace', 'down.jsonl', '--trace-blocks'];
    assert.equal((await film.actorrent(...args)).code, 0);
  });
  const [lines, chrome] = [await read('down.jsonl'), await read('seed.json')];
  const [head, ...rest] = lines.trimEnd().split('\n').map((line) => JSON.parse(line) as Line);
  assert.deepEqual([head!['trace'], head!['version'], head!['sampled']], ['actorrent', 1, undefined]);
  assert.equal(rest.at(-1)!['end'], true);
  assert.ok(rest.every((line) => line['count'] === undefined), 'with --trace-blocks every line is one message');
  const blocks = rest.filter((l) => l['kind'] === 'gotBlocks').map((l) => String(l['summary']).match(/begin: /g)!.length);
  assert.ok(blocks.length > 0 && rest.some((l) => l['kind'] === 'checked' && String(l['summary']).includes('good: true')));
  const { traceEvents, otherData } = JSON.parse(chrome) as { traceEvents: readonly Line[]; otherData: Line };
  assert.ok(traceEvents.some((e) => e['ph'] === 'B' && e['name'] === 'serve'), 'it served blocks');
  assert.equal((otherData['sampled'] as Line)['every'], 100);
  const [token] = /[0-9a-f]{32}/.exec(events.flatMap((e) => (e.event === 'page' ? e.url : [])).join())!;
  for (const text of [lines, chrome]) assert.ok(!text.includes(PASSKEY) && !text.includes(token));
});

test('graph --from-trace: what really happened; what is no trace is told with its line', async () => {
  const graph = (...args: readonly string[]) => film.actorrent('graph', '--from-trace', ...args);
  await film.seeding(['--trace', 'for-graph.jsonl'], (seeder) => film.download('again', seeder));
  const { code, out } = await graph('for-graph.jsonl', '--format', 'json');
  assert.equal(code, 0);
  const { graphs: [drawn] } = JSON.parse(out) as { readonly graphs: readonly Graph[] };
  assert.ok(drawn!.edges.some((e) => e.from === 'Controller' && e.to === 'SenderQueue' && e.there.some((kind) => /^serve \d/.test(kind))));
  const text = await read('for-graph.jsonl');
  await writeFile(join(film.folder, 'bad.jsonl'), text.replaceAll('"kind":"serve"', '"kind":"rob"'));
  const bad = await graph('bad.jsonl');
  const line = text.split('\n').findIndex((l) => l.includes('"kind":"serve"')) + 1;
  assert.deepEqual([bad.code, bad.err],
    [1, `actorrent: bad.jsonl, line ${line}: message: expected one that its sender declares, found Controller -> SenderQueue: rob\n`]);
  await writeFile(join(film.folder, 'long.jsonl'), `${text.split('\n')[0]}\n${' '.repeat(3_000_000)}`);
  assert.match((await graph('long.jsonl')).err, /^actorrent: long\.jsonl, line 2: expected at most 1048576 characters, found more\n$/);
  assert.match((await graph('seed.json')).err, /^actorrent: seed\.json, line 1: line: expected JSON, found /);
  assert.equal((await graph('for-graph.jsonl', '--view', 'owns')).code, 2);
});

test('a file that cannot be opened ends the run before it begins', async () => {
  const { code, err } = await film.actorrent('film.torrent', '--port', '0', '--trace', 'nowhere/trace');
  assert.equal(code, 1);
  assert.match(err, /^actorrent: trace nowhere\/trace: no such file or directory\n$/);
});
