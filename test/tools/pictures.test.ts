import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
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

test('one edge less in a declaration makes pictures stale', async () => {
  const topology = HOUSE.topology.map((d) => {
    const { Limiter: _, ...others } = d.tells;
    return d.name === 'ChokeMgr' ? { ...d, tells: others } : d;
  });
  const stale = (await pictures({ ...HOUSE, mailboxes, topology })).filter(({ file, content }) => {
    const now = readFileSync(join(ROOT, file), 'utf8');
    return content(now) !== now;
  });
  const files = stale.map((s) => s.file);
  for (const file of ['diagrams/talks.svg', 'diagrams/README.md', 'diagrams/processes/ChokeMgr.svg', 'diagrams/processes/Limiter.svg']) {
    assert.ok(files.includes(file), file);
  }
});
