/** The report as one page that needs nothing else: what was run, the table, every plot with what to see in it. Pure. */
import type { RunResult } from '../result.js';
import { figuresOf } from './plots/figures.js';
import { escaped } from './plots/svg.js';
import { summarize } from './summary.js';
import { LEGEND, summaryRows } from './text.js';

export interface Heading {
  readonly name: string;
  readonly summary: string;
}

const STYLE = `
:root{color-scheme:light dark;--ink:#222;--soft:#666;--rule:#ddd;--paper:#fff}
@media (prefers-color-scheme:dark){:root{--ink:#e8e8e8;--soft:#a0a0a0;--rule:#3a3a3a;--paper:#1b1c1e}}
body{font:15px/1.5 system-ui,sans-serif;color:var(--ink);background:var(--paper)}
body{max-width:1120px;margin:2rem auto;padding:0 1rem}
h1{font-size:1.6rem;margin:0}.soft,figcaption{color:var(--soft);font-size:.86rem}
.scroll{overflow-x:auto}table{border-collapse:collapse;margin:1.2rem 0;font-variant-numeric:tabular-nums}
th,td{padding:.3rem .5rem;text-align:right;border-bottom:1px solid var(--rule);white-space:nowrap}
th:first-child,td:first-child{text-align:left}
main{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,480px),1fr));gap:1.5rem}figure{margin:0}svg{width:100%;height:auto}
`.trim();

export function page({ name, summary }: Heading, results: readonly RunResult[]): string {
  const [head = [], ...rows] = summaryRows(summarize(results));
  const seeds = new Set(results.map((r) => r.seed)).size;
  const row = (cells: readonly string[], tag: string): string => `<tr>${cells.map((c) => `<${tag}>${escaped(c)}</${tag}>`).join('')}</tr>`;
  const figures = figuresOf(results).map(({ svg, caption }) => `<figure>${svg}<figcaption>${escaped(caption)}</figcaption></figure>`);
  return [
    '<!doctype html>', '<html lang="en">', '<meta charset="utf-8">', '<meta name="viewport" content="width=device-width">',
    `<title>${escaped(name)}</title>`, `<style>${STYLE}</style>`, `<h1>${escaped(name)}</h1>`,
    `<p>${escaped(summary)}. <span class="soft">${results[0]!.peers.length} peers, ${seeds} ${seeds === 1 ? 'seed' : 'seeds'}, `
      + `${results.length} ${results.length === 1 ? 'run' : 'runs'}.</span></p>`,
    `<div class="scroll"><table><thead>${row(head, 'th')}</thead><tbody>${rows.map((r) => row(r, 'td')).join('')}</tbody></table></div>`,
    `<p class="soft">${escaped(LEGEND.join(' '))}</p>`, '<main>', ...figures, '</main>', '</html>', '',
  ].join('\n');
}
