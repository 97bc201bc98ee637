/** Who tells whom: one line for each pair that talks, an arrow head at each end that hears. */
import type { Declaration } from '../kernel/topology.js';
import { API, FRAMES, HUBS, TIMER, type Graph, type GraphEdge, type GraphNode } from './model.js';

export function talks(topology: readonly Declaration[]): Graph {
  const api = topology.find((d) => d.name === API);
  const isWatched = ({ name, tells }: Declaration): boolean => name !== TIMER && (API in tells || name in (api?.tells ?? {}));
  return {
    title: 'Who tells whom', direction: 'down', frames: FRAMES,
    nodes: topology.map((d): GraphNode => ({ ...processNode(d), frame: d.scope, alarms: TIMER in d.tells, watched: isWatched(d) })),
    edges: pairs(topology).filter(({ from, to }) => !HUBS.includes(from) && !HUBS.includes(to)),
  };
}

export const processNode = ({ name, scope, doc }: Declaration): GraphNode => ({ id: name, title: name, kind: 'process', scope, doc });

/** Who comes first in the roll call is `from`, if it tells the other anything at all. */
export function pairs(topology: readonly Declaration[]): GraphEdge[] {
  return topology.flatMap((d, i) => topology.slice(i + 1).flatMap((e): GraphEdge[] => {
    const there = d.tells[e.name] ?? [];
    const back = e.tells[d.name] ?? [];
    if (there.length + back.length === 0) return [];
    return there.length > 0
      ? [{ from: d.name, to: e.name, there, back }]
      : [{ from: e.name, to: d.name, there: back, back: there }];
  }));
}
