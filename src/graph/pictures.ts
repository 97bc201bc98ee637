/**
 * The generated pictures: which file each goes to, and what belongs in it. `npm run diagrams` writes them; a test fails when one is stale.
 * In README.md only what stands between the two marks is ours.
 */
import type { Declaration } from '../kernel/topology.js';
import { mermaid } from './mermaid.js';
import { table } from './table.js';

export interface Picture {
  /** From the top of the repository. */
  readonly file: string;
  /** The whole text of the file, from its text now. */
  content(now: string): string;
}

const BEGIN = '<!-- process graph: written by `npm run diagrams` -->';
const END = '<!-- end of process graph -->';

export const pictures = (topology: readonly Declaration[]): readonly Picture[] => [
  { file: 'diagrams/communication.mmd', content: () => mermaid(topology) },
  { file: 'diagrams/communication.md', content: () => `# Who tells whom what\n\n${HOW}\n\n${table(topology)}` },
  { file: 'README.md', content: (now) => between(now, `\n\`\`\`mermaid\n${mermaid(topology)}\`\`\`\n`) },
];

const HOW = 'Made by `npm run diagrams` from the declarations in `src/process`. The compiler and a test hold the code to it.';

function between(text: string, part: string): string {
  const begin = text.indexOf(BEGIN);
  const end = text.indexOf(END);
  if (begin < 0 || end < begin) throw new Error(`README.md lacks the marks ${BEGIN} and ${END}`);
  return text.slice(0, begin + BEGIN.length) + part + text.slice(end);
}
