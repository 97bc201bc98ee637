/**
 * Positions for a graph, by dagre: layers, few crossings, smooth lines. The SVG renderer and the live page draw the same positions. The
 * library is loaded when the first graph is laid out, so that a download's start does not pay for it.
 */
import { curve, tenth, type Point } from './curve.js';
import type { Frame, Graph, GraphEdge, GraphNode } from './model.js';
import { widthOf } from './text-width.js';

/** In pixels, from the top left of the picture. */
export interface Area {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface Layout {
  readonly title: string;
  readonly width: number;
  readonly height: number;
  readonly frames: readonly (Frame & Area)[];
  readonly nodes: readonly (GraphNode & Area)[];
  /** `path` is SVG path data from the border of `from` to that of `to`; `label` is where the label goes, where there is one. */
  readonly edges: readonly (GraphEdge & { readonly path: string; readonly labelArea?: Area })[];
}

const BOXES = { process: { least: 132, padding: 18 }, group: { least: 132, padding: 26 }, state: { least: 44, padding: 14 } } as const;
const HEIGHT = 44;
const NOTE_HEIGHT = 58;
const START = 12;
const GAPS = {
  down: { nodesep: 30, ranksep: 44, edgesep: 18 },
  right: { nodesep: 14, ranksep: 40, edgesep: 14 },
} as const;
/** Side by side inside frames, the first box must leave room for the frame's title. */
const FRAMED = { ...GAPS.right, ranksep: 84 };
const MARGIN = 16;
export const LINE_HEIGHT = 16;
export const NAME_PX = 15;
export const NOTE_PX = 12;

export async function layOut(graph: Graph): Promise<Layout> {
  const { Graph: Dagre, layout } = await import('@dagrejs/dagre');
  const g = new Dagre({ compound: true });
  const gaps = graph.direction === 'right' && graph.frames.length > 0 ? FRAMED : GAPS[graph.direction];
  g.setGraph({ rankdir: graph.direction === 'down' ? 'TB' : 'LR', marginx: MARGIN, marginy: MARGIN, ...gaps });
  for (const { id } of graph.frames) g.setNode(frameId(id), {});
  for (const { id, parent } of graph.frames) if (parent !== undefined) g.setParent(frameId(id), frameId(parent));
  for (const node of graph.nodes) {
    g.setNode(node.id, sizeOf(node));
    if (node.frame !== undefined) g.setParent(node.id, frameId(node.frame));
  }
  // Who comes first in the list stands above; which way the messages go does not matter for that.
  const place = new Map(graph.nodes.map(({ id }, i) => [id, i]));
  const isUp = ({ from, to }: GraphEdge): boolean => place.get(from)! > place.get(to)!;
  const downwards = (edge: GraphEdge): [string, string] => (isUp(edge) ? [edge.to, edge.from] : [edge.from, edge.to]);
  for (const edge of graph.edges) g.setEdge(...downwards(edge), spaceOf(edge));
  layout(g);
  const { width = 0, height = 0 } = g.graph();
  return {
    title: graph.title, width: tenth(width), height: tenth(height),
    frames: graph.frames.map((frame) => ({ ...frame, ...areaOf(g.node(frameId(frame.id))) })),
    nodes: graph.nodes.map((node) => ({ ...node, ...areaOf(g.node(node.id)) })),
    edges: graph.edges.map((edge) => {
      const placed = g.edge(...downwards(edge)) as { points: Point[] } & Centred;
      const path = curve(isUp(edge) ? placed.points.toReversed() : placed.points);
      return { ...edge, path, ...(edge.label && { labelArea: areaOf(placed) }) };
    }),
  };
}

/** Not the name of any process or state. */
const frameId = (id: string): string => `frame ${id}`;

function sizeOf({ title, note, kind }: GraphNode): { width: number; height: number } {
  if (kind === 'start') return { width: START, height: START };
  const text = Math.max(widthOf(title, NAME_PX, 'bold'), widthOf(note ?? '', NOTE_PX));
  const { least, padding } = BOXES[kind];
  return { width: Math.max(least, Math.ceil(text) + 2 * padding), height: note === undefined ? HEIGHT : NOTE_HEIGHT };
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
