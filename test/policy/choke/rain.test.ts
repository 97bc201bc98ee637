import assert from 'node:assert/strict';
import { test } from 'node:test';
import { peerKey } from '../../../src/base/brand.js';
import { rain, type RainState } from '../../../src/policy/choke/rain.js';
import { ask, byWhy, chosen, ladder, play } from './views.js';

const six = ladder(6);
const memory = (over: Partial<Record<keyof RainState, unknown>> = {}): RainState =>
  ({ round: 1, regular: [], optimistic: [], ...over }) as RainState;

test('the three that send most; by what they take once complete', () => {
  assert.deepEqual(chosen(rain, six, { state: memory() }), { regular: [4, 5, 6] });
  assert.deepEqual(chosen(rain, six, { state: memory(), of: { seeding: true } }), { regular: [1, 2, 3] });
});

test('an optimistic peer below the three is choked after 10 s; one above keeps its slot besides them', () => {
  const count = play({ policy: rain, peers: six, rounds: 6 }).map((r) => byWhy(r.unchoked).optimistic?.length ?? 0);
  assert.deepEqual(count, [1, 0, 0, 1, 0, 0]);
  assert.deepEqual(chosen(rain, six, { state: memory({ optimistic: [peerKey(5)] }) }), { regular: [3, 4, 6], optimistic: [5] });
  assert.deepEqual(chosen(rain, six, { state: memory({ round: 0, optimistic: [peerKey(5)] }) }).regular, [4, 5, 6]);
});

test('who becomes interested has a free slot at once', () => {
  const join = (state: RainState) => byWhy(ask(rain, six, { state, trigger: 'interested', subjects: [peerKey(1)] }).unchoked);
  const three = [2, 3, 4].map(peerKey);
  assert.deepEqual(join(memory()), { regular: [1] });
  assert.deepEqual(join(memory({ regular: three })), { optimistic: [1] });
  assert.deepEqual(join(memory({ regular: three, optimistic: [peerKey(5)] })), {});
  const crowd = ask(rain, six, { state: memory({ regular: [peerKey(2)] }), trigger: 'interested', subjects: [6, 5, 4, 3, 1].map(peerKey) });
  assert.deepEqual(byWhy(crowd.unchoked), { regular: [1, 3], optimistic: [4] });
});

test('a peer that has lost interest stays unchoked and holds its slot', () => {
  const peers = six.map((p) => ({ ...p, peerInterested: p.key < 4, amChoking: p.key < 4 }));
  const decision = ask(rain, peers, { state: memory({ regular: [4, 5, 6].map(peerKey) }) });
  assert.deepEqual([...decision.untouched!], [4, 5, 6]);
  assert.deepEqual(decision.state.regular, [3, 2, 1, 4, 5, 6]);
  const newcomer = ask(rain, peers, { state: decision.state, trigger: 'interested', subjects: [peerKey(1)] });
  assert.deepEqual(byWhy(newcomer.unchoked), { optimistic: [1] });
});
