import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { COLOURS, draw } from '../../bench/flame/svg.js';
import { PARTS, partOf } from '../../bench/flame/parts.js';
import { costs, parseProfile, threadsOf, type CpuProfile, type Frame } from '../../bench/flame/profile.js';

const HOME = 'file:///home/anna/actorrent/build';

/** `name url` of each node, indented by its depth; each is sampled for so many milliseconds. */
function profileOf(...lines: readonly (readonly [depth: number, name: string, url: string, ms: number])[]): CpuProfile {
  const nodes = lines.map(([, functionName, url], i) =>
    ({ id: i + 1, callFrame: { functionName, url, lineNumber: 9 }, children: [] as number[] }));
  lines.forEach(([depth], i) => {
    const parent = lines.findLastIndex(([d], j) => j < i && d === depth - 1);
    if (parent >= 0) nodes[parent]!.children.push(i + 1);
  });
  return { nodes, samples: nodes.map((n) => n.id), timeDeltas: lines.map(([, , , ms]) => ms * 1000) };
}

const MAIN = profileOf(
  [0, '(root)', '', 0],
  [1, '(idle)', '', 500],
  [1, '(program)', '', 2],
  [1, '(garbage collector)', '', 8],
  [1, 'onStreamRead', 'node:internal/stream_base_commons', 10],
  [2, 'data', `${HOME}/src/edge/socket.js`, 5],
  [3, 'step', `${HOME}/src/process/peer/receiver.js`, 20],
  [4, 'feed', `${HOME}/src/protocol/framer.js`, 15],
  [3, 'step', `${HOME}/src/process/files.js`, 4],
  [4, 'set', '', 26],
  [3, 'step', `${HOME}/src/process/peer/receiver.js`, 10],
);
const WORKER = profileOf(
  [0, '(root)', '', 0],
  [1, '(garbage collector)', '', 1],
  [1, 'run', `${HOME}/src/edge/hash-worker.js`, 9],
  [2, 'update', 'node:internal/crypto/hash', 60],
  [2, 'writeSync', 'node:fs', 10],
  [3, 'writeBuffer', '', 20],
);

const all = (frames: readonly Frame[]): Frame[] => frames.flatMap((f) => [f, ...all(f.calls)]);

describe('flame graph', () => {
  it('knows the part of a file, and gives V8\'s own functions to their callers', () => {
    const parts = [
      ['step', `${HOME}/src/process/peer/controller-download.js`, 'Controller'],
      ['step', `${HOME}/src/process/peer/sender-queue.js`, 'SenderQueue'],
      ['step', `${HOME}/src/process/peer/sender.js`, 'Sender'],
      ['pick', `${HOME}/src/policy/pick/picker.js`, 'picking'],
      ['send', `${HOME}/node_modules/xstate/dist/raise.cjs.js`, 'kernel'],
      ['add', `${HOME}/node_modules/p-queue/dist/index.js`, 'packages'],
      ['main', `${HOME}/src/cli/main.js`, 'cli'],
      ['link', 'node:internal/modules/esm/loader', 'start of Node'],
      ['write', 'node:fs', 'node internals'],
      ['(garbage collector)', '', 'gc'],
    ] as const;
    for (const [name, url, part] of parts) assert.equal(partOf({ name, url }, undefined), part, url);
    assert.equal(partOf({ name: 'slice', url: '' }, 'Files'), 'Files');
    assert.equal(partOf({ name: '(garbage collector)', url: '' }, 'Files'), 'gc');
  });

  it('adds up the time of each part, and leaves idle time out', () => {
    const threads = threadsOf([MAIN]);
    assert.deepEqual(Object.fromEntries(costs(threads)), {
      'node internals': 10_000, 'edge/net': 5000, Receiver: 30_000, protocol: 15_000, Files: 30_000, gc: 8000, native: 2000,
    });
    assert.equal(threads[0]!.total, 100_000);
  });

  it('makes one frame of calls of one function, the costliest first', () => {
    const data = all(threadsOf([MAIN])).find((f) => f.name === 'data')!;
    assert.deepEqual(data.calls.map((f) => [f.name, f.place, f.own, f.total]),
      [['step', 'receiver.js:10', 30_000, 45_000], ['step', 'files.js:10', 4000, 30_000]]);
  });

  it('counts all of a hash worker as one part, but for its garbage collector and its files', () => {
    const threads = threadsOf([MAIN, WORKER]);
    assert.deepEqual(threads.map((t) => [t.name, t.total]), [['main thread', 100_000], ['hash worker 1', 100_000]]);
    assert.equal(costs(threads).get('hash worker'), 69_000);
    assert.equal(costs(threads).get('file system'), 30_000);
    assert.equal(costs(threads).get('gc'), 9000);
  });

  it('draws the bar to scale, and frames below those that call them', () => {
    const svg = draw({ title: 'a < b', threads: threadsOf([MAIN, WORKER]) });
    assert.match(svg, /^<svg [^>]*width="1200"/);
    assert.ok(svg.includes('a &lt; b'));
    const rects = [...svg.matchAll(/<rect x="([\d.]+)" y="([\d.]+)" width="([\d.]+)"[^>]*><title>([^<]*)/g)]
      .map(([, x, y, width, hint]) => ({ x: Number(x), y: Number(y), width: Number(width), hint: hint! }));
    const at = (hint: string) => rects.find((r) => r.hint.startsWith(hint)) ?? assert.fail(`no '${hint}'`);
    assert.equal(Math.round(at('hash worker: 69.0 ms, 34.5 %').width), Math.round(1168 * 0.345 - 0.6));
    const [data, feed] = [at('data (socket.js:10)'), at('feed (framer.js:10)')];
    assert.ok(feed.y > data.y && feed.x >= data.x && feed.x + feed.width <= data.x + data.width);
    assert.ok(at('main thread').y < data.y);
    assert.equal(rects.filter((r) => r.hint.startsWith('(idle)')).length, 0);
    assert.equal(draw({ title: 'a < b', threads: threadsOf([MAIN, WORKER]) }), svg);
  });

  it('has a colour of its own for each part', () => {
    assert.equal(new Set(PARTS.map((part) => COLOURS[part])).size, PARTS.length);
  });

  it('says what is no profile, or an empty one', () => {
    assert.throws(() => parseProfile('{"nodes":[]}'), /expected a list 'samples'/);
    assert.throws(() => parseProfile('null'), /not a CPU profile/);
    assert.throws(() => draw({ title: '', threads: threadsOf([profileOf([0, '(root)', '', 0], [1, '(idle)', '', 5])]) }), /idle/);
  });
});
