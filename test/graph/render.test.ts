/** Every view in every format: that nothing is left out, and that a picture is well-formed. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { dot } from '../../src/graph/dot.js';
import { mermaid } from '../../src/graph/mermaid.js';
import { together } from '../../src/graph/model.js';
import { svgOf } from '../../src/graph/sheet.js';
import { widthOf } from '../../src/graph/text-width.js';
import { viewNames, viewOf } from '../../src/graph/view.js';
import { HOUSE } from '../../src/process/house.js';
import { assertWellFormed } from './well-formed.js';

for (const name of viewNames(HOUSE)) {
  test(`${name}: each box is in each format, and each line`, async () => {
    const view = viewOf(HOUSE, name);
    const svg = await svgOf(view);
    assertWellFormed(svg);
    const boxes = view.graphs.flatMap((g) => g.nodes);
    const lines = view.graphs.flatMap((g) => g.edges);
    assert.equal(new Set(boxes.map((b) => b.id)).size, boxes.length);
    for (const { title } of boxes) assert.ok(svg.includes(`>${title}<`), title);
    assert.equal(svg.match(/<path class="line /g)?.length, lines.length);
    for (const { kind } of view.mailbox ?? []) assert.ok(svg.includes(`>${kind}<`), kind);
    for (const [format, render, arrow] of [['mermaid', mermaid, /^ +\w+ (<-->|-->|---)/gm], ['dot', dot, / -> .*\[dir=/g]] as const) {
      const written = render(together(view.graphs));
      assert.equal(written.match(/^(flowchart|digraph) /gm)!.length, 1, `${format}: one graph in a file`);
      for (const { title } of boxes) assert.ok(written.includes(title), `${format}: ${title}`);
      assert.equal(written.match(arrow)?.length ?? 0, lines.length, format);
    }
  });
}

test('a view of one process: neighbours on both sides with what is said, its chart with each event', () => {
  const [neighbours, chart] = viewOf(HOUSE, 'Controller').graphs;
  assert.ok(neighbours!.edges.some((e) => e.from === 'from PieceMgr' && e.to === 'Controller' && e.there.includes('request')));
  assert.ok(neighbours!.edges.some((e) => e.from === 'Controller' && e.to === 'to PieceMgr' && e.there.includes('needBlocks')));
  const choking = chart!.edges.find((e) => e.from === 'open.amChoking.yes');
  assert.deepEqual([choking?.to, choking?.label], ['open.amChoking.no', ['amUnchoking →', '← amChoking']]);
  assert.ok(chart!.edges.some((e) => e.from === 'greeting' && e.to === 'start of open' && e.there.includes('opened')));
  assert.equal(viewOf(HOUSE, 'Timer').graphs.length, 1);
});

test('words with signs of their own stay words', async () => {
  const topology = [{ name: 'A', scope: 'client', doc: '<b> & "c"', tells: {} } as const];
  const view = viewOf({ topology, groups: [], mailboxes: {}, charts: {} }, 'talks');
  assert.ok((await svgOf(view)).includes('&lt;b&gt; &amp; &quot;c&quot;'));
  assert.ok(mermaid(view.graphs[0]!).includes('& #quot;c#quot;'));
  assert.ok(dot(view.graphs[0]!).includes('\\"c\\"'));
});

test('wide letters are wider, bold ones too, and so is a larger size', () => {
  assert.ok(widthOf('WWW', 12) > widthOf('iii', 12));
  assert.ok(widthOf('Files', 12, 'bold') > widthOf('Files', 12));
  assert.equal(widthOf('Files', 24), 2 * widthOf('Files', 12));
});
