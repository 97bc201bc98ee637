/** A seed falls silent for two minutes, in the middle of a download from it and another: its disk answers no read. */
import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { BLOCK_BYTES, MIB, SECOND, type Bytes, type Millis } from '../../src/base/units.js';
import type { Party, Tap } from '../../src/kernel/tap.js';
import { MIN_REQUEST_TIMEOUT_MS, SNUBBED_AFTER_MS } from '../../src/policy/pick/timeouts.js';
import { peers, run, scene } from './scenes.js';

const SILENT = { from: 30 * SECOND, to: 150 * SECOND };
const UP = { silent: 200_000, steady: 100_000 };
/** In this time it has sent all that it had read ahead. */
const LAST_WORDS = 3 * SECOND;
/** Clocks are looked at once a second. */
const LOOK = SECOND;

interface At { readonly piece: number; readonly begin: Bytes }
const named = ({ piece, begin }: At): string => `${piece}/${begin / BLOCK_BYTES}`;

interface Snub { readonly at: Millis; readonly snubbed: boolean }

/** What one peer is asked for, as PieceMgr and its Controller agree on it, and when it counts as snubbed. */
class Account {
  address = '';
  /** With how many it owed then, this included. */
  readonly asked: { readonly at: Millis; readonly block: string; readonly owed: number }[] = [];
  readonly snubs: Snub[] = [];
  readonly owed = new Set<string>();

  hear(at: Millis, m: any): void {
    const free = (block: At): void => void this.owed.delete(named(block));
    if (m.type === 'request') for (const block of m.blocks.map(named)) this.asked.push({ at, block, owed: this.owed.add(block).size });
    if (m.type === 'cancel') free(m.block);
    if (m.type === 'lostBlock') free(m);
    if (m.type === 'gotBlocks') m.blocks.forEach(free);
    if (m.type === 'peer') {
      this.address = m.facts.address;
      if (m.facts.snubbed !== (this.snubs.at(-1)?.snubbed ?? false)) this.snubs.push({ at, snubbed: m.facts.snubbed });
    }
  }
}

/** The accounts of one client, by the id of the peer's Controller. */
class Accounts implements Tap {
  now = (): Millis => 0;
  private readonly all = new Map<string, Account>();

  of(address: string): Account {
    return [...this.all.values()].find((account) => account.address.startsWith(`${address}:`))!;
  }

  sent(to: Party, m: unknown, from: Party | undefined): void {
    const [peer, other] = to.id.endsWith('/Controller') ? [to.id, from?.id] : [from?.id, to.id];
    if (!peer?.endsWith('/Controller') || !/\/(PieceMgr|Status)$/.test(other ?? '')) return;
    const account = this.all.get(peer) ?? new Account();
    this.all.set(peer, account);
    account.hear(this.now(), m);
  }

  takes(): void { /* it was sent */ }
  took(): void { /* a step takes no time here */ }
  missed(): void { /* nobody dies */ }
  started(): void { /* nothing is asked of it yet */ }
  ended(): void { /* it keeps its account */ }
}

describe('a seed that falls silent', () => {
  const accounts = new Accounts();
  const downloaded: { readonly at: Millis; readonly bytes: Bytes }[] = [];
  const between = (from: Millis, to: Millis): Bytes =>
    downloaded.findLast(({ at }) => at <= to)!.bytes - downloaded.findLast(({ at }) => at <= from)!.bytes;
  let [silent, steady] = [new Account(), new Account()];
  let owed: readonly string[] = [];

  before(async () => {
    const swarm = await run(scene([
      peers('silent', { has: 1, up: UP.silent, silent: SILENT }), peers('steady', { has: 1, up: UP.steady }),
      peers('leecher', { down: 2_000_000 }),
    ], { size: 32 * MIB }), {}, {
      begin: ({ clock, members }) => {
        accounts.now = () => clock.now();
        clock.after(SILENT.from + LAST_WORDS, () => { owed = [...accounts.of(members[0]!.address).owed]; });
      },
      tapFor: ({ kind }) => (kind.name === 'leecher' ? accounts : undefined),
      heard: (member, e) => {
        if (e.event === 'stats' && member.identity.kind.name === 'leecher') downloaded.push({ at: accounts.now(), bytes: e.downloaded });
      },
    });
    [silent, steady] = swarm.members.slice(0, 2).map(({ address }) => accounts.of(address)) as [Account, Account];
    assert.ok(swarm.members[2]!.completedAt! > SILENT.to + 30 * SECOND, 'the download is long enough to see it come back');
  });

  it('has what it owes asked of the other, before anything else, when its time is up', () => {
    const first = steady.asked.findIndex(({ at, block }) => at > SILENT.from && owed.includes(block));
    assert.ok(steady.asked[first]!.at <= SILENT.from + LAST_WORDS + MIN_REQUEST_TIMEOUT_MS + 2 * LOOK, `${steady.asked[first]!.at}`);
    // All but pieces of which nothing is here: they need not be begun.
    const most = steady.asked.slice(first, first + Math.ceil(owed.length / 2));
    assert.deepEqual(most.filter(({ block }) => !owed.includes(block)), []);
  });

  it('costs the download nothing but its own rate', () => {
    const [from, to] = [SILENT.from + LAST_WORDS, SILENT.to];
    assert.ok(between(from, to) >= 0.95 * UP.steady * (to - from) / SECOND, `${between(from, to)} bytes`);
  });

  it('is snubbed after a minute, and from then on holds one request', () => {
    const [{ at, snubbed }] = silent.snubs as [Snub];
    assert.ok(snubbed && at >= SILENT.from + SNUBBED_AFTER_MS && at <= SILENT.from + LAST_WORDS + SNUBBED_AFTER_MS + LOOK, `${at}`);
    const later = silent.asked.filter((ask) => ask.at > at && ask.at < SILENT.to);
    assert.ok(later.length > 1, 'it is asked again and again');
    assert.deepEqual(later.filter((ask) => ask.owed !== 1), []);
  });

  it('is made full use of once it sends again', () => {
    const [, { at, snubbed }, ...more] = silent.snubs as [Snub, Snub];
    assert.deepEqual([snubbed, more], [false, []]);
    assert.ok(at >= SILENT.to && at <= SILENT.to + 2 * LOOK, `${at}`);
    const [from, to] = [SILENT.to + 5 * SECOND, SILENT.to + 25 * SECOND];
    assert.ok(between(from, to) >= 0.95 * (UP.silent + UP.steady) * (to - from) / SECOND, `${between(from, to)} bytes`);
  });
});
