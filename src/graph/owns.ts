/** Who owns whom: the supervision tree. A group is a supervisor; a process may own groups of its own. */
import type { Declaration, Group } from '../kernel/topology.js';
import type { Graph, GraphEdge, GraphNode } from './model.js';
import { processNode } from './talks.js';

/** What each strategy does after a crash, in the words of a reader. */
const AFTER_A_CRASH: Readonly<Record<Group['strategy'], string>> = {
  'one-for-one': 'restarts who crashed',
  'rest-for-one': 'restarts it and all after it',
  'all-or-nothing': 'ends as a whole',
};

export function owns(topology: readonly Declaration[], groups: readonly Group[]): Graph {
  const process = (name: string): GraphNode => processNode(topology.find((d) => d.name === name)!);
  // A process may be of several groups.
  const members = new Set(groups.flatMap((group) => group.owns));
  return {
    title: 'Who owns whom', direction: 'right', frames: [],
    nodes: [...groups.map(groupNode), ...[...members].map(process)],
    edges: groups.flatMap(({ name, owner, owns }): GraphEdge[] => [
      ...(owner === undefined ? [] : [owning(owner, name)]),
      ...owns.map((child) => owning(name, child)),
    ]),
  };
}

const groupNode = ({ name, scope, strategy }: Group): GraphNode =>
  ({ id: name, title: name, kind: 'group', scope, note: AFTER_A_CRASH[strategy], doc: `supervises, ${strategy}` });

const owning = (from: string, to: string): GraphEdge => ({ from, to, there: [], back: [] });
