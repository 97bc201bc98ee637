/** `graph`: prints the process graph, as it is declared, or as a trace saw it. */
import { describe } from '../../base/result.js';
import { dot } from '../../graph/dot.js';
import { mermaid } from '../../graph/mermaid.js';
import { together } from '../../graph/model.js';
import { svgOf } from '../../graph/sheet.js';
import { trafficView, viewNames, viewOf, type View } from '../../graph/view.js';
import { TraceReader } from '../../kernel/trace/read.js';
import { HOUSE } from '../../process/house.js';
import { defineCommand } from '../command.js';
import { EXIT, failure, misuse } from '../exit.js';
import { linesOf } from '../lines.js';
import { oneOf, text, value } from '../option.js';
import { writeOutput } from '../output-file.js';

const RENDERERS = {
  mermaid: (view: View) => mermaid(together(view.graphs)),
  dot: (view: View) => dot(together(view.graphs)),
  svg: svgOf,
  json: (view: View) => `${JSON.stringify(view, undefined, 2)}\n`,
} as const satisfies Record<string, (view: View) => string | Promise<string>>;
type Format = keyof typeof RENDERERS;
const FORMATS = Object.keys(RENDERERS) as Format[];
const VIEWS = viewNames(HOUSE);

async function viewOfTrace(path: string): Promise<View> {
  const reader = new TraceReader(HOUSE.topology);
  for await (const { line, number } of linesOf(path)) {
    const read = reader.line(line);
    if (!read.ok) throw failure(`${path}, line ${number}: ${describe(read.error)}`);
  }
  return trafficView(HOUSE, reader.traffic);
}

export const graph = defineCommand({
  name: 'graph',
  group: 'Learn',
  summary: 'prints the process graph',
  args: '',
  arity: { least: 0, most: 0 },
  options: {
    fromTrace: value('FILE', text, { group: 'Graph', meaning: 'what really happened, of --trace FILE', initial: undefined }),
    view: value('talks|owns|PROCESS', oneOf('view', VIEWS), {
      group: 'Graph', meaning: 'who tells whom, who owns whom, or one', words: VIEWS, initial: 'talks',
    }),
    format: value(FORMATS.join('|'), oneOf('format', FORMATS), {
      group: 'Graph', meaning: 'how it is written', words: FORMATS, initial: 'mermaid',
    }),
    out: value('FILE', text, { group: 'Graph', meaning: 'where to', initial: undefined, shownDefault: 'stdout' }),
  },
  async run({ values: { view, format, out, fromTrace }, io }) {
    if (fromTrace !== undefined && view !== 'talks') throw misuse(`--view ${view}: --from-trace shows who told whom, and nothing else`);
    const shown = fromTrace === undefined ? viewOf(HOUSE, view) : await viewOfTrace(fromTrace);
    const written = await RENDERERS[format as Format](shown);
    if (out === undefined) io.print(written.trimEnd());
    else await writeOutput(out, written);
    return EXIT.done;
  },
});
