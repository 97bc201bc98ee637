/** Checks of what choking does: fair turns, what a free rider gets, how soon a newcomer is served. */
import { SECOND, type Millis } from '../../base/units.js';
import type { ClientEvent } from '../../ports/events.js';
import type { Member } from '../member.js';
import type { Watch } from '../swarm.js';
import { Observer } from '../observer.js';
import { mean } from '../report/statistics.js';
import type { Check, CheckLab, Finding } from './check.js';

const hostOf = (address: string): string => address.slice(0, address.lastIndexOf(':'));

/** What one member, the first, says of connections and chokes: whom, what, and when. */
function listening(onEvent: (e: { host: string; what: 'met' | 'unchoked' | 'choked'; at: Millis }) => void): Watch {
  let now = (): Millis => 0;
  return {
    begin: ({ clock }) => { now = () => clock.now(); },
    heard(member: Member, event: ClientEvent) {
      if (member.identity.number !== 1) return;
      const at = now();
      if (event.event === 'peer' && event.what === 'connected') onEvent({ host: hostOf(event.address), what: 'met', at });
      if (event.event === 'choke') onEvent({ host: hostOf(event.address), what: event.choked ? 'choked' : 'unchoked', at });
    },
  };
}

export const optimisticTurns: Check = {
  id: 'V12',
  claim: 'one optimistic slot, twenty who want it: in 20 x 90 s each has it for 90 s, within 1.5 s',
  source: 'libtorrent, simulation/test_optimistic_unchoke.cpp',
  async run(lab): Promise<Finding> {
    const [count, each] = [20, 90 * SECOND];
    const spans: { host: string; from: Millis; to: Millis }[] = [];
    const watch = listening(({ host, what, at }) => {
      if (what === 'unchoked') spans.push({ host, from: at, to: Infinity });
      const open = spans.findLast((s) => s.host === host);
      if (what === 'choked' && open) open.to = at;
    });
    // Behind NAT they meet nobody but the seed, and over so thin a line none completes.
    await lab.swarm({
      size: '64Mi', lasts: 2400, peers: [
        { name: 'seed', has: 1, up: '1M', down: '1M' }, { name: 'idle', count, up: 10_000, down: 1000, behindNat: true },
      ],
    }, ['libtorrent-fixed', 'slots=1', 'optimistic=1'], watch);
    // From the first optimistic round: until then the slot went to whoever came first.
    const start = 30 * SECOND;
    const end = start + count * each;
    const times = new Map<string, Millis>();
    for (const { host, from, to } of spans) {
      times.set(host, (times.get(host) ?? 0) + Math.max(0, Math.min(to, end) - Math.max(from, start)));
    }
    const worst = Math.max(...[...times.values()].map((t) => Math.abs(t - each)));
    return {
      holds: times.size === count && worst <= 1.5 * SECOND, expected: '20 peers, none more than 1.5 s from 90 s',
      found: `${times.size} peers, the farthest ${(worst / SECOND).toFixed(2)} s from 90 s`,
    };
  },
};

/**
 * The rate that follows, N/(N-k) u/(k+1), is not held to: the rider gets about 1.4 times as much. A choke stops nothing
 * that the sender's transport has taken, and of the first eight blocks asked for that is most of what a turn is worth.
 */
export const loneFreeRider: Check = {
  id: 'V14',
  claim: 'a lone free rider among N alike with k regular slots and one optimistic is unchoked 1/(N-k) of the time, within 20 %',
  source: 'derived; after Qiu and Srikant 2004 (from memory)',
  async run(lab): Promise<Finding> {
    const [count, up, k, lasts] = [16, 10_000, 3, 2400];
    const observer = new Observer();
    const swarm = await lab.swarm({
      size: '64Mi', pieceLength: '64Ki', lasts, peers: [
        { name: 'giver', count, up, down: '1M', has: 0.5 },
        { name: 'rider', up, down: '1M', policy: 'freerider' },
      ],
    }, ['bep3', `slots=${k + 1}`], observer.watch);
    const pair = observer.result().pairs.find(({ from, to }) => from === 'giver' && to === 'rider');
    const share = pair ? (pair.regular + pair.optimistic) / pair.connected : 0;
    const rate = swarm.members.at(-1)!.totals.downloaded / lasts;
    const theory = count / (count - k) * up / (k + 1);
    return {
      holds: Math.abs(share * (count - k) - 1) <= 0.2, expected: `${(100 / (count - k)).toFixed(1)} % of the time`,
      found: `${(share * 100).toFixed(1)} % of the time, and ${rate.toFixed(0)} B/s, where theory has ${theory.toFixed(0)}`,
    };
  },
};

export const firstUnchoke: Check = {
  id: 'V25',
  claim: 'where a slot is free a timer-only policy serves a newcomer after half a round (5 s; haskell-torrent 5.5 s), others at once',
  source: 'derived; a pull request to a public client measured 17 s against 0.1 s',
  async run(lab): Promise<Finding> {
    const found = {
      wgo: await firstWait(lab, 'wgo'), haskell: await firstWait(lab, 'haskell-torrent'), ours: await firstWait(lab, 'tit-for-tat'),
    };
    const near = (value: number, expected: number): boolean => Math.abs(value - expected) <= 0.1 * expected;
    return {
      holds: near(found.wgo, 5) && near(found.haskell, 5.5) && found.ours < 0.5,
      expected: 'wgo 5.0 s, haskell-torrent 5.5 s, within 10 %; tit-for-tat below 0.5 s',
      found: `wgo ${found.wgo.toFixed(2)} s, haskell-torrent ${found.haskell.toFixed(2)} s, tit-for-tat ${found.ours.toFixed(2)} s`,
    };
  },
};

/** Mean time in seconds from the handshake with a seed to its first unchoke, of peers that come one by one. */
async function firstWait(lab: CheckLab, policy: string): Promise<number> {
  const met = new Map<string, Millis>();
  const served = new Set<string>();
  const waits: number[] = [];
  const watch = listening(({ host, what, at }) => {
    const since = met.get(host);
    if (what === 'met' && since === undefined) met.set(host, at);
    if (what !== 'unchoked' || since === undefined || served.has(host)) return;
    served.add(host);
    waits.push((at - since) / SECOND);
  });
  await lab.swarm({
    // Far more pieces than BEP 6 lets be had without an unchoke.
    size: '1Mi', pieceLength: '16Ki', lasts: 7200, peers: [
      { name: 'seed', has: 1, up: '4M', down: '1M' },
      { name: 'home', count: 300, up: '100K', down: '4M', arrives: { every: 20 }, leaves: 0, behindNat: true },
    ],
  }, [policy], watch);
  return mean(waits) ?? Infinity;
}
