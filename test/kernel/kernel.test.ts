import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Kernel } from '../../src/kernel/kernel.js';
import type { Mailbox } from '../../src/kernel/mailbox.js';
import { child, defineProcess, type Self } from '../../src/kernel/process.js';
import { declare, edgesOf } from '../../src/kernel/topology.js';
import { pair, pinger, ponger, type Log } from './pair.js';

test('mail flows both ways on a flat stack: 100,000 rounds do not overflow it', () => {
  const { kernel, log, a } = pair('one-for-one');
  kernel.send(a, { type: 'ping', n: 100_000 });
  assert.equal(log.lines.at(-1), 'ping 0');
});

test('every message is counted by edge and kind', () => {
  const { kernel, a } = pair('one-for-one');
  kernel.send(a, { type: 'ping', n: 3 });
  assert.deepEqual(kernel.edges(), [
    { from: 'Pinger', to: 'Ponger', kind: 'pong', count: 3 },
    { from: 'Ponger', to: 'Pinger', kind: 'ping', count: 3 },
  ]);
  assert.deepEqual(edgesOf([pinger, ponger]), kernel.edges().map(({ from, to, kind }) => ({ from, to, kind })));
});

test('where nothing is counted mail flows all the same', () => {
  const { kernel, log, a } = pair('one-for-one', { counting: false });
  kernel.send(a, { type: 'ping', n: 2 });
  assert.deepEqual(log.lines.filter((line) => line.startsWith('ping')), ['ping 2', 'ping 1', 'ping 0']);
  assert.deepEqual([kernel.edges(), kernel.lastMail('Client/Pinger')], [[], []]);
  assert.ok(kernel.processes().every((p) => p.handled === 0));
});

test('one-for-one: the crashed process starts again behind the same mailbox, its sibling goes on', () => {
  const { kernel, log, a } = pair('one-for-one');
  kernel.send(a, { type: 'boom' });
  kernel.send(a, { type: 'ping', n: 0 });
  assert.deepEqual(log.lines, ['start Client/Pinger', 'start Client/Ponger', 'end Client/Pinger', 'start Client/Pinger', 'ping 0']);
});

test('rest-for-one: those started later restart too', () => {
  const { kernel, log, a } = pair('rest-for-one');
  kernel.send(a, { type: 'boom' });
  assert.deepEqual(log.lines.slice(2), ['end Client/Pinger', 'start Client/Pinger', 'start Client/Ponger']);
});

test('more crashes than allowed end the group, and the root says so', () => {
  const { kernel, panics, a } = pair('one-for-one');
  for (let i = 0; i < 3; i++) kernel.send(a, { type: 'boom' });
  assert.equal(panics.length, 1);
  assert.match(String(panics[0]), /boom/);
  assert.deepEqual(kernel.processes(), []);
});

test('crashes further apart than the window are forgiven', () => {
  let now = 0;
  const { kernel, panics, a } = pair('one-for-one', { now: () => now });
  for (let i = 0; i < 10; i++, now += 600) kernel.send(a, { type: 'boom' });
  assert.deepEqual(panics, []);
});

test('a crash report names the process, the error and its last mail', () => {
  const crashes: unknown[] = [];
  const { kernel, a } = pair('one-for-one', { onCrash: ({ id, lastMail }) => crashes.push([id, lastMail.map((m) => m.kind)]) });
  kernel.send(a, { type: 'ping', n: 0 });
  kernel.send(a, { type: 'boom' });
  assert.deepEqual(crashes, [['Client/Pinger', ['ping', 'boom']]]);
});

test('a stop runs from the youngest to the oldest, and later mail is a dead letter', () => {
  const { kernel, log, a, root } = pair('one-for-one');
  kernel.shutDown(root);
  assert.deepEqual(log.lines.slice(2), ['end Client/Pinger']);
  kernel.send(a, { type: 'ping', n: 1 });
  assert.deepEqual([...kernel.deadLetters()], [['Pinger: ping', 1]]);
});

test('an undeclared edge crashes its sender when strict', () => {
  const crashes: string[] = [];
  const mute = declare({ name: 'Mute', scope: 'client', doc: '', tells: {} });
  const kernel = new Kernel({ now: () => 0, seed: 1, strict: true, onPanic: () => undefined,
    onCrash: (f) => crashes.push(String(f.error)) });
  const definition = defineProcess({
    declaration: mute,
    init: () => undefined,
    step: (_s: undefined, _m: { type: 'go' }, self: Self<typeof mute, { type: 'go' }>) =>
      self.tell(self.mailbox as never, { type: 'go' } as never),
  });
  const { exports } = kernel.boot('Client', (reserve) => {
    const m = reserve(definition);
    return { plan: { strategy: 'one-for-one', children: [child(definition, m, () => undefined)] }, exports: m };
  });
  kernel.send(exports, { type: 'go' });
  assert.deepEqual(crashes, ['Error: undeclared edge: Mute -> Mute: go']);
});

test('a process owns groups: it hears of their end, and they end with it', () => {
  const log: Log = { lines: [] };
  const leafDeclaration = declare({ name: 'Leaf', scope: 'peer', doc: '', tells: {} });
  const leaf = defineProcess({
    declaration: leafDeclaration,
    init: (_: undefined, self: Self<typeof leafDeclaration, { type: 'boom' }>) => ({ id: self.id }),
    step: () => { throw new Error('boom'); },
    end: (s) => void log.lines.push(`end ${s.id}`),
  });
  const ownerDeclaration = declare({ name: 'Owner', scope: 'torrent', doc: '', tells: { Leaf: ['boom'] } });
  type OwnerMsg = { type: 'adopt'; n: number } | { type: 'hit'; n: number } | { type: 'drop'; n: number };
  type Group = { leaf: Mailbox<{ type: 'boom' }, 'Leaf'>; group: Mailbox<never> };
  const owner = defineProcess({
    declaration: ownerDeclaration,
    init: (_: undefined) => new Map<number, Group>(),
    step(s, m: OwnerMsg, self: Self<typeof ownerDeclaration, OwnerMsg>) {
      if (m.type === 'adopt') {
        const { exports, mailbox } = self.supervise(`Peer-${m.n}`, (reserve) => {
          const box = reserve(leaf);
          return { plan: { strategy: 'all-or-nothing', children: [child(leaf, box, () => undefined)] }, exports: box };
        });
        s.set(m.n, { leaf: exports, group: mailbox });
      } else if (m.type === 'hit') self.tell(s.get(m.n)!.leaf, { type: 'boom' });
      else self.stopChild(s.get(m.n)!.group);
    },
    childFailed: (_, failure) => void log.lines.push(`lost ${failure.id}: ${String(failure.error)}`),
  });
  const kernel = new Kernel({ now: () => 0, seed: 1, strict: true, onPanic: (e) => assert.fail(String(e)) });
  const { exports, mailbox } = kernel.boot('Client', (reserve) => {
    const box = reserve(owner);
    return { plan: { strategy: 'one-for-one', children: [child(owner, box, () => undefined)] }, exports: box };
  });
  for (const n of [1, 2, 3]) kernel.send(exports, { type: 'adopt', n });
  kernel.send(exports, { type: 'hit', n: 1 });
  assert.deepEqual(log.lines.splice(0), ['end Client/Owner/Peer-1/Leaf', 'lost Client/Owner/Peer-1: Error: boom']);
  // To stop what has crashed is legal, and takes nobody else out of the tree.
  kernel.send(exports, { type: 'drop', n: 1 });
  kernel.send(exports, { type: 'adopt', n: 1 });
  kernel.send(exports, { type: 'drop', n: 2 });
  assert.equal(log.lines.at(-1), 'end Client/Owner/Peer-2/Leaf');
  kernel.shutDown(mailbox);
  assert.deepEqual(log.lines.slice(1), ['end Client/Owner/Peer-1/Leaf', 'end Client/Owner/Peer-3/Leaf']);
  assert.deepEqual(kernel.processes(), []);
});
