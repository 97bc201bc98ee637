/** What onlookers see of a kernel: the tree, the counts, the last messages, the crashes; and what a tap sees beyond these. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setup } from 'xstate';
import { chartOf, activePaths } from '../../src/kernel/chart.js';
import { Kernel } from '../../src/kernel/kernel.js';
import type { Msg } from '../../src/kernel/mailbox.js';
import { child, defineProcess } from '../../src/kernel/process.js';
import { summary } from '../../src/kernel/summary.js';
import type { Tap } from '../../src/kernel/tap.js';
import { declare } from '../../src/kernel/topology.js';
import { pair } from './pair.js';

test('the tree: who lives below whom, with mail, restarts and scope', () => {
  const { kernel, a } = pair('one-for-one');
  kernel.send(a, { type: 'ping', n: 1 });
  kernel.send(a, { type: 'boom' });
  const rest = { scope: 'client', depth: 0, states: undefined } as const;
  assert.deepEqual(kernel.processes(), [
    { id: 'Client', process: 'Client', parent: undefined, group: true, handled: 0, restarts: 0, ...rest },
    { id: 'Client/Pinger', process: 'Pinger', parent: 'Client', group: false, handled: 3, restarts: 1, ...rest },
    { id: 'Client/Ponger', process: 'Ponger', parent: 'Client', group: false, handled: 1, restarts: 0, ...rest },
  ]);
});

test('the last messages of a process: when, from whom, what; 16 of them', () => {
  let now = 5;
  const { kernel, a } = pair('one-for-one', { now: () => now });
  kernel.send(a, { type: 'ping', n: 1 });
  assert.deepEqual(kernel.lastMail('Client/Pinger'), [
    { at: 5, from: undefined, kind: 'ping' }, { at: 5, from: 'Client/Ponger', kind: 'ping' },
  ]);
  now = 7;
  for (let i = 0; i < 40; i++) kernel.send(a, { type: 'ping', n: 0 });
  const letters = kernel.lastMail('Client/Pinger');
  assert.equal(letters.length, 16);
  assert.ok(letters.every((letter) => letter.at === 7));
  assert.deepEqual(kernel.lastMail('nobody'), []);
});

test('crashes are remembered, the latest hundred', () => {
  let now = 0;
  const { kernel, a } = pair('one-for-one', { now: () => (now += 600) });
  for (let i = 0; i < 101; i++) kernel.send(a, { type: 'boom' });
  const crashes = kernel.crashes();
  assert.equal(crashes.length, 100);
  assert.equal(String(crashes.at(-1)?.error), 'Error: boom');
  assert.deepEqual([crashes[0]?.id, crashes[0]?.process], ['Client/Pinger', 'Pinger']);
  assert.ok(crashes[0]!.at < crashes[99]!.at);
});

test('a tap sees each message sent and taken in the same order, and each life begin and end', () => {
  const sent: string[] = [];
  const taken: string[] = [];
  const missed: string[] = [];
  const lives: string[] = [];
  let inside: string | undefined;
  const tap: Tap = {
    sent: (to, { type }, from) => void sent.push(`${from?.process ?? 'outside'} ${type} ${to.process}`),
    takes(to, { type }, from) {
      assert.equal(inside, undefined);
      inside = to.id;
      taken.push(`${from?.process ?? 'outside'} ${type} ${to.process}`);
    },
    took(to) {
      assert.equal(inside, to.id);
      inside = undefined;
    },
    missed: (to, { type }) => void missed.push(`${type} ${to.process}`),
    started: (who) => void lives.push(`${who.process} starts`),
    ended: (who, crash) => void lives.push(`${who.process} ${crash ? String(crash.error) : 'ends'}`),
  };
  const { kernel, a, root } = pair('one-for-one', { tap });
  kernel.send(a, { type: 'ping', n: 1 });
  kernel.send(a, { type: 'boom' });
  kernel.shutDown(root);
  assert.deepEqual(taken.slice(0, 3), ['outside ping Pinger', 'Pinger pong Ponger', 'Ponger ping Pinger']);
  assert.deepEqual(sent, taken);
  const begin = ['Client starts', 'Pinger starts', 'Ponger starts'];
  assert.deepEqual(lives, [...begin, 'Pinger Error: boom', 'Pinger starts', 'Ponger ends', 'Pinger ends', 'Client ends']);
  kernel.send(a, { type: 'boom' });
  assert.deepEqual([missed, taken.length], [['boom Pinger'], sent.length - 1]);
});

test('a message in short: bytes, mailboxes and long things by name and size, addresses without what is secret', () => {
  const { a } = pair('one-for-one');
  class Secret {}
  const cases: [unknown, string][] = [
    [{}, ''],
    [{ piece: 3, data: new Uint8Array(16_384) }, '{piece: 3, data: 16384 bytes}'],
    [{ replyTo: a }, '{replyTo: @Client/Pinger}'],
    [{ peers: [1, 2, 3, 4, 5, 6, 7, 8] }, '{peers: [1, 2, 3, 4, 5, 6, … 8 in all]}'],
    [{ map: new Map([[1, 2]]), x: null, y: undefined, f: () => 1 }, '{map: 1 of them, x: none, y: undefined, f: a function}'],
    [{ a: { b: { c: { d: 1 } } } }, '{a: {b: {c: {…}}}}'],
    [{ error: new Error('disk full'), rate: 1 / 3, secret: new Secret() }, '{error: disk full, rate: 0.333, secret: Secret}'],
    [{ bare: Object.create(null) as object }, '{bare: a record}'],
  ];
  for (const [message, shown] of cases) assert.equal(summary({ type: 'x', ...(message as object) }), shown);
  const page = 'http://127.0.0.1:8080/?token=secret';
  assert.equal(summary({ type: 'x', event: { url: page } } as Msg), '{event: {url: http://127.0.0.1:8080/…}}');
  const tracker = 'udp://me:pass@tracker.example:6969/0123456789abcdef/announce?k=1 says no';
  assert.equal(summary({ type: 'x', reason: tracker } as Msg), '{reason: udp://tracker.example:6969/… says no}');
  assert.equal(summary({ type: 'x', line: `add magnet:?xt=1&tr=${encodeURIComponent(page)}` } as Msg), '{line: add magnet:…}');
  const many = Array.from({ length: 1000 }, () => 'x'.repeat(1000));
  const long = summary({ type: 'x', many } as Msg);
  assert.equal(long.length, 160);
});

const machine = setup({ types: { events: {} as { type: 'open' | 'lock' | 'unlock' } } }).createMachine({
  id: 'Door', initial: 'shut',
  states: {
    shut: { on: { open: 'wide' }, initial: 'locked', states: { locked: { on: { unlock: 'free' } }, free: { on: { lock: 'locked' } } } },
    wide: { type: 'parallel', states: { hinge: { initial: 'dry', states: { dry: {} } }, bell: {} } },
  },
});

test('a state chart as data: states by their paths, and where each event leads', () => {
  const { states, initial } = chartOf(machine);
  assert.equal(initial, 'shut');
  const [shut, wide] = states;
  assert.deepEqual([shut!.path, shut!.kind, shut!.initial], ['shut', 'compound', 'shut.locked']);
  assert.deepEqual(shut!.transitions, [{ event: 'open', target: 'wide' }]);
  assert.deepEqual(shut!.states[0], {
    path: 'shut.locked', name: 'locked', kind: 'atomic', states: [], transitions: [{ event: 'unlock', target: 'shut.free' }],
  });
  assert.deepEqual([wide!.kind, wide!.states.map((s) => s.name)], ['parallel', ['hinge', 'bell']]);
  assert.deepEqual(activePaths({ wide: { hinge: 'dry', bell: {} } }), ['wide.hinge.dry', 'wide.bell']);
});

test('where in its chart a process is', () => {
  const door = defineProcess({
    declaration: declare({ name: 'Door', scope: 'client', doc: '', tells: {} }),
    init: () => ({ at: 'locked' }),
    step: (s, m: { type: 'unlock' }) => { s.at = m.type === 'unlock' ? 'free' : s.at; },
    chart: { machine, of: (s) => ({ shut: s.at }) },
  });
  const kernel = new Kernel({ now: () => 0, seed: 1, strict: true, onPanic: (e) => assert.fail(String(e)) });
  const { exports } = kernel.boot('Client', (reserve) => {
    const box = reserve(door);
    return { plan: { strategy: 'one-for-one', children: [child(door, box, () => undefined)] }, exports: box };
  });
  const states = () => kernel.processes().at(-1)!.states;
  assert.deepEqual(states(), ['shut.locked']);
  kernel.send(exports, { type: 'unlock' });
  assert.deepEqual(states(), ['shut.free']);
});
