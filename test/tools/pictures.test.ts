import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { mermaid } from '../../src/graph/mermaid.js';
import { viewOf, type House } from '../../src/graph/view.js';
import type { Declaration } from '../../src/kernel/topology.js';
import { HOUSE } from '../../src/process/house.js';
import { readMailboxes } from '../../tools/mailboxes.js';
import { pictures } from '../../tools/pictures.js';

const ROOT = join(import.meta.dirname, '../../..');
const mailboxes = readMailboxes(ROOT);

for (const { file, content } of await pictures({ ...HOUSE, mailboxes })) {
  test(`${file} is as declared (else: npm run diagrams)`, () => {
    const now = existsSync(join(ROOT, file)) ? readFileSync(join(ROOT, file), 'utf8') : '';
    assert.equal(now, content(now));
  });
}

test('every process has a mailbox, and every message in it a word of what it is', () => {
  assert.deepEqual(Object.keys(mailboxes).sort(), HOUSE.topology.map((d) => d.name).sort());
  for (const [process, messages] of Object.entries(mailboxes)) {
    for (const { kind, doc } of messages) assert.notEqual(doc, '', `${process}: ${kind} has no doc comment where its type is declared`);
  }
});

test('whatever a process may be told is in its mailbox', () => {
  for (const { name, tells } of HOUSE.topology) {
    for (const [to, kinds] of Object.entries(tells)) {
      for (const kind of kinds) assert.ok(mailboxes[to]?.some((m) => m.kind === kind), `${name} tells ${to} ${kind}`);
    }
  }
});

/** `tells` of one process replaced. */
const changed = (name: string, tells: Declaration['tells']): readonly Declaration[] =>
  HOUSE.topology.map((d) => (d.name === name ? { ...d, tells } : d));

test('each edge, and each message of it, is drawn: without it, the picture of its process is another', () => {
  for (const { name, tells } of HOUSE.topology) {
    const drawn = (house: House): string => viewOf(house, name).graphs.map(mermaid).join('');
    for (const [to, kinds] of Object.entries(tells)) {
      const { [to]: _, ...others } = tells;
      const less = [others, ...kinds.map((kind) => ({ ...tells, [to]: kinds.filter((k) => k !== kind) }))];
      for (const fewer of less) assert.notEqual(drawn({ ...HOUSE, topology: changed(name, fewer) }), drawn(HOUSE), `${name} -> ${to}`);
    }
  }
});

test('one edge less in a declaration makes pictures stale', async () => {
  const { Limiter: _, ...others } = HOUSE.topology.find((d) => d.name === 'ChokeMgr')!.tells;
  const topology = changed('ChokeMgr', others);
  const stale = (await pictures({ ...HOUSE, mailboxes, topology })).filter(({ file, content }) => {
    const now = readFileSync(join(ROOT, file), 'utf8');
    return content(now) !== now;
  });
  const files = stale.map((s) => s.file);
  for (const file of ['diagrams/talks.svg', 'diagrams/README.md', 'diagrams/processes/ChokeMgr.svg', 'diagrams/processes/Limiter.svg']) {
    assert.ok(files.includes(file), file);
  }
});
