/** A record of a choker, written and read, and other policies asked about it. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { peerKey, torrentKey } from '../../../src/base/brand.js';
import { fromSeed } from '../../../src/base/random.js';
import { ChokeEngine, type Introduction, type PeerReport } from '../../../src/policy/choke/engine.js';
import type { Chosen } from '../../../src/policy/choke/seat.js';
import { encodeFact, parseFact, type Fact } from '../../../src/policy/choke/record.js';
import { listPolicies } from '../../../src/policy/choke/registry.js';
import { Replay } from '../../../src/policy/choke/replay.js';
import { torrent } from './views.js';

const peerOf = (key: number): Introduction => ({
  key: peerKey(key), torrent: torrentKey(1 + (key % 2)), connectedAt: 0, outgoing: true, local: false, fastExtension: true,
});
const reportOf = (over: Partial<PeerReport>): PeerReport => ({
  peerInterested: true, amInterested: true, peerChoking: true, peerIsSeed: false, peerUploadOnly: false, havePieces: 1,
  peerHasWanted: true, downTotal: 0, upTotal: 0, lastPieceAt: null, peerUnchokedUsSince: null, outstandingToPeer: 0,
  queuedFromPeer: 0, socketDrained: true, ...over,
});

/** Ten minutes of a session with two torrents, in which peers come, go, send and change their minds. */
function session(chosen: Chosen): string[] {
  const lines: string[] = [];
  const random = fromSeed(3);
  const engine = new ChokeEngine({ chosen, random: fromSeed(5), clock: () => 0, record: (fact) => void lines.push(encodeFact(fact)) });
  engine.linkLimit(50_000);
  for (const key of [1, 2]) engine.torrent(torrent({ key: torrentKey(key), seeding: key === 2 }));
  for (let second = 0; second < 600; second++) {
    const now = 1000 * second;
    if (second % 20 === 0) engine.join({ ...peerOf(second / 20), connectedAt: now });
    if (second === 400) engine.leave(peerKey(3));
    for (let key = 0; key <= second / 20; key++) {
      const moved = (1 + (key % 5)) * 1000 * second;
      const report = reportOf({ downTotal: moved, upTotal: moved / 2, peerInterested: random.below(8) > 0, lastPieceAt: now });
      const trigger = engine.report(peerKey(key), report, now);
      if (trigger && engine.timing.react.includes(trigger)) engine.decide({ trigger, subjects: [peerKey(key)], now });
    }
    if (second % 10 === 9) engine.decide({ trigger: 'tick', subjects: [], now });
  }
  engine.torrentLeft(torrentKey(2));
  return lines;
}

function replay(lines: readonly string[], chosen: Chosen): { readonly same: number; readonly other: number } {
  const again = new Replay(chosen, () => 0);
  let [same, other] = [0, 0];
  for (const line of lines) {
    const fact = parseFact(line);
    assert.ok(fact.ok, fact.ok ? '' : JSON.stringify(fact.error));
    const compared = again.take(fact.value);
    if (compared === undefined) continue;
    assert.ok(typeof compared !== 'string', String(compared));
    same += compared.differences.same;
    other += compared.differences.onlyLive.length + compared.differences.onlyShadow.length;
  }
  return { same, other };
}
const chosen = (name: string): Chosen => {
  const policy = listPolicies().find((p) => p.name === name)!;
  return { policy, params: policy.defaults };
};

for (const { name } of listPolicies()) {
  test(`${name}, asked again about what it was recorded with, agrees everywhere`, () => {
    const { same, other } = replay(session(chosen(name)), chosen(name));
    assert.ok(same > 500);
    assert.equal(other, 0);
  });
}

test('another policy does not', () => {
  const { same, other } = replay(session(chosen('wgo')), chosen('wgo-fixed'));
  assert.ok(same > 0 && other > 50, `${same} the same, ${other} not`);
});

test('a policy that fails is told in words', () => {
  const again = new Replay({ params: {}, policy: { ...chosen('all').policy, decide: () => { throw new Error('oops'); } } }, () => 0);
  const facts = session(chosen('all')).map((line) => parseFact(line));
  const answers = facts.map((f) => (f.ok ? again.take(f.value) : undefined)).filter((answer) => answer !== undefined);
  assert.equal(answers[0], 'threw Error: oops');
});

const wrong: readonly [line: string, expected: RegExp][] = [
  ['', /^line: expected JSON/], ['7', /^line: expected an object, found 7/], ['{"fact":"guess"}', /^fact: expected policy, join/],
  ['{"fact":"constructor"}', /^fact: expected policy, join/],
  ['{"fact":"leave"}', /^peer: expected a number, found nothing/],
  ['{"fact":"join","peer":{"key":1}}', /^peer\.torrent: expected a number, found nothing/],
  ['{"fact":"limit","limit":"7"}', /^limit: expected a number or null, found "7"/],
  ['{"fact":"limit","limit":1e999}', /^limit: expected a number or null/],
  ['{"fact":"decided","now":1,"trigger":"tick","subjects":[],"entropy":[1],"unchoked":[],"untouched":[],"orders":[]}',
    /^entropy: expected two numbers/],
  ['{"fact":"decided","now":1,"trigger":"tick","subjects":[],"entropy":[1,2],"unchoked":[[1]],"untouched":[],"orders":[]}',
    /^unchoked: expected pairs/],
  [`{"fact":"leave","peer":1,"more":"${'x'.repeat(1 << 20)}"}`, /^line: expected at most/],
];
for (const [line, expected] of wrong) {
  test(`a line that is no fact is told by its field: ${line.slice(0, 50)}`, () => {
    const fact = parseFact(line);
    assert.ok(!fact.ok);
    assert.match(`${fact.error.field}: expected ${fact.error.expected}, found ${fact.error.found}`, expected);
  });
}

test('whatever a line holds gives a fact or a flaw, and a fact never ends a replay', () => {
  const again = new Replay(chosen('tit-for-tat'), () => 0);
  const lines = session(chosen('tit-for-tat')).slice(0, 200);
  const spoilt = fc.tuple(fc.constantFrom(...lines), fc.nat(), fc.constantFrom('', '0', 'null', '"', '}', '-1', '[]'))
    .map(([line, at, put]) => line.slice(0, at % line.length) + put + line.slice((at % line.length) + 1));
  fc.assert(fc.property(fc.oneof(fc.string(), fc.json(), spoilt), (line) => {
    const fact = parseFact(line);
    if (fact.ok) again.take(fact.value satisfies Fact);
  }), { numRuns: 500 });
});
