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

/** A process of several kinds of group is drawn in each, so that this is a tree. */
export function owns(topology: readonly Declaration[], groups: readonly Group[]): Graph {
  const declared = (name: string): GraphNode => processNode(topology.find((d) => d.name === name)!);
  const idIn = (group: Group, name: string): string =>
    groups.some((other) => other !== group && other.owns.includes(name)) ? `${group.name}_${name}` : name;
  const nodes: GraphNode[] = [];
  const edges: GraphEdge[] = [];
  // Owners first: the order of the nodes is the direction of the picture.
  const draw = (group: Group): void => {
    nodes.push(groupNode(group));
    for (const name of group.owns) {
      const id = idIn(group, name);
      nodes.push({ ...declared(name), id });
      edges.push(owning(group.name, id));
      for (const owned of groups.filter((g) => g.owner === name)) {
        edges.push(owning(id, owned.name));
        draw(owned);
      }
    }
  };
  for (const group of groups) if (group.owner === undefined) draw(group);
  return { title: 'Who owns whom', direction: 'right', frames: [], nodes, edges };
}

const groupNode = ({ name, scope, strategy }: Group): GraphNode =>
  ({ id: name, title: name, kind: 'group', scope, note: AFTER_A_CRASH[strategy], doc: `supervises, ${strategy}` });

const owning = (from: string, to: string): GraphEdge => ({ from, to, there: [], back: [] });
