/** docs/json.md says what `--json` prints: every event and every field that the types have, and what a run says is among them. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, test } from 'node:test';
import { pieceIndex } from '../../src/base/brand.js';
import type { ClientEvent } from '../../src/ports/events.js';
import { Film } from './film.js';
import { of, STATS } from './render/events.js';

type Name = ClientEvent['event'];
/** Each with all it may have: a field that is added to the types has to be added here, and then to the page. */
type Whole = { readonly [N in Name]: Omit<Required<ClientEvent & { readonly event: N }>, 'event'> };

const EVERY: Whole = {
  listening: { port: 1 },
  page: { url: 'u' },
  watching: { folder: 'f' },
  started: { bytes: 1, pieces: 1, folder: 'f', ...of },
  metadata: { peers: 1, have: 1, pieces: 1, ...of },
  checking: { checked: 1, pieces: 1, good: 1, ...of },
  checked: { good: 1, pieces: 1, resumed: true, ...of },
  stats: { ...STATS, limits: {}, ...of },
  files: { files: [], ...of },
  piece: { piece: pieceIndex(1), have: 1, pieces: 1, ...of },
  peer: { what: 'banned', address: 'a', client: 'c', reason: 'r', ...of },
  choke: { address: 'a', choked: true, why: 'w', ...of },
  shadow: { policy: 'p', live: 'l', same: 1, onlyLive: [], onlyShadow: [] },
  tracker: { url: 'u', what: 'failed', peers: 1, seeds: 1, leechers: 1, nextInMs: 1, reason: 'r', ...of },
  done: { downloaded: 1, uploaded: 1, elapsedMs: 1, ...of },
  seeded: { uploaded: 1, ratio: 1, ...of },
  paused: { reason: 'r', ...of },
  resumed: { reason: 'r', ...of },
  queued: of,
  removed: { folder: 'f', deleted: { files: 1, bytes: 1, left: 1 }, reason: 'r', ...of },
  error: { reason: 'r', ...of },
  warning: { reason: 'r', ...of },
  answer: { lines: [] },
  stopped: {},
};

interface Documented {
  readonly always: readonly string[];
  readonly sometimes: readonly string[];
}
const PAGE = readFileSync(new URL('../../../docs/json.md', import.meta.url), 'utf8');
const documented = new Map([...PAGE.matchAll(/^\| `(\w+)` \|([^|]*)\|[^|]*\|$/gm)].map(([, event = '', fields = '']): [string, Documented] => {
  const named = [...fields.matchAll(/`(\w+)(\??)`/g)];
  const which = (mark: string): string[] => named.flatMap(([, field = '', m]) => m === mark ? [field] : []);
  return [event, { always: which(''), sometimes: which('?') }];
}));

const film = await Film.make();
after(() => film.remove());

test('the page has the events there are, in their order, and the fields of each', () => {
  assert.deepEqual([...documented.keys()], Object.keys(EVERY));
  for (const [name, fields] of Object.entries(EVERY)) {
    const { always, sometimes } = documented.get(name)!;
    const own = Object.keys(fields).filter((field) => !(field in of));
    assert.deepEqual([...always, ...sometimes].sort(), own.sort(), name);
  }
});

test('a run says what the page says: what is always there, and nothing that is not there at all', async () => {
  const seen = new Set<string>();
  const hold = ({ event, ...fields }: Record<string, unknown>): void => {
    const { always, sometimes } = documented.get(String(event)) ?? assert.fail(`${String(event)} is not on the page`);
    for (const field of [...always, 'time']) assert.ok(field in fields, `${String(event)} without ${field}`);
    const known = new Set([...always, ...sometimes, 'time', ...Object.keys(of)]);
    assert.deepEqual(Object.keys(fields).filter((field) => !known.has(field)), [], String(event));
    assert.match(String(fields['time']), /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
    seen.add(String(event));
  };
  const events = await film.seeding(['--shadow-policy', 'wgo', '--ui', '0'], async (seeder) => {
    const { code, lines } = await film.actorrent(
      'film.torrent', '--folder', 'copy', '--port', '0', '--peer', seeder.peer, '--seed-time', '0.001', '--json');
    assert.equal(code, 0);
    for (const line of lines) hold(JSON.parse(line) as Record<string, unknown>);
    for (const command of ['files', 'pause', 'resume', 'status']) {
      const answered = seeder.next(command === 'files' ? 'files' : command === 'status' ? 'answer' : `${command}d` as 'paused');
      seeder.type(command);
      await answered;
    }
  });
  for (const event of events) hold({ ...event });
  for (const name of ['listening', 'page', 'started', 'checked', 'stats', 'files', 'piece', 'peer', 'choke', 'done', 'seeded', 'paused', 'resumed',
    'answer', 'stopped']) assert.ok(seen.has(name), name);
});

test('info and create print what the page says', async () => {
  const [, row = ''] = /^\| `info` \|(.*)$/m.exec(PAGE) ?? [];
  const known = [...row.matchAll(/`(\w+)\??`/g)].map(([, field]) => field);
  const keysOf = async (...words: readonly string[]): Promise<readonly string[]> =>
    Object.keys(JSON.parse((await film.actorrent(...words, '--json')).out) as object);
  const shown = await keysOf('info', 'film.torrent');
  assert.deepEqual(shown.filter((key) => !known.includes(key)), []);
  assert.deepEqual([...await keysOf('create', 'from/film', '-o', 'again.torrent')].sort(), ['file', ...shown].sort());
});
