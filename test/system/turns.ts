/**
 * A choking policy for tests: a round lasts 200 ms, and everybody is unchoked in odd rounds and choked in even ones.
 * Nothing else moves it. Who is unchoked has a weight, of no effect as all have the same, and a lead longer than any test.
 */
import type { ChosenPolicy } from '../../src/client.js';
import type { ChokePolicy } from '../../src/policy/choke/policy.js';

export const ROUND_MS = 200;

const policy: ChokePolicy = {
  name: 'turns', summary: 'everybody, every other round', source: 'a test', params: {}, defaults: {},
  scope: 'session', rates: [],
  timing: () => ({ tickMs: ROUND_MS, react: [], minHoldMs: 0 }),
  init: () => null,
  decide: ({ peers, round }) => ({
    unchoked: new Map(round % 2 === 0 ? peers.map((p) => [p.key, { why: 'regular', weight: 0.5, lead: 1e12 }]) : []), state: null,
  }),
};

export const turns: ChosenPolicy = { policy, params: {} };
