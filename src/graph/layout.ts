/**
 * Positions for a graph, by dagre: layers, few crossings, smooth lines. The SVG renderer and the live page draw the same positions. The
 * library is loaded when the first graph is laid out, so that a download's start does not pay for it.
 */
import type { Scope } from '../kernel/topology.js';
import { tenth, type Area, type Point } from './area.js';
import type { Frame, Graph, GraphEdge, GraphNode } from './model.js';
import { walk } from './lines.js';
import { PORT_GAP, route, type Course } from './route.js';
import { FONTS_DIFFER, widthOf } from './text-width.js';

export interface Layout {
  readonly title: string;
  readonly width: number;
  readonly height: number;
  /** `words` is where its title begins, at the line it stands on. */
  readonly frames: readonly (Frame & Area & { readonly words: Point })[];
  readonly nodes: readonly (GraphNode & Area)[];
  /**
   * `path` is SVG path data from the border of `from` to that of `to`; `labelArea` is where the label goes, where there is one; `scope` gives
   * the colour.
   */
  readonly edges: readonly (GraphEdge & { readonly scope: Scope; readonly path: string; readonly labelArea?: Area })[];
}

const BOXES = { process: { least: 132, padding: 18 }, group: { least: 132, padding: 26 }, state: { least: 44, padding: 14 } } as const;
const HEIGHT = 44;
const NOTE_HEIGHT = 58;
const START = 12;
const GAPS = {
  down: { nodesep: 30, ranksep: 54, edgesep: 18 },
  right: { nodesep: 14, ranksep: 52, edgesep: 14 },
} as const;
/** Above the boxes of a frame, for its title: dagre knows of none. */
const TITLE_ROOM = 14;
const TITLE_INSET = 14;
const TITLE_STEP = 20;
/** From the top of the frame. */
const TITLE_BASE = 21;
/** For a clock or an eye beside the name. */
const SIGN = 14;
/** Side by side, a frame's title needs room beside its first box, and lines need some between a label and a box. */
const WIDE = { ...GAPS.right, ranksep: 84 };
const MARGIN = 16;
/** Of a stack, so much is seen of the boxes behind, above and at the right. */
export const STACK = 6;
export const LINE_HEIGHT = 16;
export const NAME_PX = 15;
export const NOTE_PX = 12;

export async function layOut(graph: Graph): Promise<Layout> {
  const { Graph: Dagre, layout } = await import('@dagrejs/dagre');
  const g = new Dagre({ compound: true });
  const titles = graph.direction === 'down' && graph.frames.length > 0 ? TITLE_ROOM : 0;
  const isWide = graph.direction === 'right' && (graph.frames.length > 0 || graph.edges.some((e) => e.label));
  const gaps = isWide ? WIDE : GAPS[graph.direction];
  g.setGraph({ rankdir: graph.direction === 'down' ? 'TB' : 'LR', marginx: MARGIN, marginy: MARGIN + titles, ...gaps });
  for (const { id } of graph.frames) g.setNode(frameId(id), {});
  for (const { id, parent } of graph.frames) if (parent !== undefined) g.setParent(frameId(id), frameId(parent));
  for (const node of graph.nodes) {
    g.setNode(node.id, sizeOf(node, graph));
    if (node.frame !== undefined) g.setParent(node.id, frameId(node.frame));
  }
  // Who comes first in the list stands above; which way the messages go does not matter for that.
  const place = new Map(graph.nodes.map(({ id }, i) => [id, i]));
  const isUp = ({ from, to }: GraphEdge): boolean => place.get(from)! > place.get(to)!;
  const downwards = (edge: GraphEdge): [string, string] => (isUp(edge) ? [edge.to, edge.from] : [edge.from, edge.to]);
  for (const edge of graph.edges) g.setEdge(...downwards(edge), spaceOf(edge));
  for (const [above, below] of lonely(graph, graph.edges.map(downwards))) g.setEdge(above, below, { weight: 0 });
  layout(g);
  const { width = 0, height = 0 } = g.graph();
  const nodes = graph.nodes.map((node) => ({ ...node, ...areaOf(g.node(node.id)) }));
  const courses = graph.edges.map((edge): Course => {
    const [from, to] = downwards(edge);
    const placed = g.edge(from, to) as { points: Point[] } & Centred;
    return { from, to, isUp: isUp(edge), points: placed.points, ...(edge.label && { labelArea: areaOf(placed) }) };
  });
  const paths = route({ direction: graph.direction, boxes: nodes, courses });
  const lines = paths.map(walk);
  const scopes = new Map(graph.nodes.map((n) => [n.id, n.scope]));
  return {
    title: graph.title, width: tenth(width), height: tenth(height), nodes,
    frames: graph.frames.map((frame) => {
      const area = taller(areaOf(g.node(frameId(frame.id))), titles);
      return { ...frame, ...area, words: wordsOf(frame, { area, lines }) };
    }),
    edges: graph.edges.map((edge, i) => {
      const { labelArea } = courses[i]!;
      return { ...edge, scope: narrower(scopes.get(edge.from)!, scopes.get(edge.to)!), path: paths[i]!, ...(labelArea && { labelArea }) };
    }),
  };
}

/**
 * A box without lines would stand in the row where its frame ends, and the lines that leave the frame would pass behind it. It is tied, by
 * a line that nobody sees, above a box of its frame that has another one above it.
 */
function lonely({ nodes, frames }: Graph, lines: readonly (readonly [above: string, below: string])[]): [string, string][] {
  const linked = new Set(lines.flat());
  return frames.flatMap(({ id }): [string, string][] => {
    const inside = nodes.filter((n) => n.frame === id).map((n) => n.id);
    const anchor = inside.find((n) => lines.some(([above, below]) => below === n && inside.includes(above)));
    return anchor === undefined ? [] : inside.filter((n) => !linked.has(n)).map((n) => [n, anchor]);
  });
}

const WIDE_TO_NARROW: readonly Scope[] = ['client', 'torrent', 'peer'];
/** There is one line of a pair for each torrent or peer. */
const narrower = (a: Scope, b: Scope): Scope => (WIDE_TO_NARROW.indexOf(a) > WIDE_TO_NARROW.indexOf(b) ? a : b);

/** As far to the left as it can be where no line passes, or where fewest do. */
function wordsOf({ title }: Frame, { area, lines }: { readonly area: Area; readonly lines: readonly (readonly Point[])[] }): Point {
  const width = widthOf(title, NOTE_PX, 'bold') * FONTS_DIFFER;
  const y = tenth(area.y + TITLE_BASE);
  const room = area.width - width - 2 * TITLE_INSET;
  const places = Array.from({ length: 1 + Math.max(0, Math.floor(room / TITLE_STEP)) }, (_, i) => area.x + TITLE_INSET + i * TITLE_STEP);
  const passing = (x: number): number => lines.filter((line) =>
    line.some((p) => p.x > x - 4 && p.x < x + width + 4 && p.y > area.y && p.y < y + 4)).length;
  const [best] = places.toSorted((a, b) => passing(a) - passing(b));
  return { x: tenth(best!), y };
}

/** Not the name of any process or state. */
const frameId = (id: string): string => `frame ${id}`;

/** Upwards. */
const taller = (area: Area, by: number): Area => ({ ...area, y: tenth(area.y - by), height: tenth(area.height + by) });

function sizeOf({ id, title, note, kind, stacked, alarms, watched }: GraphNode, { direction, edges }: Graph): { width: number; height: number } {
  if (kind === 'start') return { width: START, height: START };
  const text = Math.max(widthOf(title, NAME_PX, 'bold'), widthOf(note ?? '', NOTE_PX));
  const { least, padding } = BOXES[kind];
  const stack = stacked === true ? STACK : 0;
  const sign = alarms === true || watched === true ? SIGN : 0;
  // Lines end above and below a box, or at its sides, where they may be more than its height has room for.
  const lines = direction === 'down' || kind !== 'process' ? 0
    : Math.max(edges.filter((e) => e.from === id).length, edges.filter((e) => e.to === id).length);
  return {
    width: Math.max(least, Math.ceil(text) + 2 * padding) + sign + stack,
    height: Math.max(note === undefined ? HEIGHT : NOTE_HEIGHT, (lines + 1) * PORT_GAP) + stack,
  };
}

function spaceOf({ label = [] }: GraphEdge): { width: number; height: number; labelpos: 'c' } {
  const widest = Math.max(0, ...label.map((line) => widthOf(line, NOTE_PX) + 8));
  return { width: Math.ceil(widest), height: label.length * LINE_HEIGHT, labelpos: 'c' };
}

interface Centred {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}
const areaOf = ({ x, y, width, height }: Centred): Area =>
  ({ x: tenth(x - width / 2), y: tenth(y - height / 2), width: tenth(width), height: tenth(height) });
