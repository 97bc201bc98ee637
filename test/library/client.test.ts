/** The library as a program uses it: real clients on loopback, no terminal. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { createClient, type AddOptions, type Client, type ClientOptions, type OwnPolicy, type Torrent } from '../../src/library/index.js';
import { scratch } from '../edge/scratch.js';
import { assertHas, makeContent, put, type Content } from '../system/swarm.js';

const HERE: ClientOptions = { host: '127.0.0.1', port: 0, procs: 1 };

async function open(t: TestContext, options: ClientOptions = {}): Promise<Client> {
  const client = await createClient({ ...HERE, ...options });
  t.after(() => client.close());
  return client;
}

/** A client that has everything, and what its peers are told to find it. */
async function seeder(t: TestContext, content: Content, options: ClientOptions = {}): Promise<{ client: Client; torrent: Torrent; at: AddOptions }> {
  const client = await open(t, options);
  const folder = scratch(t);
  put(content, folder);
  const torrent = await client.add(content.file, { folder });
  await torrent.completed;
  return { client, torrent, at: { peers: [`127.0.0.1:${client.port}`] } };
}

const content = (name: string, ...sizes: readonly number[]): Content => makeContent({ name, sizes, pieceLength: 16_384 });

test('a download: what a torrent says of itself, its events in their order, and its end', async (t) => {
  const shared = content('whole', 200_000, 5, 100_000);
  const from = await seeder(t, shared);
  const client = await open(t);
  const folder = scratch(t);
  const path = join(folder, 'whole.torrent');
  writeFileSync(path, shared.file);
  const torrent = await client.add(path, { folder, ...from.at });
  const heard: string[] = [];
  for (const name of ['checked', 'piece', 'done'] as const) torrent.on(name, (e) => void heard.push(e.event));
  let pieces = 0;
  const deaf = client.on('piece', ({ have }) => { pieces = have; });
  await torrent.completed;
  assertHas(shared, folder);
  assert.deepEqual([torrent.name, torrent.length, torrent.pieces, torrent.folder], ['whole', 300_005, 19, folder]);
  assert.deepEqual(torrent.files.map((f) => f.path), ['whole/file-0.bin', 'whole/file-1.bin', 'whole/file-2.bin']);
  assert.deepEqual(heard, ['checked', ...Array.from({ length: 19 }, () => 'piece'), 'done']);
  assert.deepEqual([pieces, client.torrents], [19, [torrent]]);
  deaf();
  await torrent.remove();
  assert.deepEqual(client.torrents, []);
  assertHas(shared, folder);

  const again = await client.add(path, { folder });
  const removed = new Promise((resolve) => { again.on('removed', (e) => resolve(e.deleted)); });
  await again.remove({ withData: true });
  assert.deepEqual(await removed, { files: 3, bytes: 300_005, left: 0 });
  assert.deepEqual(readdirSync(folder), ['whole.torrent']);
});

test('only what is wanted, and limits on both sides', async (t) => {
  const shared = content('parts', 100_000, 100_000, 100_000);
  const from = await seeder(t, shared);
  from.client.setLimit('up', 1_000_000);
  const client = await open(t, { downLimit: 2_000_000 });
  const pieces: number[] = [];
  client.on('piece', ({ piece }) => void pieces.push(piece));
  const folder = scratch(t);
  const torrent = await client.add(shared.file, { folder, only: (file) => file.path.endsWith('1.bin'), sequential: true, ...from.at });
  await torrent.completed;
  assert.deepEqual(readFileSync(join(folder, 'parts/file-1.bin')), Buffer.from(shared.files[1]!.bytes));
  assert.deepEqual(pieces.sort((a, b) => a - b), [6, 7, 8, 9, 10, 11, 12]);
  const more = new Promise((resolve) => void torrent.on('done', resolve));
  assert.throws(() => torrent.setPriority('*.mkv', 'high'), new TypeError('no file matches *.mkv: there are file-0.bin, file-1.bin and file-2.bin'));
  torrent.setPriority('*2.bin', 'normal');
  await more;
  assert.deepEqual(readFileSync(join(folder, 'parts/file-2.bin')), Buffer.from(shared.files[2]!.bytes));
});

test('a policy of the caller decides, until another takes its place', async (t) => {
  // More pieces than are given to those who are choked (BEP 6).
  const shared = content('mine', 500_000);
  let asked = 0;
  const serving = (all: boolean): OwnPolicy => ({
    name: all ? 'everybody' : 'nobody', scope: 'torrent',
    timing: () => ({ tickMs: 100, react: [], minHoldMs: 0 }),
    init: () => null,
    decide({ peers }) {
      asked += peers.length;
      return { unchoked: new Map(all ? peers.map(({ key }) => [key, { why: 'regular' }]) : []), state: null };
    },
  });
  const from = await seeder(t, shared, { choke: serving(false) });
  let unchoked = 0;
  from.client.on('choke', ({ choked }) => { if (!choked) unchoked++; });
  const client = await open(t);
  const torrent = await client.add(shared.file, { folder: scratch(t), ...from.at });
  while (asked < 3) await new Promise((resolve) => setImmediate(resolve));
  assert.equal(unchoked, 0);
  from.torrent.setPolicy(serving(true));
  await torrent.completed;
  assert.equal(unchoked, 1);
});

test('paused it has no peers; resumed it goes on', async (t) => {
  const shared = content('rest', 100_000);
  const from = await seeder(t, shared);
  const client = await open(t);
  const torrent = await client.add(shared.file, { folder: scratch(t), ...from.at });
  const heard: string[] = [];
  for (const name of ['paused', 'resumed', 'done'] as const) torrent.on(name, (e) => void heard.push(e.event));
  torrent.pause();
  torrent.resume();
  await torrent.completed;
  await torrent.remove();
  assert.deepEqual(heard, ['paused', 'resumed', 'done']);
});

test('what cannot be is refused, in words that name it', async (t) => {
  const taken = createServer();
  t.after(() => taken.close());
  await new Promise<void>((resolve) => { taken.listen(0, '127.0.0.1', resolve); });
  const { port } = taken.address() as { port: number };
  await assert.rejects(createClient({ ...HERE, port }), /^Error: cannot listen: port \d+ is in use/);
  await assert.rejects(createClient({ port: 70_000 }), /^TypeError: port: expected an integer from 0 to 65535, found 70000$/);
  await assert.rejects(createClient({ upLimit: 0 }), /^TypeError: upLimit: expected bytes a second above 0, or null for no limit, found 0$/);
  await assert.rejects(createClient({ choke: 'tit-for-tatt' }), /^TypeError: choke policy: .*did you mean tit-for-tat/);
  await assert.rejects(createClient({ choke: { name: 'x' } as unknown as OwnPolicy }), /^TypeError: choke: scope: expected 'torrent' or 'session'/);

  const client = await open(t);
  const shared = content('odd', 20_000);
  const folder = scratch(t);
  await assert.rejects(client.add(join(folder, 'nothing.torrent')), /nothing\.torrent: no such file or directory$/);
  await assert.rejects(client.add(new Uint8Array([1, 2])), /^Error: torrent: /);
  await assert.rejects(client.add(shared.file, { folder, peers: ['nowhere'] }), /^TypeError: peers: expected HOST:PORT/);
  await assert.rejects(client.add(shared.file, { folder, only: () => false }), /^TypeError: only: expected a file of odd/);
  const torrent = await client.add(shared.file, { folder });
  await assert.rejects(client.add(shared.file, { folder }), /^Error: odd: is here already$/);
  assert.throws(() => client.setLimit('down', NaN), /^TypeError: down limit: /);
  await torrent.remove();
  await assert.rejects(torrent.completed, /^Error: odd: was removed$/);
  const again = await client.add(shared.file, { folder });
  await client.close();
  await assert.rejects(again.completed, /^Error: odd: the client was closed$/);
  await assert.rejects(client.add(shared.file, { folder }), /^Error: odd: the client is closed$/);
});

test('a disk in trouble pauses the torrent with the reason, and resume goes on', async (t) => {
  const shared = content('trouble', 50_000);
  const from = await seeder(t, shared);
  const client = await open(t);
  const folder = scratch(t);
  writeFileSync(join(folder, 'way'), 'a file where the folder should be');
  const torrent = await client.add(shared.file, { folder: join(folder, 'way'), ...from.at });
  const reason = await new Promise<string | undefined>((resolve) => { torrent.on('paused', (e) => resolve(e.reason)); });
  assert.match(reason ?? '', /way: /);
  rmSync(join(folder, 'way'));
  torrent.resume();
  await torrent.completed;
  assertHas(shared, join(folder, 'way'));
});

test('a magnet link: resolves when its metadata is here; what the link selects is wanted, where `only` says nothing', async (t) => {
  const shared = content('linked', 40_000, 50_000);
  const { infoHash } = shared.meta;
  const from = await seeder(t, shared);
  const client = await open(t);
  const folder = scratch(t);
  const torrent = await client.add(`magnet:?xt=urn:btih:${infoHash}&so=1`, { folder, ...from.at });
  assert.deepEqual([torrent.name, torrent.length, torrent.files.length, client.torrents], ['linked', 90_000, 2, [torrent]]);
  await torrent.completed;
  // From the piece on that both files share.
  assert.equal(torrent.stats.wanted, 90_000 - 2 * 16_384);
  await assert.rejects(client.add(infoHash, { folder, ...from.at }), /^Error: [0-9a-f]{40}: is here already$/);
  await torrent.remove();
  // Kept, so that nobody needs to be asked.
  const again = await client.add(infoHash, { folder, only: (file) => file.path === 'linked/file-0.bin' });
  assert.equal(again.name, 'linked');
});

test('a magnet link that leads nowhere: refused, given up, ended with the client', async (t) => {
  const shared = content('linked', 40_000);
  const { infoHash } = shared.meta;
  const from = await seeder(t, shared);
  const client = await open(t);
  const folder = scratch(t);
  await assert.rejects(client.add(infoHash, { folder }), /^Error: [0-9a-f]{40}: nobody to ask for its metadata: /);
  await assert.rejects(client.add('magnet:?dn=x'), /^Error: magnet link: xt: expected urn:btih:HASH, found nothing$/);
  await assert.rejects(client.add('a'.repeat(64)), /^Error: a{64}: info-hash: .*version 2 torrent/);
  // Whoever is there has another torrent.
  const other = `magnet:?xt=urn:btih:${'1'.repeat(40)}&dn=other`;
  const patience = new AbortController();
  const waiting = client.add(other, { folder, ...from.at, signal: patience.signal });
  patience.abort(new Error('enough'));
  await assert.rejects(waiting, /^Error: enough$/);
  const last = client.add(other, { folder, ...from.at });
  await assert.rejects(client.add(infoHash, { folder, ...from.at, only: () => false }), /^Error: [0-9a-f]{40}: only: expected a file of linked/);
  const torrent = await client.add(infoHash, { folder, ...from.at });
  await torrent.completed;
  await Promise.all([assert.rejects(last, /^Error: other: the client was closed$/), client.close()]);
});

test('a port is free again once its client is closed', async (t) => {
  const first = await createClient(HERE);
  const { port } = first;
  await first.close();
  assert.equal((await open(t, { port })).port, port);
});
