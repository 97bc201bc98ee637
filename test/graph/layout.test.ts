import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Area } from '../../src/graph/area.js';
import { layOut } from '../../src/graph/layout.js';
import { oneProcess } from '../../src/graph/one-process.js';
import { owns } from '../../src/graph/owns.js';
import { talks } from '../../src/graph/talks.js';
import { viewNames, viewOf } from '../../src/graph/view.js';
import { GROUPS } from '../../src/process/groups.js';
import { HOUSE } from '../../src/process/house.js';
import { TOPOLOGY } from '../../src/process/index.js';
import { crossings, lengthOf, walk } from '../../src/graph/lines.js';

const GRAPHS = [talks(TOPOLOGY), owns(TOPOLOGY, GROUPS)];

const inside = (a: Area, b: Area): boolean =>
  a.x >= b.x && a.y >= b.y && a.x + a.width <= b.x + b.width && a.y + a.height <= b.y + b.height;
const apart = (a: Area, b: Area): boolean =>
  a.x + a.width <= b.x || b.x + b.width <= a.x || a.y + a.height <= b.y || b.y + b.height <= a.y;

/** Whether a point lies on the border of a box, give or take a pixel. */
function onBorder([x, y]: readonly [number, number], a: Area): boolean {
  const grown = { x: a.x - 1, y: a.y - 1, width: a.width + 2, height: a.height + 2 };
  const shrunk = { x: a.x + 1, y: a.y + 1, width: a.width - 2, height: a.height - 2 };
  const point = { x, y, width: 0, height: 0 };
  return inside(point, grown) && !inside(point, shrunk);
}

/** First and last point of a path. */
function ends(path: string): [readonly [number, number], readonly [number, number]] {
  const numbers = [...path.matchAll(/-?[\d.]+/g)].map(Number);
  return [[numbers[0]!, numbers[1]!], [numbers.at(-2)!, numbers.at(-1)!]];
}

test('no line passes behind a box that it does not belong to, or behind a label; no label covers a box', async () => {
  for (const graph of viewNames(HOUSE).flatMap((name) => viewOf(HOUSE, name).graphs)) {
    const { nodes, edges } = await layOut(graph);
    const labels = edges.flatMap(({ from, to, labelArea }) => (labelArea ? [{ id: `the words from ${from} to ${to}`, ...labelArea }] : []));
    for (const label of labels) for (const node of nodes) assert.ok(apart(label, node), `${label.id} cover ${node.id}`);
    for (const { from, to, path } of edges) {
      for (const area of [...nodes.filter((n) => n.id !== from && n.id !== to), ...labels]) {
        const behind = walk(path).find((at) => inside({ ...at, width: 0, height: 0 }, smaller(area)));
        assert.equal(behind, undefined, `${graph.title}: ${from} - ${to} is behind ${area.id} at ${JSON.stringify(behind)}`);
      }
    }
  }
});

/** By a pixel at each side: a line ends at its own label. */
const smaller = ({ x, y, width, height }: Area): Area => ({ x: x + 1, y: y + 1, width: width - 2, height: height - 2 });

test('a frame has its title where no line passes, if there is such a place', async () => {
  for (const graph of GRAPHS) {
    const { frames, edges } = await layOut(graph);
    for (const { title, words, x, width } of frames) {
      assert.ok(words.x >= x && words.x < x + width, title);
      const passing = edges.filter(({ path }) => walk(path).some((at) => inside({ ...at, width: 0, height: 0 }, { ...words, y: words.y - 10, width: 70, height: 12 })));
      assert.deepEqual(passing.map(({ from, to }) => `${from} - ${to}`), [], title);
    }
  }
});

test('lines that end at one side of a box do so apart from each other, and swing there without crossing', async () => {
  const { nodes, edges } = await layOut(oneProcess(TOPOLOGY, 'Timer'));
  const hub = nodes.find((n) => n.id === 'Timer')!;
  const entering = edges.filter((e) => e.to === 'Timer').map(({ path, from }) => ({ port: ends(path)[1][1], teller: nodes.find((n) => n.id === from)!.y }));
  const inOrder = entering.toSorted((a, b) => a.teller - b.teller).map(({ port }) => port);
  assert.ok(inOrder.length > 8);
  inOrder.forEach((port, i) => assert.ok(i === 0 ? port > hub.y : port >= inOrder[i - 1]! + 10, `${inOrder}`));
  assert.ok(inOrder.at(-1)! < hub.y + hub.height);
});

for (const graph of GRAPHS) {
  test(`${graph.title}: boxes apart from each other and inside their frames, lines from border to border`, async () => {
    const layout = await layOut(graph);
    const { nodes, edges, frames } = layout;
    assert.deepEqual(nodes.map((n) => n.id), graph.nodes.map((n) => n.id));
    assert.equal(edges.length, graph.edges.length);
    const page = { x: 0, y: 0, width: layout.width, height: layout.height };
    nodes.forEach((a, i) => {
      assert.ok(inside(a, page), a.id);
      for (const b of nodes.slice(i + 1)) assert.ok(apart(a, b), `${a.id} covers ${b.id}`);
      for (const frame of frames) assert.ok(frame.scope === a.scope ? inside(a, frame) : apart(a, frame), `${a.id} and ${frame.title}`);
    });
    for (const { from, to, path } of edges) {
      const [start, end] = ends(path);
      assert.ok(onBorder(start, nodes.find((n) => n.id === from)!), `${from} -> ${to} starts at ${start}`);
      assert.ok(onBorder(end, nodes.find((n) => n.id === to)!), `${from} -> ${to} ends at ${end}`);
    }
    assert.deepEqual(await layOut(graph), layout, 'the same each time');
  });
}

test('who owns whom is a tree: one owner each, who stands to the left, and no line crosses another', async () => {
  const { nodes, edges } = await layOut(owns(TOPOLOGY, GROUPS));
  assert.deepEqual(edges.map((e) => e.to).sort(), nodes.slice(1).map((n) => n.id).sort());
  const at = new Map(nodes.map((n) => [n.id, n]));
  for (const { from, to } of edges) assert.ok(at.get(from)!.x + at.get(from)!.width <= at.get(to)!.x, `${from} owns ${to}`);
  assert.equal(crossings(edges.map(({ path }) => walk(path))), 0);
});

test('crossings are counted, and lines measured', () => {
  const across = walk('M0 0C0 50 100 50 100 100');
  assert.equal(crossings([across, walk('M100 3C100 53 0 53 0 103'), walk('M-10 0L-10 100')]), 1);
  assert.equal(crossings([across, walk('M0 50L20 50')]), 0);
  assert.ok(lengthOf(across) > 141 && lengthOf(across) < 200);
  assert.ok(Math.abs(lengthOf(walk('M0 0L30 40')) - 50) < 1e-9);
});
