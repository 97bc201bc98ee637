/** What really happened, from a trace: the talks of a run, with how often each pair talked, and how many there were of each process. */
import { count } from '../base/format.js';
import type { Traffic } from '../kernel/trace/read.js';
import type { Declaration } from '../kernel/topology.js';
import type { Graph, GraphEdge, GraphNode } from './model.js';
import { talks } from './talks.js';

/** Of the declared graph, those that were there and those that talked. */
export function trafficGraph(topology: readonly Declaration[], { edges, processes }: Traffic): Graph {
  const told = new Map<string, Map<string, number>>();
  for (const { from, to, kind, count: n } of edges) told.set(pair(from, to), (told.get(pair(from, to)) ?? new Map<string, number>()).set(kind, n));
  const heard = (name: string): number => edges.reduce((sum, e) => (e.to === name ? sum + e.count : sum), 0);
  const wasThere = ({ name }: Declaration): boolean => processes.has(name) || edges.some((e) => e.from === name || e.to === name);
  const observed = topology.filter(wasThere).map((d): Declaration => ({
    ...d, tells: Object.fromEntries(Object.keys(d.tells).flatMap((to) => {
      const kinds = told.get(pair(d.name, to));
      return kinds ? [[to, [...kinds.keys()]]] : [];
    })),
  }));
  const graph = talks(observed);
  const sum = (from: string, to: string): number => [...told.get(pair(from, to))?.values() ?? []].reduce((a, b) => a + b, 0);
  const most = Math.max(1, ...graph.edges.map((e) => sum(e.from, e.to) + sum(e.to, e.from)));
  const place = new Map(graph.nodes.map(({ id }, i) => [id, i]));
  return {
    ...graph,
    title: 'Who told whom',
    nodes: graph.nodes.map((node): GraphNode => {
      const many = processes.get(node.id) ?? 1;
      return { ...node, stacked: many > 1, note: [...(many > 1 ? [`${count(many)} of them`] : []), `heard ${short(heard(node.id))}`].join(', ') };
    }),
    edges: graph.edges.map((edge): GraphEdge => {
      const [there, back] = [sum(edge.from, edge.to), sum(edge.to, edge.from)];
      const named = (kinds: readonly string[], from: string, to: string): string[] =>
        kinds.map((kind) => `${kind} ${count(told.get(pair(from, to))!.get(kind)!)}`);
      // Who comes first stands above.
      const [down, up] = place.get(edge.from)! < place.get(edge.to)! ? [there, back] : [back, there];
      return {
        ...edge,
        there: named(edge.there, edge.from, edge.to), back: named(edge.back, edge.to, edge.from),
        label: [...(down > 0 ? [`↓ ${short(down)}`] : []), ...(up > 0 ? [`↑ ${short(up)}`] : [])],
        weight: Math.sqrt((there + back) / most),
      };
    }),
  };
}

const pair = (from: string, to: string): string => `${from} ${to}`;

const UNITS = ['', 'k', 'M', 'G', 'T', 'P'] as const;

/** `7`, `843`, `1.2k`, `38k`, `2.5M`. */
function short(n: number): string {
  const unit = Math.min(UNITS.length - 1, Math.floor(Math.log10(Math.max(1, n)) / 3));
  const scaled = n / 1000 ** unit;
  return `${unit === 0 || scaled >= 9.95 ? Math.round(scaled) : scaled.toFixed(1)}${UNITS[unit]}`;
}
