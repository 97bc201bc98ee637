/** What really happened, from a trace: the talks of a run, with how often each pair talked, and how many there were of each process. */
import { count } from '../base/format.js';
import type { Traffic } from '../kernel/trace/read.js';
import type { Declaration } from '../kernel/topology.js';
import type { Graph, GraphEdge, GraphNode } from './model.js';
import { talks } from './talks.js';

/** Of the declared graph, those that were there and those that talked. */
export function trafficGraph(topology: readonly Declaration[], { edges, processes }: Traffic): Graph {
  const kindsOf = (from: string, to: string): Traffic['edges'] => edges.filter((e) => e.from === from && e.to === to);
  const told = (from: string, to: string): number => sum(kindsOf(from, to));
  const wasThere = ({ name }: Declaration): boolean => processes.has(name) || edges.some((e) => e.from === name || e.to === name);
  const graph = talks(topology.filter(wasThere).map((d): Declaration => ({ ...d, tells: tellsIn(edges, d.name) })));
  const most = Math.max(1, ...graph.edges.map(({ from, to }) => told(from, to) + told(to, from)));
  const place = new Map(graph.nodes.map(({ id }, i) => [id, i]));
  const named = (from: string, to: string): string[] => kindsOf(from, to).map((e) => `${e.kind} ${count(e.count)}`);
  return {
    ...graph,
    title: 'Who told whom',
    nodes: graph.nodes.map((node): GraphNode => {
      const many = processes.get(node.id) ?? 1;
      const heard = `heard ${short(sum(edges.filter((e) => e.to === node.id)))}`;
      return { ...node, stacked: many > 1, note: many > 1 ? `${count(many)} of them, ${heard}` : heard };
    }),
    edges: graph.edges.map((edge): GraphEdge => {
      const { from, to } = edge;
      const [there, back] = [told(from, to), told(to, from)];
      // Who comes first stands above.
      const [down, up] = place.get(from)! < place.get(to)! ? [there, back] : [back, there];
      return {
        from, to, there: named(from, to), back: named(to, from), weight: Math.sqrt((there + back) / most),
        label: [...(down > 0 ? [`↓ ${short(down)}`] : []), ...(up > 0 ? [`↑ ${short(up)}`] : [])],
      };
    }),
  };
}

const sum = (edges: Traffic['edges']): number => edges.reduce((total, e) => total + e.count, 0);

function tellsIn(edges: Traffic['edges'], from: string): Declaration['tells'] {
  const own = edges.filter((e) => e.from === from);
  return Object.fromEntries(own.map(({ to }) => [to, own.filter((e) => e.to === to).map((e) => e.kind)]));
}

const UNITS = ['', 'k', 'M', 'G', 'T', 'P'] as const;

/** `7`, `843`, `1.2k`, `38k`, `2.5M`. */
function short(n: number): string {
  const unit = Math.min(UNITS.length - 1, Math.floor(Math.log10(Math.max(1, n)) / 3));
  const scaled = n / 1000 ** unit;
  return `${unit === 0 || scaled >= 9.95 ? Math.round(scaled) : scaled.toFixed(1)}${UNITS[unit]}`;
}
