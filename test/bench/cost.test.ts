/** What a benchmark of watching tells of its rounds. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { tell, type Round } from '../../bench/cost/tell.js';
import { WATCHINGS, type WatchingName } from '../../bench/cost/watched.js';

const round = (cpu: Readonly<Record<WatchingName, number>>): Round => new Map(WATCHINGS.map(({ name }) => [name, cpu[name]]));

test('ratios are taken within a round, and their median is held against the goal', () => {
  // A machine at half its speed in the second round changes nothing.
  const rounds = [
    round({ nothing: 1000, counting: 1010, page: 1111, trace: 1212, 'trace all': 2020 }),
    round({ nothing: 2000, counting: 2020, page: 2222, trace: 2424, 'trace all': 4040 }),
    round({ nothing: 1000, counting: 1500, page: 1530, trace: 1500, 'trace all': 3000 }),
  ];
  const { rows, notes, json } = tell(rounds, { mib: 64, notes: ['a word'] });
  assert.deepEqual(rows.map(([name, , over, ratio]) => [name, over, ratio]), [
    ['nothing', '', ''], ['counting', 'nothing', '1.010 (1.010-1.500)'], ['page', 'counting', '1.100 (1.020-1.100)'],
    ['trace', 'counting', '1.200 (1.000-1.200)'], ['trace all', 'counting', '2.000 (2.000-2.000)'],
  ]);
  assert.deepEqual(rows[0]!.slice(0, 2), ['nothing', '1.00 (1.00-2.00)']);
  assert.deepEqual(notes, [
    'goal met  counting: at most 2.0 % over nothing, is 1.0 %', 'goal NOT MET  page: at most 5.0 % over counting, is 10.0 %', 'a word',
  ]);
  assert.deepEqual(json, { mib: 64, rounds: rounds.map((r) => Object.fromEntries(r)) });
});
