/** The tracker's answers to packets, without a socket. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { infoHash, peerId } from '../../../src/base/brand.js';
import { fromSeed } from '../../../src/base/random.js';
import { MINUTE } from '../../../src/base/units.js';
import { answerUdp, type UdpRules } from '../../../src/cli/tracker/udp-answer.js';
import { SwarmTable } from '../../../src/model/swarm-table.js';
import { encodeUdpQuestion, parseUdpAnswer, type Of, type UdpAnswer, type UdpQuestion } from '../../../src/protocol/tracker-udp.js';

const HASH = infoHash('5'.repeat(40));
const rulesOf = (change: Partial<UdpRules> = {}): UdpRules => ({
  table: new SwarmTable({ maxSwarms: 9, maxPeers: 9, maxTotal: 99, maxAnswer: 9, expireMs: 1e9 }),
  intervalMs: 60_000, secret: Uint8Array.of(1, 2, 3), ...change,
});
const random = fromSeed(1);

interface From { readonly from?: string; readonly now?: number }
function ask(rules: UdpRules, question: Of<UdpQuestion>, { from = '10.0.0.9', now = 0 }: From = {}): Of<UdpAnswer> | undefined {
  const reply = answerUdp(encodeUdpQuestion(question), { from, now, random }, rules);
  if (reply === undefined) return undefined;
  const parsed = parseUdpAnswer(reply.packet, from.includes(':') ? 6 : 4);
  assert.ok(parsed.ok);
  return parsed.value;
}
function connect(rules: UdpRules, at: From = {}): string {
  const answer = ask(rules, { kind: 'connect', transaction: 1 }, at);
  assert.ok(answer?.kind === 'connect');
  return answer.connection;
}
const announce = (connection: string, port: number): Of<UdpQuestion> => ({
  kind: 'announce', transaction: 2, connection,
  params: { infoHash: HASH, peerId: peerId(String(port).padStart(40, '0')), port, uploaded: 0, downloaded: 0, left: 1 },
});

test('peers meet, each told of those of its own address family', () => {
  const rules = rulesOf();
  const hosts = ['10.0.0.1', '10.0.0.2', '2001:db8::1', '2001:db8::2'];
  const told = hosts.map((from, i) => {
    const answer = ask(rules, announce(connect(rules, { from }), i + 1), { from });
    assert.ok(answer?.kind === 'announce');
    return [answer.peers, answer.leechers];
  });
  assert.deepEqual(told, [
    [[], 1], [[{ host: '10.0.0.1', port: 1 }], 2], [[], 3], [[{ host: '2001:db8::1', port: 3 }], 4],
  ]);
});

test('a connection id is for one address and for a minute or two', () => {
  const rules = rulesOf();
  const connection = connect(rules);
  assert.ok(ask(rules, announce(connection, 1), { now: 2 * MINUTE - 1 }));
  assert.equal(ask(rules, announce(connection, 1), { now: 2 * MINUTE }), undefined);
  assert.equal(ask(rules, announce(connection, 1), { from: '10.0.0.8' }), undefined);
  assert.equal(ask(rulesOf({ secret: Uint8Array.of(4) }), announce(connection, 1)), undefined);
});

test('only torrents that are allowed; scraped are zeros for the others', () => {
  const rules = rulesOf({ allowed: new Set() });
  const connection = connect(rules);
  assert.deepEqual(ask(rules, announce(connection, 1)), { kind: 'error', transaction: 2, reason: 'this torrent is not tracked here' });
  assert.deepEqual(ask(rules, { kind: 'scrape', transaction: 3, connection, torrents: [HASH] }),
    { kind: 'scrape', transaction: 3, swarms: [{ seeds: 0, downloaded: 0, leechers: 0 }] });
});

test('garbage is not answered', () => {
  for (const length of [0, 15, 16, 98, 2000]) {
    assert.equal(answerUdp(new Uint8Array(length), { from: '10.0.0.9', now: 0, random }, rulesOf()), undefined);
  }
});
