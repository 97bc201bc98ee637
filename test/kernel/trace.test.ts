/** Traces: what is written of a run, in both formats, and that counts stay true whatever is left out. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ChromeEvents, strictly } from '../../src/kernel/trace/chrome.js';
import type { Sampling, TraceFormat } from '../../src/kernel/trace/format.js';
import { JsonLines } from '../../src/kernel/trace/json-lines.js';
import { Tracer, type TraceSink } from '../../src/kernel/trace/tracer.js';
import { pair } from './pair.js';

const HEAD = { agent: 'test', began: '2026-01-01T00:00:00.000Z' };
const [PINGER, PONGER] = ['Client/Pinger', 'Client/Ponger'];

interface Options {
  readonly format?: TraceFormat;
  readonly sampled?: Sampling;
  readonly now?: () => number;
}

class Memory implements TraceSink {
  room = true;
  text = '';

  write(text: string): void {
    this.text += text;
  }
}

function traced({ format = new JsonLines(), sampled, now = () => 0 }: Options = {}) {
  const sink = new Memory();
  const tracer = new Tracer({ now, format, sink, head: { ...HEAD, ...(sampled && { sampled }) } });
  return { sink, tracer, ...pair('one-for-one', { tap: tracer, now }) };
}

type Line = Readonly<Record<string, unknown>>;
const linesOf = (text: string): Line[] => text.trimEnd().split('\n').map((line) => JSON.parse(line) as Line);

test('lines: a head, lives, messages in the order in which they were taken, an end', () => {
  let now = 100;
  const { kernel, a, root, tracer, sink } = traced({ now: () => now });
  now = 101.23456;
  kernel.send(a, { type: 'ping', n: 1 });
  kernel.send(a, { type: 'boom' });
  kernel.shutDown(root);
  kernel.send(a, { type: 'boom' });
  tracer.close();
  const at = 1.235;
  assert.deepEqual(linesOf(sink.text), [
    { trace: 'actorrent', version: 1, ...HEAD },
    ...['Client', PINGER, PONGER].map((id) => ({ at: 0, id, life: 'started' })),
    { at, to: PINGER, kind: 'ping', summary: '{n: 1}' },
    { at, from: PINGER, to: PONGER, kind: 'pong', summary: '{n: 0}' },
    { at, from: PONGER, to: PINGER, kind: 'ping', summary: '{n: 0}' },
    { at, to: PINGER, kind: 'boom' },
    { at, id: PINGER, life: 'crashed', error: '{error: boom}' },
    { at, id: PINGER, life: 'started' },
    ...[PONGER, PINGER, 'Client'].map((id) => ({ at, id, life: 'ended' })),
    { at, to: PINGER, kind: 'boom', missed: true },
    { at, end: true, unwritten: [], lost: 0 },
  ]);
});

/** Messages of an edge, by what the trace says. */
function countIn(lines: readonly Line[], kind: string): number {
  const shown = lines.filter((l) => l['kind'] === kind && l['from'] !== undefined).reduce((n, l) => n + Number(l['count'] ?? 1), 0);
  const rest = (lines.at(-1)!['unwritten'] as { kind: string; from?: string; count: number }[]).find((e) => e.kind === kind && e.from);
  return shown + (rest?.count ?? 0);
}

test('of what is sampled one in so many is written, and the counts are those of the kernel', () => {
  const { kernel, a, tracer, sink } = traced({ sampled: { every: 10, kinds: { Ponger: ['pong'] } } });
  kernel.send(a, { type: 'ping', n: 34 });
  tracer.close();
  const lines = linesOf(sink.text);
  const pongs = lines.filter((l) => l['kind'] === 'pong');
  assert.deepEqual(pongs.map((l) => l['count'] ?? 1), [1, 10, 10, 10]);
  assert.equal(lines.filter((l) => l['kind'] === 'ping').length, 35, 'the others are all there');
  assert.deepEqual(lines.at(-1)!['unwritten'], [{ from: 'Pinger', to: 'Ponger', kind: 'pong', count: 3 }]);
  for (const { kind, count } of kernel.edges()) assert.equal(countIn(lines, kind), count, kind);
});

test('what there is no room for is counted, and told at the end', () => {
  const { kernel, a, tracer, sink } = traced();
  kernel.send(a, { type: 'ping', n: 3 });
  sink.room = false;
  const before = sink.text;
  kernel.send(a, { type: 'ping', n: 20 });
  assert.equal(sink.text, before);
  sink.room = true;
  kernel.send(a, { type: 'ping', n: 1 });
  sink.room = false;
  kernel.send(a, { type: 'ping', n: 2 });
  assert.equal(tracer.close(), 41 + 5);
  const lines = linesOf(sink.text);
  assert.equal(lines.at(-1)!['lost'], 46);
  for (const { kind, count } of kernel.edges()) assert.equal(countIn(lines, kind), count, kind);
});

test('nothing is written after the end', () => {
  const { kernel, a, root, tracer, sink } = traced();
  tracer.close();
  const { text } = sink;
  kernel.send(a, { type: 'ping', n: 3 });
  kernel.shutDown(root);
  assert.equal(sink.text, text);
});

interface Event {
  readonly ph: string;
  readonly name?: string;
  readonly pid: number;
  readonly tid: number;
  readonly ts: number;
  readonly id?: number;
  readonly args?: { readonly name?: string; readonly summary?: string };
}

test('Chrome: one JSON value; named threads in a process a group; slices that do not overlap, and arrows from slice to slice', () => {
  // A clock that stands still, as in a step of virtual time.
  const { kernel, a, tracer, sink } = traced({ format: new ChromeEvents(), now: strictly(() => 5) });
  kernel.send(a, { type: 'ping', n: 2 });
  kernel.send(a, { type: 'boom' });
  tracer.close();
  const { traceEvents, otherData, end } = JSON.parse(sink.text) as { traceEvents: Event[]; otherData: object; end: Line };
  assert.deepEqual([otherData, end['lost']], [HEAD, 0]);
  const named = (what: string): unknown[] => traceEvents.filter((e) => e.ph === 'M' && e.name === what).map((e) => e.args?.name);
  assert.deepEqual([named('process_name'), named('thread_name')], [['Client'], ['supervisor', 'Pinger', 'Ponger']]);
  const slices: { readonly begin: Event; readonly end: Event }[] = [];
  let open: Event | undefined;
  for (const event of traceEvents) {
    if (event.ph === 'B') {
      assert.equal(open, undefined);
      open = event;
    } else if (event.ph === 'E') {
      assert.deepEqual([event.pid, event.tid], [open!.pid, open!.tid]);
      slices.push({ begin: open!, end: event });
      open = undefined;
    }
  }
  assert.deepEqual(slices.map((s) => s.begin.name), ['ping', 'pong', 'ping', 'pong', 'ping', 'boom']);
  slices.reduce((before, s) => {
    assert.ok(before < s.begin.ts && s.begin.ts < s.end.ts, `${before} ${s.begin.ts} ${s.end.ts}`);
    return s.end.ts;
  }, -1);
  const within = ({ tid, ts }: Event): number =>
    slices.findIndex(({ begin, end: done }) => begin.tid === tid && begin.ts <= ts && ts < done.ts);
  const headOf = ({ id }: Event): Event => traceEvents.find((e) => e.ph === 'f' && e.id === id)!;
  const arrows = traceEvents.filter((e) => e.ph === 's').map((tail) => [within(tail), within(headOf(tail))]);
  assert.deepEqual(arrows, [[0, 1], [1, 2], [2, 3], [3, 4]], 'the first ping and the boom came from outside');
});

test('Chrome: a crowd of peers is a process a peer, by the torrent it is of', () => {
  const format = new ChromeEvents();
  const peer = 'Client/TorrentMgr/Torrent-1/PeerMgr/Peer-7';
  const text = [
    format.head(HEAD),
    format.life({ at: 0, id: peer, life: 'started' }),
    format.message({ at: 1, sentAt: 0, from: undefined, to: `${peer}/Sender`, kind: 'wrote', summary: '', count: 3, missed: true }),
    format.message({ at: 1, sentAt: 0, from: `${peer}/Sender`, to: 'Client/Limiter', kind: 'want', summary: '', count: 1, missed: false }),
    format.took(2),
    format.end({ at: 3, unwritten: [], lost: 0 }),
  ].join('');
  const { traceEvents } = JSON.parse(text) as { traceEvents: Event[] };
  const title = (pid: number): unknown => traceEvents.find((e) => e.name === 'process_name' && e.pid === pid)?.args?.name;
  const shown = traceEvents.filter((e) => 'BEsfi'.includes(e.ph)).map((e) => [e.ph, e.name, title(e.pid)]);
  const [there, here] = ['Torrent-1, Peer-7', 'Client'];
  assert.deepEqual(shown, [
    ['i', 'started', there], ['i', 'missed: wrote', there],
    ['s', 'want', there], ['B', 'want', here], ['f', 'want', here], ['E', undefined, here],
  ]);
});
