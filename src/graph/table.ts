/** The process graph as a Markdown table: every process, what it is for, and whom it tells what. */
import type { Declaration } from '../kernel/topology.js';

export function table(topology: readonly Declaration[]): string {
  const rows = topology.map((d) => {
    const tells = Object.entries(d.tells).map(([to, kinds]) => `**${to}**: ${kinds.join(', ')}`).join('<br/>');
    return `| ${d.name} | ${d.scope} | ${d.doc} | ${tells} |`;
  });
  return ['| process | scope | what it does | tells |', '|---|---|---|---|', ...rows, ''].join('\n');
}
