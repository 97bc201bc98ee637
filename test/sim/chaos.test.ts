/**
 * Chaos in virtual time: every tenth of a second one process of one client of a swarm is killed, of a kind that was killed least often so
 * far; every other one takes a message with it. Whatever the seed, the swarm completes, and is as sound after it as any.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { KIB, MIB, MINUTE, SECOND } from '../../src/base/units.js';
import { PROCESSES } from '../../src/process/index.js';
import type { LivePage } from '../../src/ports/live-page.js';
import type { Swarm } from '../../src/sim/swarm.js';
import { torrentOf } from '../../src/sim/torrent.js';
import { FakePage } from '../process/fake-page.js';
import { Ears } from './ears.js';
import { peers, run, scene } from './scenes.js';

/** A few with every change; `CHAOS_SEEDS=20 npm test` for more. */
const SEEDS = Number(process.env['CHAOS_SEEDS'] ?? 3);
const KILLS_OF_A_KIND = 20;
const LEECHERS = 5;
const scenario = scene([
  peers('seed', { has: 1, up: 300_000 }), peers('leecher', { count: LEECHERS, up: 120_000, down: 1_000_000 }),
], { size: 5 * MIB, pieceLength: 64 * KIB, announceEvery: MINUTE, lasts: 10 * MINUTE });
const PIECES = scenario.size / scenario.pieceLength;

/** Somebody who looks at all there is to see of one client, and comes again whenever its page does. */
class Onlooker {
  told: ReturnType<FakePage['come']>['told'] = {};
  visits = 0;
  readonly page: LivePage = {
    open: async (visits) => {
      const open = await this.#fake.open(visits);
      this.visits++;
      this.told = this.#fake.come({ torrent: torrentOf(scenario).infoHash, processes: true, kind: 'Controller' }).told;
      return open;
    },
  };
  readonly #fake = new FakePage();
}

/** The onlookers are of the leechers, in their order. */
async function chaos(seed: number, ears = new Ears()): Promise<{ readonly swarm: Swarm; readonly onlookers: readonly Onlooker[] }> {
  const onlookers: Onlooker[] = [];
  const swarm = await run(scenario, { seed, killEvery: 100 }, {
    heard: (member, e) => ears.heard(member.address, e),
    pageFor: ({ kind }) => {
      if (kind.has === 1) return undefined;
      onlookers.push(new Onlooker());
      return onlookers.at(-1)!.page;
    },
  });
  return { swarm, onlookers };
}

for (let seed = 1; seed <= SEEDS; seed++) {
  test(`seed ${seed}: all complete, nothing is counted twice, nothing is left`, async () => {
    const ears = new Ears();
    const { swarm, onlookers } = await chaos(seed, ears);
    assert.deepEqual(ears.wrong, []);
    assertKilled(swarm);
    assertComplete(swarm);
    await assertNoSocketLeaks(swarm);
    assertSeen(swarm, onlookers);
    await assertNothingLeft(swarm);
    assert.deepEqual(ears.wrong, []);
  });
}

test('the same seed gives the same chaos', async () => {
  const [a, b] = [await chaos(1), await chaos(1)];
  assert.equal(a.swarm.trace.hash, b.swarm.trace.hash);
});

function assertKilled({ chaos: { killed } }: Swarm): void {
  for (const { declaration: { name } } of PROCESSES) {
    // No folder is watched in virtual time, and nobody comes with a magnet link.
    if (name === 'Watch' || name === 'Metadata') continue;
    assert.ok((killed.get(name) ?? 0) >= KILLS_OF_A_KIND, `${name} was killed ${killed.get(name)} times`);
  }
}

function assertComplete({ members, tracker }: Swarm): void {
  for (const member of members.slice(1)) {
    const { address, completedAt, pieces, totals: { downloaded }, host } = member;
    assert.ok(completedAt !== undefined, `${address} has ${pieces} of ${PIECES} pieces`);
    assert.equal(pieces, PIECES);
    // Never more than came through the wire; less only by what Status fell over.
    assert.ok(downloaded <= host!.received, `${address} counts ${downloaded} bytes of ${host!.received}`);
    assert.ok(downloaded >= 0.97 * scenario.size, `${address} counts ${downloaded} bytes of ${scenario.size}`);
  }
  assert.ok(tracker.completions <= LEECHERS, `the tracker counts ${tracker.completions} completions`);
}

/** Whoever looks sees the end of it, through however many lives of the Api. */
function assertSeen({ members }: Swarm, onlookers: readonly Onlooker[]): void {
  assert.equal(onlookers.length, LEECHERS);
  assert.ok(onlookers.reduce((sum, { visits }) => sum + visits, 0) >= KILLS_OF_A_KIND);
  onlookers.forEach(({ told }, i) => {
    assert.equal(told.torrents?.[0]?.progress, 1, `${members[i + 1]!.address} shows ${told.torrents?.[0]?.progress}`);
    assert.ok(told.processes!.kinds.some(({ process }) => process === 'Api'));
  });
}

/** Who died without closing its connection would leave one that belongs to no peer. */
async function assertNoSocketLeaks({ clock, members }: Swarm): Promise<void> {
  await clock.run(clock.now() + 15 * SECOND);
  for (const { address, client, connections } of members) {
    const groups = client!.kernel.processes().filter((p) => p.process === 'Peer').length;
    assert.equal(connections, groups, `${address}: connections, and peers that they belong to`);
  }
}

async function assertNothingLeft({ clock, members }: Swarm): Promise<void> {
  for (const { client } of members) client!.stop();
  await clock.run(clock.now() + 15 * SECOND);
  for (const { address, present, client } of members) {
    assert.equal(present, false, `${address} has not stopped`);
    assert.deepEqual(client!.kernel.processes(), []);
  }
  const { events } = clock;
  await clock.run(clock.now() + 10 * MINUTE);
  assert.equal(clock.events, events, 'nobody waits for anything');
}
