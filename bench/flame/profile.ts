/**
 * A CPU profile as V8 writes it (`node --cpu-prof`): the tree of calls, which node each sample met, and the microseconds between
 * samples. It becomes one tree of frames with the time of each, without idle time; several threads stand side by side. Pure.
 */
import { isFileCall, isHashWorker, partOf, type Part } from './parts.js';

export interface CpuProfile {
  readonly nodes: readonly ProfileNode[];
  /** Node ids. */
  readonly samples: readonly number[];
  /** Microseconds before each sample. */
  readonly timeDeltas: readonly number[];
}
interface ProfileNode {
  readonly id: number;
  readonly callFrame: { readonly functionName: string; readonly url: string; readonly lineNumber: number };
  readonly children?: readonly number[];
}

export interface Frame {
  readonly name: string;
  /** `piece-mgr.js:120`, or empty. */
  readonly place: string;
  readonly part: Part;
  /** Microseconds in this frame itself, and in it and all it calls. */
  readonly own: number;
  readonly total: number;
  /** The costliest first. */
  readonly calls: readonly Frame[];
}

export function parseProfile(text: string): CpuProfile {
  const value = (JSON.parse(text) ?? {}) as Partial<CpuProfile>;
  for (const field of ['nodes', 'samples', 'timeDeltas'] as const) {
    if (!Array.isArray(value[field])) throw new Error(`not a CPU profile: expected a list '${field}', found ${typeof value[field]}`);
  }
  return value as CpuProfile;
}

/** One frame a thread. */
export function threadsOf(profiles: readonly CpuProfile[]): readonly Frame[] {
  let workers = 0;
  return profiles.map((profile) => {
    const hashing = profile.nodes.some(({ callFrame }) => isHashWorker(callFrame.url));
    return treeOf(profile, hashing ? `hash worker ${++workers}` : 'main thread', hashing ? 'hash worker' : undefined);
  });
}

/** Microseconds of each part that has any, of all threads. */
export function costs(frames: readonly Frame[]): ReadonlyMap<Part, number> {
  const sums = new Map<Part, number>();
  const add = ({ part, own, calls }: Frame): void => {
    if (own > 0) sums.set(part, (sums.get(part) ?? 0) + own);
    calls.forEach(add);
  };
  frames.forEach(add);
  return sums;
}

/** `whole`: the part that all of the thread belongs to, but for the garbage collector and what goes to or comes from files. */
function treeOf({ nodes, samples, timeDeltas }: CpuProfile, name: string, whole: Part | undefined): Frame {
  const own = new Map<number, number>();
  samples.forEach((id, i) => own.set(id, (own.get(id) ?? 0) + Math.max(0, timeDeltas[i] ?? 0)));
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const frameOf = (node: ProfileNode, caller: Part | undefined): Frame => {
    const { functionName, url, lineNumber } = node.callFrame;
    const found = partOf({ name: functionName, url }, caller);
    const inFiles = whole !== undefined && (caller === 'file system' || isFileCall(functionName));
    const part = found === 'gc' ? found : inFiles ? 'file system' : whole ?? found;
    const calls = callsOf(node, part);
    const spent = own.get(node.id) ?? 0;
    return {
      name: functionName === '' ? '(anonymous)' : functionName, place: url === '' ? '' : `${url.split('/').at(-1)}:${lineNumber + 1}`,
      part, own: spent, total: spent + totalOf(calls), calls,
    };
  };
  const callsOf = (node: ProfileNode, part: Part | undefined): readonly Frame[] => merged((node.children ?? [])
    .map((id) => byId.get(id)!).filter(({ callFrame }) => callFrame.functionName !== '(idle)').map((child) => frameOf(child, part)));
  const [root] = nodes;
  const calls = root ? callsOf(root, undefined) : [];
  return { name, place: '', part: whole ?? 'other', own: 0, total: totalOf(calls), calls };
}

/** V8 keeps the same function apart where it was called from different lines or optimised anew. */
function merged(frames: readonly Frame[]): readonly Frame[] {
  const groups = new Map<string, Frame[]>();
  for (const frame of frames) {
    if (frame.total === 0) continue;
    const key = `${frame.name} ${frame.place} ${frame.part}`;
    const group = groups.get(key);
    if (group) group.push(frame);
    else groups.set(key, [frame]);
  }
  return [...groups.values()].map((group) => (group.length === 1 ? group[0]! : {
    ...group[0]!, own: group.reduce((n, f) => n + f.own, 0), total: totalOf(group), calls: merged(group.flatMap((f) => f.calls)),
  })).sort((a, b) => b.total - a.total);
}

const totalOf = (frames: readonly Frame[]): number => frames.reduce((n, f) => n + f.total, 0);
