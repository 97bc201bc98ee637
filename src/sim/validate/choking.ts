/** Checks of what choking does: fair turns, what a free rider gets, how soon a newcomer is served. */
import { SECOND, type Millis } from '../../base/units.js';
import { Observer } from '../observer.js';
import { mean } from '../report/statistics.js';
import { LIMITS_UP_TO, type Check, type CheckLab, type Finding } from './check.js';
import { listening } from './listening.js';

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
 * Without limits of the clients' own the rider gets 1.24 times the rate of the theory (1.35 times at 10 KB/s): of what its givers sent
 * it nearly half (18 % at 100 KB/s) came after a choke. What BEP 6 grants the choked is 8 % here.
 */
export const loneFreeRider: Check = {
  id: 'V14',
  claim: 'of N alike with k regular slots and one optimistic a lone free rider has 1/(N-k) of the time, and N/(N-k) u/(k+1)',
  source: 'derived; after Qiu and Srikant 2004 (from memory)',
  async run(lab): Promise<Finding> {
    const [count, up, k, lasts] = [16, 100_000, 3, 900];
    const observer = new Observer();
    const swarm = await lab.swarm({
      size: '1Gi', pieceLength: '256Ki', lasts, peers: [
        { name: 'giver', count, up, down: '1M', has: 0.5, limitsUpTo: LIMITS_UP_TO },
        { name: 'rider', up, down: '1M', policy: 'freerider' },
      ],
    }, ['bep3', `slots=${k + 1}`], observer.watch);
    const pair = observer.result().pairs.find(({ from, to }) => from === 'giver' && to === 'rider');
    const share = pair ? (pair.regular + pair.optimistic) / pair.connected : 0;
    const rate = swarm.members.at(-1)!.totals.downloaded / lasts;
    const theory = count / (count - k) * up * LIMITS_UP_TO / (k + 1);
    const near = (ratio: number): boolean => Math.abs(ratio - 1) <= 0.2;
    return {
      holds: near(share * (count - k)) && near(rate / theory),
      expected: `${(100 / (count - k)).toFixed(1)} % of the time and ${theory.toFixed(0)} B/s, within 20 %`,
      found: `${(share * 100).toFixed(1)} % of the time and ${rate.toFixed(0)} B/s`,
    };
  },
};

export const stickingTurns: Check = {
  id: 'V23b',
  claim: 'haskell-torrent turns its optimistic unchoke only past who does not qualify, so it sticks: far fewer in an hour than 3600/33',
  source: 'derived from its source; a prediction of ours',
  async run(lab): Promise<Finding> {
    const [haskell, mainline] = [await turnsAnHour(lab, 'haskell-torrent'), await turnsAnHour(lab, 'mainline-4')];
    return {
      holds: haskell < 109 / 4 && mainline > 109, expected: 'fewer than a quarter of 109; of mainline-4 about 120',
      found: `${haskell}; mainline-4 ${mainline}`,
    };
  },
};

/** How often in an hour the first, who has half, unchokes optimistically, among twenty who want it and have nothing to give. */
async function turnsAnHour(lab: CheckLab, policy: string): Promise<number> {
  let turns = 0;
  const watch = listening(({ what, why }) => { if (what === 'unchoked' && why === 'optimistic') turns++; });
  await lab.swarm({
    size: '64Mi', lasts: 3600, peers: [
      { name: 'half', has: 0.5, up: '1M', down: '1M' }, { name: 'idle', count: 20, up: 10_000, down: 1000, behindNat: true },
    ],
  }, [policy], watch);
  return turns;
}

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
