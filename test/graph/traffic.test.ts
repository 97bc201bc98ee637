/** A trace read back and drawn: true counts on the lines of those that talked; and a file that is no trace, told with its field. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { describe } from '../../src/base/result.js';
import { dot } from '../../src/graph/dot.js';
import { mermaid } from '../../src/graph/mermaid.js';
import { svgOf } from '../../src/graph/sheet.js';
import { trafficGraph } from '../../src/graph/traffic.js';
import { JsonLines } from '../../src/kernel/trace/json-lines.js';
import { TraceReader, type Traffic } from '../../src/kernel/trace/read.js';
import { Tracer } from '../../src/kernel/trace/tracer.js';
import { TOPOLOGY } from '../../src/process/index.js';
import { BLOCK_MAIL } from '../../src/process/block-mail.js';
import { peers, run, scene } from '../sim/scenes.js';

const HEAD = '{"trace":"actorrent","version":1,"agent":"x","began":"x"}';
const torrent = 'Client/TorrentMgr/Torrent-1';
const peer = (n: number): string => `${torrent}/PeerMgr/Peer-${n}`;
const started = (id: string): string => JSON.stringify({ at: 0, id, life: 'started' });
const message = (from: string, to: string, kind: string, count?: number): string => JSON.stringify({ at: 1, from, to, kind, count });

function read(...lines: readonly string[]): Traffic {
  const reader = new TraceReader(TOPOLOGY);
  for (const line of lines) {
    const result = reader.line(line);
    assert.ok(result.ok, line);
  }
  return reader.traffic;
}

const traffic = read(
  HEAD, started('Client'), started(torrent), started(`${torrent}/PieceMgr`), ...[1, 2, 1].map((n) => started(`${peer(n)}/Controller`)),
  message(`${peer(1)}/Controller`, `${torrent}/PieceMgr`, 'gotBlocks'),
  message(`${peer(2)}/Controller`, `${torrent}/PieceMgr`, 'gotBlocks', 1499),
  message(`${peer(2)}/Controller`, `${torrent}/PieceMgr`, 'join'), message(`${torrent}/PieceMgr`, `${peer(2)}/Controller`, 'request', 15),
  JSON.stringify({ at: 2, to: 'Client/Listener', kind: 'accepted' }),
  message(`${torrent}/Tracker-0`, `${torrent}/PeerMgr`, 'candidates'),
  JSON.stringify({ at: 9, end: true, lost: 0, unwritten: [
    { from: 'PieceMgr', to: 'Controller', kind: 'request', count: 5 }, { to: 'Receiver', kind: 'data', count: 7 },
  ] }),
);

test('counts are summed over all of a name, with what was not written', () => {
  assert.deepEqual(traffic.edges, [
    { from: 'Controller', to: 'PieceMgr', kind: 'gotBlocks', count: 1500 }, { from: 'Controller', to: 'PieceMgr', kind: 'join', count: 1 },
    { from: 'PieceMgr', to: 'Controller', kind: 'request', count: 20 }, { from: 'Tracker', to: 'PeerMgr', kind: 'candidates', count: 1 },
  ]);
  assert.deepEqual([...traffic.processes], [['PieceMgr', 1], ['Controller', 2]]);
});

test('the picture: those that were there, a stack for several, a line as thick as its pair talked', async () => {
  const graph = trafficGraph(TOPOLOGY, traffic);
  assert.deepEqual(graph.nodes.map((n) => [n.id, n.note, n.stacked]).sort(), [
    ['Controller', '2 of them, heard 20', true], ['PeerMgr', 'heard 1', false], ['PieceMgr', 'heard 1.5k', false], ['Tracker', 'heard 0', false],
  ]);
  const few = graph.edges.find((e) => e.from === 'Tracker');
  const many = graph.edges.find((e) => e.from === 'PieceMgr');
  // PeerMgr stands above Tracker, PieceMgr above the Controller.
  assert.deepEqual([few!.to, few!.there, few!.back, few!.label], ['PeerMgr', ['candidates 1'], [], ['↑ 1']]);
  assert.deepEqual([many!.to, many!.there, many!.back], ['Controller', ['request 20'], ['gotBlocks 1,500', 'join 1']]);
  assert.deepEqual([many!.label, many!.weight], [['↓ 20', '↑ 1.5k'], 1]);
  assert.ok(few!.weight! < 0.1);
  const svg = await svgOf({ title: 'x', doc: '', graphs: [graph] });
  assert.match(svg, /style="stroke-width:6"/);
  assert.ok(svg.includes('↑ 1.5k') && svg.includes('request 20'));
  assert.equal(svg.match(/class="box"/g)!.length, graph.nodes.length + 2);
  assert.match(mermaid(graph), /linkStyle \d stroke-width:6px/);
  assert.match(dot(graph), /penwidth=6\b/);
});

test('a sampled trace of a swarm gives the counts of its kernel', async () => {
  const written: string[] = [];
  let now = (): number => 0;
  const sink = { room: true, write: (text: string) => void written.push(text) };
  const sampled = { every: 7, kinds: BLOCK_MAIL };
  const tap = new Tracer({ now: () => now(), head: { agent: 'x', began: 'x', sampled }, format: new JsonLines(), sink });
  const swarm = await run(scene([peers('seed', { has: 1 }), peers('leecher')]), {}, {
    begin: ({ clock }) => { now = () => clock.now(); },
    tapFor: ({ kind }) => (kind.name === 'leecher' ? tap : undefined),
  });
  tap.close();
  const { edges, processes } = read(...written.join('').trim().split('\n'));
  const sorted = (list: readonly { from: string; to: string; kind: string; count: number }[]): string[] =>
    list.map((e) => `${e.from} ${e.to} ${e.kind} ${e.count}`).sort();
  assert.deepEqual(sorted(edges), sorted(swarm.members[1]!.client!.kernel.edges()));
  assert.equal(processes.get('Status'), 1);
});

const [a, b] = [`${peer(1)}/Controller`, `${torrent}/PieceMgr`];
const bad: readonly (readonly [lines: readonly string[], flaw: string])[] = [
  [['{"displayTimeUnit":"ms","otherData":{'], 'line: expected JSON, found "{\\"displayTimeUnit\\":\\"ms\\",\\"otherData\\":{"'],
  [['[]'], 'line: expected an object, found []'],
  [['{}'], 'trace: expected "actorrent", as actorrent --trace FILE writes it, found nothing'],
  [[HEAD.replace('"version":1', '"version":2')], 'version: expected 1, found 2'],
  [[HEAD, `${'['.repeat(50_000)}`], `line: expected JSON, found "${'['.repeat(59)}…`],
  [[HEAD, '{"id":7,"life":"started"}'], 'id: expected a process\'s id of at most 1000 letters, found 7'],
  [[HEAD, message(a, b, 'serve')], 'message: expected one that its sender declares, found Controller -> PieceMgr: serve'],
  [[HEAD, message(a, 'Client/Nobody', 'x')], 'to: expected a process, found "Nobody"'],
  [[HEAD, message('__proto__', b, 'x')], 'from: expected a process, found "__proto__"'],
  [[HEAD, message(a, b, 'join', -1)], 'count: expected an integer from 1, found -1'],
  [[HEAD, message(a, b, 'join', 2 ** 53 - 1), message(a, b, 'join')], 'count: expected a sum below 2^53, found 1'],
  [[HEAD, message('x'.repeat(1001), b, 'join')], `from: expected a process's id, or nothing, found "${'x'.repeat(59)}…`],
  [[HEAD, '{"end":true}'], 'unwritten: expected a list, found nothing'],
  [[HEAD, '{"end":true,"unwritten":[3]}'], 'unwritten: expected edges with their counts, found 3'],
];

for (const [lines, flaw] of bad) {
  test(`no trace: ${flaw.slice(0, 90)}`, () => {
    const reader = new TraceReader(TOPOLOGY);
    const results = lines.map((line) => reader.line(line));
    const last = results.pop()!;
    assert.ok(results.every((r) => r.ok));
    assert.equal(last.ok ? 'nothing wrong' : describe(last.error), flaw);
  });
}
