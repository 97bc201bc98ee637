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
  readonly edges: readonly (GraphEdge & { readonly path: string; readonly label: readonly string[]; readonly labelArea?: Area })[];
}

const BOX = { height: 44, noteHeight: 58, least: 124, padding: 16 };
const GAPS = {
  down: { nodesep: 30, ranksep: 44, edgesep: 18 },
  right: { nodesep: 14, ranksep: 64, edgesep: 14 },
} as const;
const MARGIN = 16;
const LINE_HEIGHT = 16;
export const NAME_PX = 15;
export const NOTE_PX = 12;

export async function layOut(graph: Graph): Promise<Layout> {
  const { Graph: Dagre, layout } = await import('@dagrejs/dagre');
  const g = new Dagre({ compound: true });
  g.setGraph({ rankdir: graph.direction === 'down' ? 'TB' : 'LR', marginx: MARGIN, marginy: MARGIN, ...GAPS[graph.direction] });
  for (const { scope } of graph.frames) g.setNode(frameId(scope), {});
  for (const node of graph.nodes) {
    g.setNode(node.id, sizeOf(node));
    if (graph.frames.length > 0) g.setParent(node.id, frameId(node.scope));
  }
  for (const { from, to, label } of graph.edges) g.setEdge(from, to, { ...labelSize(label), labelpos: 'c' });
  layout(g);
  const { width = 0, height = 0 } = g.graph();
  return {
    title: graph.title, width: tenth(width), height: tenth(height),
    frames: graph.frames.map((frame) => ({ ...frame, ...areaOf(g.node(frameId(frame.scope))) })),
    nodes: graph.nodes.map((node) => ({ ...node, ...areaOf(g.node(node.id)) })),
    edges: graph.edges.map((edge) => {
      const placed = g.edge(edge.from, edge.to) as { points: Point[] } & Centred;
      return { ...edge, path: curve(placed.points), ...(edge.label.length > 0 && { labelArea: areaOf(placed) }) };
    }),
  };
}

/** Not the name of any process. */
const frameId = (scope: string): string => `frame ${scope}`;

function sizeOf({ id, note }: GraphNode): { width: number; height: number } {
  const text = Math.max(widthOf(id, NAME_PX, 'bold'), widthOf(note, NOTE_PX));
  return { width: Math.max(BOX.least, Math.ceil(text) + 2 * BOX.padding), height: note === '' ? BOX.height : BOX.noteHeight };
}

function labelSize(lines: readonly string[]): { width: number; height: number } {
  if (lines.length === 0) return { width: 0, height: 0 };
  return { width: Math.ceil(Math.max(...lines.map((line) => widthOf(line, NOTE_PX)))) + 8, height: lines.length * LINE_HEIGHT };
}

interface Centred {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}
const areaOf = ({ x, y, width, height }: Centred): Area =>
  ({ x: tenth(x - width / 2), y: tenth(y - height / 2), width: tenth(width), height: tenth(height) });
