/** State charts as plain data: what a picture or a page needs of an XState machine, and of where a process is in it. */
import type { AnyStateMachine, StateValue } from 'xstate';

/** How a process is tied to its chart: `of` gives where in it a process with this state is. */
export interface Chart<S> {
  readonly machine: AnyStateMachine;
  of(state: S): StateValue;
}

export interface ChartState {
  /** Path of the state within the chart, with dots: `open.amChoking`. */
  readonly path: string;
  readonly name: string;
  readonly kind: 'atomic' | 'compound' | 'parallel' | 'final' | 'history';
  /** Of a compound state: the path of where it begins. */
  readonly initial?: string;
  readonly states: readonly ChartState[];
  readonly transitions: readonly ChartTransition[];
}

export interface ChartTransition {
  readonly event: string;
  /** Path of the state it leads to. */
  readonly target: string;
}

export const chartOf = (machine: AnyStateMachine): ChartState => stateOf(machine.root);

type Node = AnyStateMachine['root'];

const pathOf = (node: Node): string => node.path.join('.');

function stateOf(node: Node): ChartState {
  const [initial] = node.type === 'compound' ? node.initial.target : [];
  return {
    path: pathOf(node), name: node.key, kind: node.type, ...(initial && { initial: pathOf(initial) }),
    states: Object.values(node.states).map(stateOf),
    transitions: [...node.transitions.values()].flat().flatMap(({ eventType, target }) =>
      (target ?? []).map((to) => ({ event: eventType, target: pathOf(to) }))),
  };
}

/** The states a process is in, of a parallel one each region's: `open.amChoking.yes`. */
export function activePaths(value: StateValue, above = ''): readonly string[] {
  if (typeof value === 'string') return [above + value];
  const regions = Object.entries(value);
  if (regions.length === 0) return [above.slice(0, -1)];
  return regions.flatMap(([name, below]) => (below === undefined ? [] : activePaths(below, `${above}${name}.`)));
}
