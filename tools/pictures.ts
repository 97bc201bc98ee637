/**
 * The generated files: what belongs in each. `npm run diagrams` writes them; a test fails when one is stale. In README.md only what stands
 * between the two marks is ours.
 */
import { dot } from '../src/graph/dot.js';
import { mermaid } from '../src/graph/mermaid.js';
import { together } from '../src/graph/model.js';
import { sequenceMermaid } from '../src/graph/sequence-mermaid.js';
import { sequenceSvg } from '../src/graph/sequence-svg.js';
import { svgOf } from '../src/graph/sheet.js';
import { table } from '../src/graph/table.js';
import { viewNames, viewOf, type House } from '../src/graph/view.js';
import { writeMailboxes } from './mailboxes.js';
import { sequences, type NamedSequence } from './sequences.js';

export interface Generated {
  /** From the top of the repository. */
  readonly file: string;
  /** The whole text of the file, from its text now. */
  content(now: string): string;
}

const BEGIN = '<!-- process graph: written by `npm run diagrams` -->';
const END = '<!-- end of process graph -->';

export async function pictures(house: House): Promise<readonly Generated[]> {
  const views = viewNames(house).map((name) => ({ name, view: viewOf(house, name) }));
  const drawn = await Promise.all(views.map(async ({ name, view }): Promise<Generated[]> => {
    const svg = await svgOf(view);
    const isProcess = view.mailbox !== undefined;
    return [
      fixed(isProcess ? `diagrams/processes/${name}.svg` : `diagrams/${name}.svg`, svg),
      ...(isProcess ? [] : [
        fixed(`diagrams/${name}.mmd`, mermaid(together(view.graphs))), fixed(`diagrams/${name}.dot`, dot(together(view.graphs))),
      ]),
    ];
  }));
  const played = await sequences();
  return [
    fixed('src/process/mailboxes.ts', writeMailboxes(house.mailboxes)),
    ...drawn.flat(),
    ...played.flatMap(({ name, sequence }) => [
      fixed(`diagrams/sequences/${name}.svg`, sequenceSvg(sequence)), fixed(`diagrams/sequences/${name}.mmd`, sequenceMermaid(sequence)),
    ]),
    fixed('diagrams/README.md', index(house, played)),
    { file: 'README.md', content: (now) => between(now, README) },
  ];
}

const fixed = (file: string, text: string): Generated => ({ file, content: () => text });

const README = [
  '', '[![Who tells whom](diagrams/talks.svg)](diagrams/README.md)', '',
  'Who *owns* whom is another matter, and never mixed with the first. A crash ends as little as possible:', '',
  '![Who owns whom](diagrams/owns.svg)', '',
].join('\n');

const index = (house: House, played: readonly NamedSequence[]): string => [
  '# The processes in pictures', '',
  'Made by `npm run diagrams` from the declarations in `src/process`; [docs/graph.md](../docs/graph.md) says what they mean.',
  'The compiler and a test hold the code to them. `actorrent graph` prints them, and the same in other formats.', '',
  '## Who tells whom', '', '![](talks.svg)', '', '## Who owns whom', '', '![](owns.svg)', '', '## Who tells whom what', '',
  table(house.topology),
  '## What happens when', '', 'Cut from simulated runs, which are the same each time.', '',
  ...played.flatMap(({ name, sequence }) => [`![${sequence.title}](sequences/${name}.svg)`, '']),
  '## Each process', '',
  ...house.topology.flatMap(({ name }) => [`![${name}](processes/${name}.svg)`, '']),
].join('\n');

function between(text: string, part: string): string {
  const begin = text.indexOf(BEGIN);
  const end = text.indexOf(END);
  if (begin < 0 || end < begin) throw new Error(`README.md lacks the marks ${BEGIN} and ${END}`);
  return text.slice(0, begin + BEGIN.length) + part + text.slice(end);
}
