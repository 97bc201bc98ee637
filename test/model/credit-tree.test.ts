/**
 * CreditTree, alone: whatever the limits of client, torrents and peers are, each gets its max-min fair part of what they leave, and no
 * limit is ever broken. Who waits always wants more.
 */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { CreditTree } from '../../src/model/credit-tree.js';

const BLOCK = 16_384;
const KB = 1000;
type Limit = number | null;

interface Swarm {
  readonly limit: Limit;
  readonly torrents: readonly { readonly limit: Limit; readonly caps: readonly Limit[] }[];
}
interface Bench {
  readonly tree: CreditTree<number, string>;
  readonly got: Map<string, number>;
  readonly revoked: string[];
  sum(torrent: number): number;
  run(ms: number): void;
}

function bench({ limit, torrents }: Swarm): Bench {
  const got = new Map<string, number>();
  const revoked: string[] = [];
  const tree = new CreditTree<number, string>(limit, {
    grant: (key, bytes) => {
      got.set(key, (got.get(key) ?? 0) + bytes);
      again.push([key, bytes]);
    },
    revoke: (key) => revoked.push(key),
  }, 0);
  const again: [string, number][] = [];
  torrents.forEach((torrent, t) => torrent.caps.forEach((cap, p) => {
    const key = `${t}.${p}`;
    tree.join(key, { torrent: t, limit: torrent.limit, exempt: false, cap, rank: {} }, 0);
    tree.want(key, 2 * BLOCK, 0);
  }));
  let now = 0;
  return {
    tree, got, revoked,
    sum: (torrent) => [...got].reduce((sum, [key, bytes]) => sum + (key.startsWith(`${torrent}.`) ? bytes : 0), 0),
    run(ms) {
      const until = now + ms;
      for (;;) {
        tree.serve(now);
        for (const [key, bytes] of again.splice(0)) if (bytes < Infinity) tree.want(key, bytes, now);
        const wait = Math.max(1, tree.msUntilServing(now));
        if (now + wait > until) break;
        now += wait;
      }
      now = until;
    },
  };
}

/** The same level for all that are not held by less: water poured into vessels of these heights. */
function maxMin(supply: number, demands: readonly number[]): number[] {
  const shares = demands.map(() => 0);
  let left = supply;
  let open = demands.map((_, i) => i);
  while (open.length > 0 && left > 1e-9) {
    const part = left / open.length;
    const full = open.filter((i) => demands[i]! - shares[i]! <= part);
    for (const i of full.length > 0 ? full : open) {
      const more = full.length > 0 ? demands[i]! - shares[i]! : part;
      shares[i]! += more;
      left -= more;
    }
    if (full.length === 0) break;
    open = open.filter((i) => !full.includes(i));
  }
  return shares;
}

const limitIn = (least: number, most: number) => fc.integer({ min: least, max: most }).map((n) => n * KB);

describe('CreditTree', () => {
  it('divides max-min fairly among torrents, then among the peers of each, whatever the limits', () => {
    const torrent = fc.record({
      limit: fc.option(limitIn(5, 200)),
      caps: fc.array(fc.option(limitIn(2, 60)), { minLength: 1, maxLength: 8 }),
    });
    const swarm = fc.record({ limit: limitIn(20, 400), torrents: fc.array(torrent, { minLength: 1, maxLength: 5 }) });
    fc.assert(fc.property(swarm, (s) => {
      const b = bench(s);
      const SECONDS = 400;
      b.run(SECONDS * 1000);
      const sum = (all: readonly number[]): number => all.reduce((x, y) => x + y, 0);
      const demands = s.torrents.map(({ limit, caps }) => Math.min(limit ?? Infinity, sum(caps.map((cap) => cap ?? Infinity))));
      const shares = maxMin(s.limit, demands);
      const peers = s.torrents.flatMap(({ caps }) => caps).length;
      // A turn is a block, so who is held by nothing of its own may be a round ahead or behind.
      const near = (found: number, expected: number, what: string): void => assert.ok(
        Math.abs(found - expected * SECONDS) <= 0.04 * expected * SECONDS + 3 * BLOCK * peers, `${what}: ${found}, not ${expected * SECONDS}`);
      s.torrents.forEach(({ caps }, t) => {
        near(b.sum(t), shares[t]!, `torrent ${t}`);
        maxMin(shares[t]!, caps.map((cap) => cap ?? Infinity))
          .forEach((share, p) => near(b.got.get(`${t}.${p}`) ?? 0, share, `peer ${t}.${p}`));
      });
      assert.ok(sum([...b.got.values()]) <= s.limit * SECONDS, 'the limit of all holds exactly');
    }), { numRuns: 40 });
  });

  it('finishes the block of one peer before the next begins, in whichever torrent it is', () => {
    const b = bench({ limit: 20 * KB, torrents: [{ limit: null, caps: [null, null] }, { limit: null, caps: [null, null, null] }] });
    let begun: string | undefined;
    const before = new Map<string, number>();
    for (let i = 0; i < 400; i++) {
      b.run(100);
      const moved = [...b.got].filter(([key, bytes]) => bytes !== before.get(key));
      for (const [key, bytes] of moved) before.set(key, bytes);
      const cut = [...b.got].filter(([, bytes]) => bytes % BLOCK !== 0);
      assert.ok(cut.length <= 1, `${cut.join(' ')} at once`);
      if (begun !== undefined && cut.length === 1 && cut[0]![0] !== begun) assert.equal(b.got.get(begun)! % BLOCK, 0);
      begun = cut[0]?.[0];
    }
  });

  it('costs nobody anything where nothing holds it: one grant without end, until a limit comes', () => {
    const b = bench({ limit: null, torrents: [{ limit: null, caps: [null] }, { limit: 5 * KB, caps: [null] }] });
    b.run(10_000);
    assert.equal(b.got.get('0.0'), Infinity);
    assert.ok(b.got.get('1.0')! <= 50 * KB);
    b.tree.setTorrentLimits(() => null, 10_000);
    assert.equal(b.got.get('1.0'), Infinity);
    assert.equal(b.tree.msUntilServing(10_000), Infinity);
    b.tree.setLimit(100 * KB, 10_000);
    assert.deepEqual(b.revoked, ['0.0', '1.0']);
  });

  it('forgets who leaves, and its torrent with the last', () => {
    const b = bench({ limit: 10 * KB, torrents: [{ limit: 5 * KB, caps: [null, 1 * KB] }] });
    b.tree.leave('0.0');
    b.tree.leave('0.0');
    assert.equal(b.tree.readTorrent(0, 9, 0)?.waiting, 1);
    b.tree.leave('0.1');
    assert.deepEqual([b.tree.readTorrent(0, 9, 0), b.tree.limitedTorrents(), b.tree.msUntilServing(0)], [undefined, [], Infinity]);
    b.run(5000);
    assert.equal(b.got.size, 0);
  });
});
