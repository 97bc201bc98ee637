/** docs/supervision.md names, for each process, exactly those that remind it; and whoever reminds is a relative by the groups. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import type { Declaration } from '../../src/kernel/topology.js';
import { GROUPS } from '../../src/process/groups.js';
import { PROCESSES } from '../../src/process/index.js';

const remindersOf = (name: string): string[] =>
  PROCESSES.filter((p) => Object.keys(p.reminds ?? {}).includes(name)).map((p) => (p.declaration as Declaration).name);

const doc = readFileSync(new URL('../../../docs/supervision.md', import.meta.url), 'utf8');
const table = doc.slice(doc.indexOf('## The processes'), doc.indexOf('## How it is held'));

for (const { declaration } of PROCESSES) {
  const { name } = declaration as Declaration;
  if (GROUPS.some((g) => g.strategy === 'all-or-nothing' && g.owns.includes(name))) continue;
  test(`${name}: the page names who reminds it`, () => {
    const row = table.split('\n').find((line) => line.startsWith(`| ${name} |`));
    assert.ok(row, `no row of ${name}`);
    const cell = row.split('|').at(-2)!;
    const named = PROCESSES.map((p) => (p.declaration as Declaration).name).filter((other) => new RegExp(`\\b${other}\\b`).test(cell));
    // PeerMgr's reminder of PieceMgr is a message: it waits until that has looked at the disk.
    assert.deepEqual(named.sort(), (name === 'PieceMgr' ? ['Files', 'PeerMgr'] : remindersOf(name)).sort());
  });
}
