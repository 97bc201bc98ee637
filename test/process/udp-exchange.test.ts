import assert from 'node:assert/strict';
import { test } from 'node:test';
import { infoHash } from '../../src/base/brand.js';
import { fromSeed } from '../../src/base/random.js';
import { SECOND } from '../../src/base/units.js';
import { UdpExchange } from '../../src/process/udp-exchange.js';
import { encodeUdpAnswer, parseUdpQuestion, type Of, type UdpAnswer, type UdpQuestion } from '../../src/protocol/tracker-udp.js';

const CONNECTION = '0a0b0c0d0e0f1011';
const start = () => new UdpExchange({ kind: 'scrape', torrents: [infoHash('33'.repeat(20))] }, fromSeed(1));
const answer = (a: Of<UdpAnswer>): Uint8Array => encodeUdpAnswer(a, 4);

/** The question that a move sends. */
function asked(move: ReturnType<UdpExchange['next']>): Of<UdpQuestion> {
  assert.equal(move.kind, 'send');
  const parsed = parseUdpQuestion((move as { packet: Uint8Array }).packet);
  assert.ok(parsed.ok);
  return parsed.value;
}

test('connects, asks with the connection it was given, and is done', () => {
  const exchange = start();
  const hello = asked(exchange.next());
  assert.equal(hello.kind, 'connect');
  const question = asked(exchange.heard(answer({ kind: 'connect', transaction: hello.transaction, connection: CONNECTION }), 4));
  assert.deepEqual([question.kind, 'connection' in question && question.connection], ['scrape', CONNECTION]);
  assert.notEqual(question.transaction, hello.transaction);
  const swarms = [{ seeds: 1, downloaded: 2, leechers: 3 }];
  assert.deepEqual(exchange.heard(answer({ kind: 'scrape', transaction: question.transaction, swarms }), 4),
    { kind: 'done', reply: { kind: 'scrape', swarms } });
});

test('says it again when nothing is heard, and gives up', () => {
  const exchange = start();
  const moves = [exchange.next(), exchange.next(), exchange.next(), exchange.next()];
  assert.deepEqual(moves.map((m) => (m.kind === 'send' ? m.wait / SECOND : m.kind)), [5, 5, 10, 'failed']);
  assert.equal(new Set(moves.slice(0, 3).map((m) => asked(m).transaction)).size, 1);
});

test('what a stranger or an earlier question could have sent changes nothing', () => {
  const exchange = start();
  const { transaction } = asked(exchange.next());
  for (const packet of [
    new Uint8Array(0), Uint8Array.of(1, 2, 3), answer({ kind: 'connect', transaction: transaction ^ 1, connection: CONNECTION }),
    answer({ kind: 'error', transaction: transaction ^ 1, reason: 'no' }),
  ]) assert.deepEqual(exchange.heard(packet, 4), { kind: 'ignored' });
});

test('a refusal is a reply; an answer to something else is a failure', () => {
  const refused = start();
  const { transaction } = asked(refused.next());
  assert.deepEqual(refused.heard(answer({ kind: 'error', transaction, reason: 'go away' }), 4),
    { kind: 'done', reply: { kind: 'error', reason: 'go away' } });
  const confused = start();
  const hello = asked(confused.next());
  const move = confused.heard(answer({ kind: 'scrape', transaction: hello.transaction, swarms: [] }), 4);
  assert.deepEqual(move, { kind: 'failed', reason: 'answered scrape to connect' });
});
