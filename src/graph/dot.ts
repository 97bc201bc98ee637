/** A graph in Graphviz' language, for who wants to lay it out in another way. */
import type { Graph, GraphEdge, GraphNode } from './model.js';
import { LIGHT_SHADES, lineWidth } from './svg-style.js';

export function dot({ title, direction, frames, nodes, edges }: Graph): string {
  const inside = (parent: string | undefined, indent: string): string[] => [
    ...frames.filter((f) => f.parent === parent).flatMap((f) => [
      `${indent}subgraph ${quote(`cluster ${f.id}`)} {`,
      `${indent}  label=${quote(f.title)}; color=${quote(LIGHT_SHADES[f.scope].line)}; bgcolor=${quote(LIGHT_SHADES[f.scope].frame)};`,
      ...inside(f.id, `${indent}  `),
      `${indent}}`,
    ]),
    ...nodes.filter((n) => n.frame === parent).map((n) => `${indent}${quote(n.id)} [${box(n)}];`),
  ];
  return [
    `digraph ${quote(title)} {`,
    `  rankdir=${direction === 'down' ? 'TB' : 'LR'}; fontname="Helvetica";`,
    '  node [fontname="Helvetica" style="filled,rounded"];',
    '  edge [fontname="Helvetica" fontsize=10];',
    ...inside(undefined, '  '),
    ...edges.map((e) => `  ${quote(e.from)} -> ${quote(e.to)} [${line(e)}];`),
    '}',
    '',
  ].join('\n');
}

function box({ kind, title, scope, doc, note, stacked }: GraphNode): string {
  if (kind === 'start') return 'shape=point width=0.15';
  const { fill, line } = LIGHT_SHADES[scope];
  const stack = stacked ? ' peripheries=2' : '';
  const label = note === undefined ? title : `${title}\n${note}`;
  const shape = kind === 'process' ? 'box' : 'ellipse';
  return `label=${quote(label)} tooltip=${quote(doc)} fillcolor=${quote(fill)} color=${quote(line)} shape=${shape}${stack}`;
}

function line({ there, back, label, weight }: GraphEdge): string {
  const heads = back.length > 0 ? (there.length > 0 ? 'both' : 'back') : there.length > 0 ? 'forward' : 'none';
  return `dir=${heads}${label ? ` label=${quote(label.join('\n'))}` : ''}`
    + (weight === undefined ? '' : ` penwidth=${lineWidth(weight)}`);
}

const quote = (text: string): string => `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')}"`;
