/**
 * A state chart as a graph: a box a state, a frame a state with others in it, a dot where it begins. Two states that lead to each other
 * share a line, and an arrow at each event says which way it goes.
 */
import type { ChartState } from '../kernel/chart.js';
import type { Scope } from '../kernel/topology.js';
import type { Frame, Graph, GraphEdge, GraphNode } from './model.js';

export function stateChart(chart: ChartState, scope: Scope): Graph {
  const parts = partsOf(chart, undefined, scope);
  const nodes = parts.flatMap((p) => p.nodes);
  const frames = parts.flatMap((p) => p.frames);
  // A line ends at a box: one to a state with others in it ends where that begins.
  const boxOf = (path: string): string => (nodes.some((n) => n.id === path) ? path : startOf(path));
  const ways = parts.flatMap((p) => p.ways).map((w) => ({ ...w, from: boxOf(w.from), to: boxOf(w.to) }));
  return { title: `States of ${chart.name}`, direction: 'right', frames, nodes, edges: merge(ways, nodes.map((n) => n.id)) };
}

interface Way {
  readonly from: string;
  readonly to: string;
  readonly event: string;
}
interface Part {
  readonly nodes: readonly GraphNode[];
  readonly frames: readonly Frame[];
  readonly ways: readonly Way[];
}

const startOf = (path: string): string => `start of ${path}`;

function partsOf(state: ChartState, parent: string | undefined, scope: Scope): Part[] {
  const { path, name, kind, states, initial } = state;
  const ways = state.transitions.map(({ event, target }): Way => ({ from: path, to: target, event }));
  const inside = parent === undefined ? {} : { frame: parent };
  if (kind === 'atomic') return [{ nodes: [{ id: path, title: name, kind: 'state', scope, doc: path, ...inside }], frames: [], ways }];
  const start: GraphNode = { id: startOf(path), title: '', kind: 'start', scope, frame: path, doc: `where ${name} begins` };
  const frame: Frame = { id: path, title: name, scope, ...(parent !== undefined && { parent }) };
  // The regions of a parallel state all begin at once.
  const begins = initial === undefined ? states.map((region) => region.path) : [initial];
  const begin = begins.map((to): Way => ({ from: startOf(path), to, event: '' }));
  return [{ nodes: [start], frames: [frame], ways: [...begin, ...ways] }, ...states.flatMap((below) => partsOf(below, path, scope))];
}

function merge(ways: readonly Way[], order: readonly string[]): GraphEdge[] {
  const pairs = new Map<string, { readonly from: string; readonly to: string; readonly there: string[]; readonly back: string[] }>();
  for (const { from, to, event } of ways) {
    const forward = order.indexOf(from) <= order.indexOf(to);
    const [a, b] = forward ? [from, to] : [to, from];
    const pair = pairs.get(`${a} ${b}`) ?? { from: a, to: b, there: [], back: [] };
    pairs.set(`${a} ${b}`, pair);
    (forward ? pair.there : pair.back).push(event);
  }
  return [...pairs.values()].map((pair): GraphEdge => {
    const label = [...pair.there.filter((e) => e !== '').map((e) => `${e} →`), ...pair.back.map((e) => `← ${e}`)];
    return label.length > 0 ? { ...pair, label } : pair;
  });
}
