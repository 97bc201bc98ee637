/** A graph as a Mermaid flowchart. What is said along a line of `talks` is not written on it: it would hide the lines. */
import type { Graph, GraphEdge, GraphNode } from './model.js';
import { LIGHT_SHADES, lineWidth, SCOPES } from './svg-style.js';

export function mermaid({ direction, frames, nodes, edges }: Graph): string {
  const idOf = new Map(nodes.map(({ id }, i) => [id, /^\w+$/.test(id) ? id : `n${i}`]));
  const frameOf = new Map(frames.map(({ id }, i) => [id, `frame${i}`]));
  const box = (n: GraphNode): string => `${idOf.get(n.id)}${shape(n)}:::${n.kind === 'start' ? 'start' : n.scope}`;
  const inside = (parent: string | undefined, indent: string): string[] => [
    ...frames.filter((f) => f.parent === parent).flatMap((f) => [
      `${indent}subgraph ${frameOf.get(f.id)}["${quote(f.title)}"]`, ...inside(f.id, `${indent}  `), `${indent}end`,
    ]),
    ...nodes.filter((n) => n.frame === parent).map((n) => indent + box(n)),
  ];
  const line = ({ from, to, there, back, label }: GraphEdge): string => {
    const arrow = back.length > 0 ? (there.length > 0 ? '<-->' : '<--') : there.length > 0 ? '-->' : '---';
    const text = label ? `|"${label.map(quote).join('<br/>')}"|` : '';
    return arrow === '<--' ? `  ${idOf.get(to)} -->${text} ${idOf.get(from)}` : `  ${idOf.get(from)} ${arrow}${text} ${idOf.get(to)}`;
  };
  return [
    `flowchart ${direction === 'down' ? 'TB' : 'LR'}`,
    ...inside(undefined, '  '),
    ...edges.map(line),
    ...edges.flatMap(({ weight }, i) => (weight === undefined ? [] : [`  linkStyle ${i} stroke-width:${lineWidth(weight)}px`])),
    ...SCOPES.map((s) => `  classDef ${s} fill:${LIGHT_SHADES[s].fill},stroke:${LIGHT_SHADES[s].line},color:#1c1c1c`),
    '  classDef start fill:#1c1c1c,stroke:#1c1c1c,color:#1c1c1c',
    ...frames.map((f) => `  style ${frameOf.get(f.id)} fill:${LIGHT_SHADES[f.scope].frame},stroke:${LIGHT_SHADES[f.scope].line},`
      + `color:${LIGHT_SHADES[f.scope].text}`),
    '',
  ].join('\n');
}

function shape({ kind, title, note, doc }: GraphNode): string {
  if (kind === 'start') return '((" "))';
  const text = `<b>${quote(title)}</b>${kind === 'process' ? `<br/>${quote(doc)}` : note === undefined ? '' : `<br/>${quote(note)}`}`;
  return kind === 'process' ? `["${text}"]` : `(["${text}"])`;
}

const quote = (text: string): string => text.replaceAll('"', '#quot;');
