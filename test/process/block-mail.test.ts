/** The list of messages that come with blocks: that it names messages there are, and that no other comes as often. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BLOCK_BYTES, KIB, MIB } from '../../src/base/units.js';
import { BLOCK_MAIL } from '../../src/process/block-mail.js';
import { MAILBOXES } from '../../src/process/mailboxes.js';
import { peers, run, scene } from '../sim/scenes.js';

test('they are in the mailboxes, or come from the process itself', () => {
  for (const [process, kinds] of Object.entries(BLOCK_MAIL)) {
    for (const kind of kinds) assert.ok(MAILBOXES[process]?.some((m) => m.kind === kind), `${process}: ${kind}`);
  }
});

test('in a transfer, nothing else comes as often as every fourth block', async () => {
  const fast = { up: 10 * MIB, down: 10 * MIB };
  const size = 64 * MIB;
  const swarm = await run(scene([peers('seed', { ...fast, has: 1 }), peers('leecher', fast)], { size, pieceLength: 512 * KIB }));
  const blocks = size / BLOCK_BYTES;
  for (const { client, totals } of swarm.members) {
    assert.equal(totals.uploaded + totals.downloaded, size);
    for (const { from, to, kind, count } of client!.kernel.edges()) {
      if (BLOCK_MAIL[to]?.includes(kind)) continue;
      assert.ok(count < blocks / 4, `${from} -> ${to}: ${kind} came ${count} times, with ${blocks} blocks: it belongs to BLOCK_MAIL`);
    }
  }
});
