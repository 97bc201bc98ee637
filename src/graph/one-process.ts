/** One process and its neighbours: on the left who tells it what, on the right whom it tells what. Who does both stands on both sides. */
import type { Declaration } from '../kernel/topology.js';
import type { Graph, GraphEdge, GraphNode } from './model.js';
import { processNode } from './talks.js';

/** More kinds than this share lines of the label. */
const LINES = 4;

export function oneProcess(topology: readonly Declaration[], name: string): Graph {
  const self = topology.find((d) => d.name === name);
  if (!self) throw new Error(`no process ${name}`);
  const tellers = topology.filter((d) => name in d.tells);
  const hearers = topology.filter((d) => d.name in self.tells);
  const left = tellers.map((d): GraphNode => ({ ...processNode(d), id: `from ${d.name}` }));
  const right = hearers.map((d): GraphNode => ({ ...processNode(d), id: `to ${d.name}` }));
  return {
    title: name, direction: 'right', frames: [],
    nodes: [...left, processNode(self), ...right],
    edges: [
      ...tellers.map((d) => telling(`from ${d.name}`, name, d.tells[name]!)),
      ...hearers.map((d) => telling(name, `to ${d.name}`, self.tells[d.name]!)),
    ],
  };
}

function telling(from: string, to: string, kinds: readonly string[]): GraphEdge {
  const each = Math.ceil(kinds.length / LINES);
  const label = Array.from({ length: Math.ceil(kinds.length / each) }, (_, i) => kinds.slice(i * each, (i + 1) * each).join(', '));
  return { from, to, there: kinds, back: [], label };
}
