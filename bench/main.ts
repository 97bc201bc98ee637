/**
 * `npm run bench`: runs the parts one after the other, prints a table of each, and writes them all as JSON. A part that
 * fails does not keep the later ones from running; the exit code then is 1, and 2 for wrong usage.
 */
import { writeFileSync } from 'node:fs';
import { table } from '../src/cli/help.js';
import { commit, machine } from './machine.js';
import { Misuse, parseOrder, type Order } from './options.js';
import { PARTS, TOOLS, type Part } from './parts.js';
import { render, type Section } from './report.js';
import { CLIENT_NAMES, presence } from './side-by-side/clients.js';

const say = (text: string): void => { process.stdout.write(`${text}\n`); };
const complain = (text: string): void => { process.stderr.write(`bench: ${text}\n`); };

const list = (): readonly string[] => table([
  ...PARTS.map(({ name, doc, quick }) => ({ group: quick ? 'Scenarios (*)' : 'Scenarios', name, meaning: doc })),
  ...TOOLS.map(({ name, doc }) => ({ group: 'Tools', name: `${name} ...`, meaning: doc })),
]);

const help = (): string => [
  'Usage: npm run bench -- [OPTION...]',
  '',
  'Measures actorrent side by side with the clients that are installed.',
  '',
  '  --quick       only what is marked (*), small: needs neither root nor another client',
  '  --only NAME   only this one; repeatable',
  '  --client NAME only this client, where it takes part; repeatable',
  '  --runs N      how often each client does each scenario (5; with --quick 1)',
  '  --mib N       size of the content, instead of the scenario\'s own',
  '  --json FILE   also writes the figures, with the machine and the date',
  '  --list        the scenarios',
  '',
  ...list(),
  '',
  'docs/benchmarks.md says what is measured, and how.',
].join('\n');

async function section(part: Part, { options }: Order & { type: 'run' }): Promise<Section> {
  try {
    return await part.run(options);
  } catch (e) {
    const why = e instanceof Error ? e.message : String(e);
    return { title: part.name, columns: [], rows: [], notes: [`FAILED: ${why}`], failed: true, json: { error: why } };
  }
}

async function runAll(order: Order & { type: 'run' }): Promise<void> {
  const { only, json, options } = order;
  const parts = PARTS.filter((p) => only.length > 0 ? only.includes(p.name) : !options.quick || p.quick);
  const done: { readonly name: string; readonly section: Section }[] = [];
  const date = new Date().toISOString();
  for (const part of parts) {
    complain(`${part.name}...`);
    done.push({ name: part.name, section: await section(part, order) });
    say(`${render(done.at(-1)!.section)}\n`);
  }
  if (json !== undefined) {
    const figures = Object.fromEntries(done.map(({ name, section }) => [name, section.json]));
    const clients = Object.fromEntries(CLIENT_NAMES.map((client) => [client, presence(client).version || null]));
    writeFileSync(json, `${JSON.stringify({ date, commit: commit(), machine: machine(), clients, options, figures }, undefined, 2)}\n`);
  }
  if (done.some(({ section }) => section.failed === true)) process.exitCode = 1;
}

async function main(argv: readonly string[]): Promise<void> {
  const tool = TOOLS.find(({ name }) => name === argv[0]);
  if (tool) return tool.run(argv.slice(1));
  const order = parseOrder(argv, { parts: PARTS.map((p) => p.name), clients: CLIENT_NAMES });
  switch (order.type) {
    case 'help': return say(help());
    case 'list': return say(list().join('\n'));
    case 'run': return runAll(order);
  }
}

try {
  await main(process.argv.slice(2));
} catch (e) {
  if (!(e instanceof Misuse)) throw e;
  complain(`${e.message}; see npm run bench -- --help`);
  process.exitCode = 2;
}
