/**
 * Chaos with real sockets, disks and pages: a tracker, a seeder and three leechers, one of which has a magnet link; every tenth of a second
 * a process of one of them is killed. Swarm after swarm, each with a seed of its own, until the time is over: one swarm with every change,
 * a minute of them where CHAOS_SECONDS=60. In virtual time there is the same with more kills, and the same each time: test/sim/chaos.test.ts.
 */
import assert from 'node:assert/strict';
import { get, type ClientRequest } from 'node:http';
import { createInterface } from 'node:readline';
import { test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { fork } from '../../src/base/random.js';
import { SECOND } from '../../src/base/units.js';
import { openPage } from '../../src/cli/live-page.js';
import { Chaos } from '../../src/kernel/chaos.js';
import { PROCESSES } from '../../src/process/index.js';
import { FakeFolder } from '../process/fake-folder.js';
import { Ears } from '../sim/ears.js';
import { leavesNothing } from './leaves-nothing.js';
import { Meter } from './ports.js';
import { assertHas, inLab, magnetRequest, makeContent, put, request, type Lab, type Member } from './swarm.js';
import { startTracker } from './tiny-tracker.js';

const LASTS = Number(process.env['CHAOS_SECONDS'] ?? 0) * SECOND;
const KILL_EVERY = SECOND / 10;
/** A swarm that takes longer hangs. */
const PATIENCE = 60 * SECOND;
/** Of each kind one, at least: there are less than 20 kinds. In a minute 20. */
const KILLS_IN = 3 * SECOND;
const RATE = 400_000;
const BYTES = 1_500_000;

test('swarm after swarm: the bytes are right, nothing is counted twice, nothing is left', async (t) => {
  const killed = new Map<string, number>();
  const end = performance.now() + LASTS;
  for (let seed = 1; seed === 1 || performance.now() < end; seed++) {
    await t.test(`seed ${seed}`, () => leavesNothing(async () => {
      await inLab(async (lab) => {
        for (const [name, n] of await swarm(lab, seed)) killed.set(name, (killed.get(name) ?? 0) + n);
      });
    }));
  }
  t.diagnostic([...killed].map(([name, n]) => `${name} ${n}`).join(', '));
  for (const { declaration: { name } } of PROCESSES) {
    // Once there is metadata, a magnet link is a torrent like others.
    const least = name === 'Metadata' ? 1 : Math.max(1, LASTS / KILLS_IN);
    assert.ok((killed.get(name) ?? 0) >= least, `${name} was killed ${killed.get(name)} times`);
  }
});

/** How many of each kind were killed. */
async function swarm(lab: Lab, seed: number): Promise<ReadonlyMap<string, number>> {
  const tracker = await startTracker();
  const browsers: Browser[] = [];
  const chaos = new Chaos(fork(seed, 'chaos'));
  const content = makeContent({ name: `chaos ${seed}`, sizes: [BYTES, 0, 1000], pieceLength: 65_536, trackers: [[tracker.url]] });
  const limits = { up: RATE, down: null };
  const meters = new Map<Member, Meter>();
  const start = (name: string): Member => {
    const meter = new Meter();
    const page = openPage({ host: '127.0.0.1', port: 0 });
    const member = lab.start(name, { chaos: true, limits }, { net: meter, page, watched: new FakeFolder() });
    meters.set(member, meter);
    return member;
  };
  const [seeder, one, other, linked] = ['seeder', 'one', 'other', 'linked'].map(start) as [Member, Member, Member, Member];
  const members = [seeder, one, other, linked];
  const leechers = members.slice(1);
  const killing = setInterval(() => chaos.strike(members.map(({ client }) => client.kernel)), KILL_EVERY);
  try {
    for (const member of members) browsers.push(new Browser((await member.until('page')).url));
    // There is nobody yet whom the metadata could come from.
    linked.client.add(magnetRequest(content, linked.folder));
    await soon(() => chaos.killed.has('Metadata'), () => [...chaos.killed.keys()].join(', '));
    put(content, seeder.folder);
    seeder.client.add(request(content, seeder.folder));
    for (const leecher of [one, other]) leecher.client.add(request(content, leecher.folder));
    await soon(() => leechers.every(isDone), () => leechers.map(lastWords).join('\n'));
  } finally {
    clearInterval(killing);
    chaos.finish();
  }
  await soon(() => browsers.every(({ progress }) => progress === 1), () => browsers.map(({ progress }) => progress).join(', '));
  for (const browser of browsers) browser.leave();
  await Promise.all(members.map((member) => member.stop()));
  for (const leecher of leechers) {
    assertHas(content, leecher.folder);
    assertSound(leecher, meters.get(leecher)!);
  }
  tracker.close();
  return chaos.killed;
}

const isDone = ({ events }: Member): boolean => events.some((e) => e.event === 'done');
const lastWords = ({ events }: Member): string => JSON.stringify(events.slice(-6));

async function soon(holds: () => boolean, found: () => string): Promise<void> {
  const end = performance.now() + PATIENCE;
  while (!holds()) {
    assert.ok(performance.now() < end, found());
    await setTimeout(20);
  }
}

function assertSound({ events, folder }: Member, { received }: Meter): void {
  const ears = new Ears();
  for (const event of events) ears.heard(folder, event);
  assert.deepEqual(ears.wrong, []);
  const downloaded = ears.downloadedBy(folder);
  // Never more than came through the wire; less only by what Status fell over.
  assert.ok(downloaded <= received, `${folder} counts ${downloaded} bytes of ${received}`);
  assert.ok(downloaded >= 0.9 * BYTES, `${folder} counts ${downloaded} bytes of ${BYTES}`);
}

/** Looks at a page as a browser does: when it is gone, it comes again. */
class Browser {
  /** Of the torrent, as shown last. */
  progress = 0;
  #request: ClientRequest | undefined;
  #again: NodeJS.Timeout | undefined;

  constructor(url: string) {
    const look = (): void => {
      this.#request = get(new URL('events?processes=', url), { agent: false }, (answer) => {
        let topic = '';
        // That it is cut off is no error here: `close` follows.
        createInterface({ input: answer.on('error', () => undefined) }).on('error', () => undefined).on('line', (line) => {
          if (line.startsWith('event: ')) topic = line.slice(7);
          if (line.startsWith('data: ') && topic === 'torrents') this.progress = JSON.parse(line.slice(6))[0]?.progress ?? 0;
        });
      });
      this.#request.on('error', () => undefined).on('close', () => { this.#again = globalThis.setTimeout(look, 50); });
    };
    look();
  }

  leave(): void {
    this.#request?.removeAllListeners('close').destroy();
    clearTimeout(this.#again);
  }
}
