/**
 * Scenes: clients on loopback with one clock that is moved by hand, whose edges are counted, and raw peers and trackers that are closed at
 * the scene's end.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { showEdge } from '../../src/kernel/topology.js';
import { HandClock } from './hand-clock.js';
import { listen, type RawListener, type RawOptions } from './raw-peer.js';
import { inLab, type Lab, type Member } from './swarm.js';
import { startTracker, type TinyTracker } from './tiny-tracker.js';

/** What a scene needs: clients whose edges are counted, raw peers that are closed at its end, and one clock. */
export interface Stage {
  readonly lab: Lab;
  readonly clock: HandClock;
  start(name: string, config?: Parameters<Lab['start']>[1], ports?: Parameters<Lab['start']>[2]): Member;
  raw(o: RawOptions): Promise<RawListener>;
  tracker(): Promise<TinyTracker>;
}

/** Edges along which anything was told in any scene, and who owned whom at its end. */
export const used = new Set<string>();
export const owned = new Set<string>();

export const scene = (what: string, play: (stage: Stage) => Promise<void>): void => {
  test(what, () => inLab(async (lab) => {
    const clock = new HandClock();
    const members: Member[] = [];
    const props: { close(): void }[] = [];
    const keep = async <P extends { close(): void }>(prop: Promise<P>): Promise<P> => {
      props.push(await prop);
      return prop;
    };
    try {
      await play({
        lab, clock,
        start(name, config = {}, ports = {}) {
          const member = lab.start(name, config, { clock, ...ports });
          members.push(member);
          return member;
        },
        raw: (o) => keep(listen(o)),
        tracker: () => keep(startTracker()),
      });
    } finally {
      for (const m of members) for (const pair of ownedNow(m)) owned.add(pair);
      for (const prop of props) prop.close();
      for (const m of members) m.client.stop();
      // Whoever waits for a tracker that hangs does so for four seconds.
      await clock.pass(5000, 100);
      for (const m of members) await m.stop();
      for (const m of members) for (const edge of m.client.kernel.edges()) used.add(showEdge(edge));
    }
  }));
};

function ownedNow({ client }: Member): string[] {
  const all = client.kernel.processes();
  const nameOf = (id: string): string => all.find((p) => p.id === id)!.process;
  return all.flatMap(({ process, parent }) => (parent === undefined ? [] : [`${nameOf(parent)} owns ${process}`]));
}

export const count = (member: Member, shown: string): number =>
  member.client.kernel.edges().find((e) => showEdge(e) === shown)?.count ?? 0;

export const edge = (member: Member, shown: string): boolean => count(member, shown) > 0;

/** Lets time pass until something holds: for what depends on both the clock and the wire. */
export async function passUntil(clock: HandClock, holds: () => boolean): Promise<void> {
  const start = performance.now();
  while (!holds()) {
    assert.ok(performance.now() - start < 10_000, `in vain waited for ${holds}`);
    await clock.pass(100, 10);
  }
}
