/**
 * What `actorrent graph` can show: `talks`, `owns`, or one process with its neighbours, its mailbox, and its state chart where it has one.
 * A view is plain data; mermaid.ts, dot.ts and svg.ts draw it.
 */
import type { ChartState } from '../kernel/chart.js';
import type { Declaration, Group, MessageDoc } from '../kernel/topology.js';
import type { Traffic } from '../kernel/trace/read.js';
import type { Graph } from './model.js';
import { oneProcess } from './one-process.js';
import { owns } from './owns.js';
import { stateChart } from './state-chart.js';
import { talks } from './talks.js';
import { trafficGraph } from './traffic.js';

/** All that is declared of the processes. */
export interface House {
  readonly topology: readonly Declaration[];
  readonly groups: readonly Group[];
  /** By process. */
  readonly mailboxes: Readonly<Record<string, readonly MessageDoc[]>>;
  /** Of the processes that have one. */
  readonly charts: Readonly<Record<string, ChartState>>;
}

export interface View {
  readonly title: string;
  readonly doc: string;
  readonly graphs: readonly Graph[];
  /** Of one process. */
  readonly mailbox?: readonly MessageDoc[];
}

/** What a trace tells of who told whom. */
export const trafficView = ({ topology }: House, traffic: Traffic): View =>
  ({ title: 'Who told whom', doc: 'a line is a pair that talked, as thick as it often did', graphs: [trafficGraph(topology, traffic)] });

export function viewNames({ topology }: House): readonly string[] {
  return ['talks', 'owns', ...topology.map((d) => d.name)];
}

/** `name`: one of `viewNames`. */
export function viewOf(house: House, name: string): View {
  const { topology, groups, mailboxes, charts } = house;
  if (name === 'talks') return { title: 'Who tells whom', doc: 'a line is a pair that talks', graphs: [talks(topology)] };
  if (name === 'owns') return { title: 'Who owns whom', doc: 'supervision: what a crash restarts', graphs: [owns(topology, groups)] };
  const { doc, scope } = topology.find((d) => d.name === name)!;
  const chart = charts[name];
  return {
    title: name, doc, mailbox: mailboxes[name] ?? [],
    graphs: [oneProcess(topology, name), ...(chart ? [stateChart(chart, scope)] : [])],
  };
}
