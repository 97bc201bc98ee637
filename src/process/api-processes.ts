/** What the kernel shows to onlookers, as the page's pictures: processes by name, since there may be hundreds of one, and one in full. */
import type { Kernel, ProcessInfo } from '../kernel/kernel.js';
import type { InstancePicture, KindPicture, ProcessesPicture, ProcessPicture } from '../ports/picture.js';

export type Onlooker = Pick<Kernel, 'processes' | 'edges' | 'lastMail' | 'kill'>;

/** Shown one by one. */
const INSTANCES = 400;

/** `kind`: the name whose processes are wanted one by one. */
export function processesOf(kernel: Onlooker, kind: string | undefined): ProcessesPicture {
  const living = kernel.processes();
  const kinds = new Map<string, KindPicture>();
  for (const { process, depth, handled, restarts } of living) {
    const sum = kinds.get(process) ?? { process, count: 0, depth: 0, handled: 0, restarts: 0 };
    kinds.set(process, {
      process, count: sum.count + 1, depth: sum.depth + depth, handled: sum.handled + handled, restarts: sum.restarts + restarts,
    });
  }
  const talks = new Map<string, ProcessesPicture['talks'][number]>();
  for (const { from, to, count } of kernel.edges()) {
    const pair = `${from} ${to}`;
    talks.set(pair, { from, to, count: count + (talks.get(pair)?.count ?? 0) });
  }
  return {
    kinds: [...kinds.values()], talks: [...talks.values()],
    instances: living.filter(({ process }) => process === kind).slice(0, INSTANCES).map(instanceOf),
  };
}

export function processOf(kernel: Onlooker, id: string): ProcessPicture | undefined {
  const found = kernel.processes().find((p) => p.id === id);
  return found && {
    ...instanceOf(found), mail: kernel.lastMail(id).map(({ at, from, kind }) => ({ at, from: from ?? 'outside', kind })),
  };
}

const instanceOf = ({ id, depth, handled, restarts, states = [] }: ProcessInfo): InstancePicture => ({ id, depth, handled, restarts, states });
