/** wgo's spellings become ours; everything else stays as it was typed. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { respell } from '../../src/cli/spelling.js';

test('option names', () => {
  const table: readonly (readonly [typed: readonly string[], ours: readonly string[]])[] = [
    [['-torrent=x.torrent', '-folder=out'], ['x.torrent', '--folder=out']],
    [['-torrent', 'x.torrent', '-procs', '4'], ['x.torrent', '--procs', '4']],
    [['--torrent=a=b', '--port=0'], ['a=b', '--port=0']],
    [['-up_limit=20', '--down_limit=30', '-up-limit', '5'], ['--up-limit=20', '--down-limit=30', '--up-limit', '5']],
    [['-o', 'f', '-of', '-oout.torrent', '-only=*.mkv'], ['-o', 'f', '-of', '-oout.torrent', '--only=*.mkv']],
    [['-h', '--help', '-'], ['-h', '--help', '-']],
    [['--', '-up_limit=20'], ['--', '-up_limit=20']],
    [['a_b', 'up_limit=3', './-x'], ['a_b', 'up_limit=3', './-x']],
  ];
  for (const [typed, ours] of table) assert.deepEqual(respell(typed, 'o'), ours);
});
