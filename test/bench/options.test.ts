/** What may be typed after `npm run bench --`, and what is said about the rest. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Misuse, parseOrder } from '../../bench/options.js';

const parse = (...argv: string[]): ReturnType<typeof parseOrder> => parseOrder(argv, { parts: ['download', 'check'], clients: ['actorrent', 'aria2'] });

test('five runs of everything, unless told otherwise', () => {
  assert.deepEqual(parse(), {
    type: 'run', only: [], json: undefined, options: { quick: false, clients: [], runs: 5, mib: undefined },
  });
  assert.deepEqual(parse('--quick'), {
    type: 'run', only: [], json: undefined, options: { quick: true, clients: [], runs: 1, mib: undefined },
  });
  assert.deepEqual(parse('--only', 'check', '--only=download', '--runs', '7', '--mib=64', '--json', 'x.json', '--client', 'aria2'), {
    type: 'run', only: ['check', 'download'], json: 'x.json', options: { quick: false, clients: ['aria2'], runs: 7, mib: 64 },
  });
  assert.deepEqual([parse('--help'), parse('-h'), parse('--list')].map((o) => o.type), ['help', 'help', 'list']);
});

test('a mistake is named, with what was expected', () => {
  const table: readonly (readonly [argv: string[], message: RegExp])[] = [
    [['--only', 'dwnload'], /^--only: expected one of download, check, found dwnload \(did you mean download\?\)/],
    [['--client', 'aria'], /^--client: expected one of actorrent, aria2, found aria \(did you mean aria2\?\)/],
    [['--run', '5'], /^unknown option --run \(did you mean runs\?\)/],
    [['--runs', '0'], /^--runs: expected 1 to 1000, found 0/],
    [['--runs', '2.5'], /^--runs: expected 1 to 1000, found 2.5/],
    [['--mib', '1e9'], /^--mib: expected 1 to 65536, found 1e9/],
    [['--json'], /--json/],
    [['download'], /download/],
  ];
  for (const [argv, message] of table) {
    assert.throws(() => parse(...argv), (e) => e instanceof Misuse && message.test(e.message), argv.join(' '));
  }
});
