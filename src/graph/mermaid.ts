/**
 * The process graph as a Mermaid flowchart: one box a process, one line a pair that talks, an arrow head at each end that hears. Made from
 * the declarations, so it shows what the compiler enforces. Scopes are frames with a colour each. What is said along a line is in the
 * table (table.ts): written on the lines it would hide them.
 */
import type { Declaration, Scope } from '../kernel/topology.js';

interface Colours {
  readonly scope: Scope;
  readonly title: string;
  readonly frame: string;
  readonly fill: string;
  readonly line: string;
}
const SCOPES: readonly Colours[] = [
  { scope: 'client', title: 'once a client', frame: '#f7faff', fill: '#e3edfd', line: '#3b6fd4' },
  { scope: 'torrent', title: 'once a torrent', frame: '#f6fcf7', fill: '#e1f4e5', line: '#2f8f4e' },
  { scope: 'peer', title: 'once a peer', frame: '#fffaf3', fill: '#fcebd7', line: '#b4660f' },
];
/** Everybody may set an alarm; its lines would hide the house. */
const HUB = 'Timer';

export function mermaid(topology: readonly Declaration[]): string {
  const lines = ['flowchart TB'];
  for (const { scope, title } of SCOPES) {
    lines.push(`  subgraph ${scope}["${title}"]`);
    for (const { name, doc } of topology.filter((d) => d.scope === scope)) {
      lines.push(`    ${name}["<b>${name}</b><br/>${doc}"]:::${scope}`);
    }
    lines.push('  end');
  }
  lines.push(...pairs(topology).map(({ from, to, both }) => `  ${from} ${both ? '<-->' : '-->'} ${to}`));
  for (const { scope, frame, fill, line } of SCOPES) {
    lines.push(`  classDef ${scope} fill:${fill},stroke:${line},color:#1c1c1c`, `  style ${scope} fill:${frame},stroke:${line},color:${line}`);
  }
  return `${lines.join('\n')}\n`;
}

interface Pair {
  readonly from: string;
  readonly to: string;
  readonly both: boolean;
}

function pairs(topology: readonly Declaration[]): Pair[] {
  const tells = (from: string, to: string): boolean => topology.some((d) => d.name === from && to in d.tells);
  return topology.flatMap((d, i) => topology.slice(i + 1).flatMap((e): Pair[] => {
    const there = tells(d.name, e.name);
    const back = tells(e.name, d.name);
    if ((!there && !back) || d.name === HUB || e.name === HUB) return [];
    return [there ? { from: d.name, to: e.name, both: back } : { from: e.name, to: d.name, both: false }];
  }));
}
