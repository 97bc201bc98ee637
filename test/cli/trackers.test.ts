/** Trackers end to end: the built program, as its user runs it, with trackers of every kind on loopback. */
import assert from 'node:assert/strict';
import { networkInterfaces } from 'node:os';
import { after, before, test, type TestContext } from 'node:test';
import type { ClientEvent } from '../../src/ports/events.js';
import { Film } from './film.js';
import { Running } from './running.js';
import { ScriptedTracker } from './scripted-tracker.js';

const LOCAL = ['--ip', '127.0.0.1', '--port', '0'];
const noIpv6 = Object.values(networkInterfaces()).flat().some((i) => i?.address === '::1') ? false : 'no IPv6 here';
let film: Film;
let hash = '';

before(async () => {
  film = await Film.make();
  hash = (JSON.parse((await film.actorrent('info', 'film.torrent', '--json')).out) as { infoHash: string }).infoHash;
});
after(() => film.remove());

/** The same torrent, with other trackers: tiers, the URLs of each with commas between. */
async function torrentWith(name: string, ...tiers: readonly string[]): Promise<string> {
  const { code, err } = await film.actorrent('create', 'from/film', '-o', name, ...tiers.flatMap((tier) => ['--tracker', tier]));
  assert.equal(code, 0, err);
  return name;
}

const running = (t: TestContext, ...args: readonly string[]): Running => {
  const program = new Running(film, args);
  t.after(() => program.kill());
  return program;
};

/** Our own tracker, and what it says of it. */
async function ownTracker(t: TestContext, ...args: readonly string[]) {
  const program = running(t, 'tracker', '--port', '0', ...args);
  const { url, udpUrl } = await program.first('listening') as unknown as { url: string; udpUrl: string };
  return { program, url, udpUrl };
}

interface Announced {
  readonly peer: string;
  readonly what?: string;
}
const announces = (program: Running): Announced[] =>
  (program.events as readonly unknown[] as (Announced & { event: string })[]).filter((e) => e.event === 'announce');

const scripted = async (t: TestContext, ...peers: readonly string[]): Promise<ScriptedTracker> => {
  const tracker = await ScriptedTracker.open(...peers);
  t.after(() => tracker.close());
  return tracker;
};

test('answers come gzipped, and from where the tracker has moved to', async (t) => {
  await film.seeding([], async ({ peer }) => {
    const tracker = await scripted(t, peer);
    await torrentWith('moved.torrent', tracker.url('/moved?pass=1'));
    const { code } = await film.actorrent('moved.torrent', '--folder', 'moved', ...LOCAL);
    assert.equal(code, 0);
    assert.deepEqual(tracker.events('/moved'), ['started', 'completed', 'stopped']);
    assert.deepEqual(tracker.asked.slice(0, 3).map(({ path, gzip }) => [path, gzip]), ['/moved', '/again', '/announce'].map((p) => [p, true]));
    assert.deepEqual(tracker.asked.map(({ query }) => query.get('pass')), tracker.asked.map(() => '1'));
  });
});

test('of a tier, who fails is followed by the next, and who answers hears the rest', async (t) => {
  await film.seeding([], async ({ peer }) => {
    const tracker = await scripted(t, peer);
    await torrentWith('tier.torrent', [tracker.url('/broken'), tracker.url('/announce')].join(','));
    const { code } = await film.actorrent('tier.torrent', '--folder', 'tier', ...LOCAL);
    assert.equal(code, 0);
    assert.deepEqual(tracker.events(), ['started', 'completed', 'stopped']);
    const [first] = tracker.asked;
    assert.deepEqual(tracker.events('/broken'), first!.path === '/broken' ? ['started'] : []);
  });
});

test('dead trackers delay nobody: thirty silent ones, and one beside the living in its tier', async (t) => {
  await film.seeding([], async ({ peer }) => {
    const tracker = await scripted(t, peer);
    const dead = await Promise.all(Array.from({ length: 30 }, () => scripted(t)));
    await torrentWith('dead.torrent', ...dead.map((one) => one.url('/silent')), [tracker.url('/silent'), tracker.url('/announce')].join(','));
    const leecher = running(t, 'dead.torrent', '--folder', 'dead', ...LOCAL);
    await leecher.first('done');
    assert.equal(dead.filter(({ asked, givenUp }) => asked.length === 1 && givenUp === 0).length, dead.length);
    assert.equal(tracker.givenUp, 0);
  });
});

for (const over of ['url', 'udpUrl'] as const) {
  test(`over IPv6 alone, with our own tracker: ${over}`, { skip: noIpv6 }, async (t) => {
    const { program, ...urls } = await ownTracker(t, '--ip', '::1');
    const torrent = await torrentWith(`six-${over}.torrent`, urls[over]);
    const at = ['--ip', '::1', '--port', '0'];
    const seeder = running(t, 'seed', torrent, '--folder', 'from', ...at);
    await seeder.first('tracker');
    assert.equal((await film.actorrent(torrent, '--folder', `six-${over}`, ...at)).code, 0);
    assert.ok(announces(program).length >= 4);
    assert.deepEqual(announces(program).filter(({ peer }) => !peer.startsWith('[::1]:')), []);
  });

  test(`scrape and announce, with our own tracker: ${over}`, async (t) => {
    const { url, udpUrl } = await ownTracker(t, '--ip', '127.0.0.1');
    const at = { url, udpUrl }[over];
    assert.deepEqual((await film.actorrent('announce', at, hash, '--left', '0', '--port', '7001')).lines.slice(0, 2),
      ['0 peers of 1 seed and 0 leechers', 'ask again in 30:00']);
    const second = await film.actorrent('announce', at, hash, '--port', '7002', '--json');
    assert.deepEqual((JSON.parse(second.out) as { peers: unknown }).peers, [{ host: '127.0.0.1', port: 7001 }]);
    assert.equal((await film.actorrent('announce', at, hash, '--port', '7003', '--left', '0', '--event', 'completed')).code, 0);
    const other = '2'.repeat(40);
    const scraped = await film.actorrent('scrape', at, hash);
    assert.deepEqual([scraped.code, scraped.lines], [0, [`${hash}  2 seeds, 1 leecher, completed 1 time`]]);
    const { out } = await film.actorrent('scrape', at, other, hash, '--json');
    assert.deepEqual((JSON.parse(out) as Record<string, unknown>)[hash], { seeds: 2, leechers: 1, downloaded: 1 });
  });
}

test('a URL that no tracker can have is wrong usage; one where nobody answers has failed', async () => {
  const none = (url: string): string => `tracker: expected http://..., https://... or udp://HOST:PORT, found "${url}"`;
  const noScrape = 'announce: expected a URL whose last part begins with announce, found "http://127.0.0.1:1/x"';
  const refused = (url: string): string => `${url}: connection refused`;
  const table: readonly (readonly [url: string, announce: readonly [number, string], scrape?: readonly [number, string]])[] = [
    ['nonsense', [2, none('nonsense')]], ['http://', [2, none('http://')]], ['http://h:99999/announce', [2, none('http://h:99999/announce')]],
    ['udp://127.0.0.1', [2, none('udp://127.0.0.1')]],
    ['http://127.0.0.1:1/x', [1, refused('http://127.0.0.1:1/x')], [2, noScrape]],
    ['http://127.0.0.1:1/announce', [1, refused('http://127.0.0.1:1/announce')]],
  ];
  for (const [url, announce, scrape = announce] of table) {
    for (const [command, [code, line]] of [['announce', announce], ['scrape', scrape]] as const) {
      const ended = await film.actorrent(command, url, hash);
      assert.deepEqual([ended.code, ended.err], [code, `actorrent: ${line}\n`]);
    }
  }
});

test('paused it says goodbye to its tracker, resumed it starts anew', async (t) => {
  const tracker = await scripted(t);
  const torrent = await torrentWith('pause.torrent', tracker.url('/announce'));
  const seeder = running(t, 'seed', torrent, '--folder', 'from', ...LOCAL);
  const announced = (e: ClientEvent & { event: 'tracker' }): boolean => e.what === 'announced';
  await seeder.first('tracker', announced);
  assert.deepEqual(tracker.events(), ['started']);
  const again = seeder.next('tracker', announced);
  seeder.type('pause');
  await seeder.next('paused');
  seeder.type('resume');
  await again;
  assert.deepEqual(tracker.events(), ['started', 'stopped', 'started']);
  seeder.kill('SIGINT');
  assert.equal(await seeder.ended, 130);
  assert.deepEqual(tracker.events(), ['started', 'stopped', 'started', 'stopped']);
});

test('a private torrent is shared through its tracker', async (t) => {
  const { url } = await ownTracker(t, '--ip', '127.0.0.1');
  assert.equal((await film.actorrent('create', 'from/film', '-o', 'private.torrent', '--private', '--tracker', url)).code, 0);
  assert.match((await film.actorrent('info', 'private.torrent')).out, /^Private +yes/m);
  const seeder = running(t, 'seed', 'private.torrent', '--folder', 'from', ...LOCAL);
  await seeder.first('tracker');
  assert.equal((await film.actorrent('private.torrent', '--folder', 'private', ...LOCAL)).code, 0);
});
