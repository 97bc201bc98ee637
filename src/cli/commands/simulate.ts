/**
 * `simulate run SCENARIO` (or just `simulate SCENARIO`), `simulate compare`, `simulate validate`: swarms of whole
 * clients in virtual time. A run is a scenario, a policy and a seed; runs go to worker threads and come out the same whatever their number.
 */
import { mkdir } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { ok, type Result } from '../../base/result.js';
import { inWords } from '../../edge/words.js';
import { BUILT_IN } from '../../sim/scenarios/built-in.js';
import { page } from '../../sim/report/page.js';
import { figuresOf } from '../../sim/report/plots/figures.js';
import { peerSeconds, summarize } from '../../sim/report/summary.js';
import type { RunResult } from '../../sim/result.js';
import { LEGEND, summaryTable, table } from '../../sim/report/text.js';
import { CHECKS } from '../../sim/validate/all.js';
import type { Check, Finding } from '../../sim/validate/check.js';
import { defineCommand, type Invocation } from '../command.js';
import { CHECK_WORKER, SIMULATION_WORKER } from '../entries.js';
import { EXIT, failure, misuse, type ExitCode } from '../exit.js';
import { canRedraw, type Io } from '../io.js';
import { flag, integer, many, text, value, type ValuesOf } from '../option.js';
import { mustBeWritable, writeOutput } from '../output-file.js';
import { choosePolicy, POLICY_NAMES } from '../policy-source.js';
import { duration, plural } from '../../base/format.js';
import type { Checked } from '../simulate/check-worker.js';
import { runAll } from '../simulate/pool.js';
import { loadScenario, POLICY, type Done, type Task } from '../simulate/task.js';

const names = (typed: string): Result<readonly string[]> => ok(typed.split(',').map((name) => name.trim()).filter(Boolean));

const SCENARIOS = BUILT_IN.map((s) => s.name);

const OPTIONS = {
  scenario: value('NAME|FILE', text, { group: 'What', meaning: 'for compare; see `simulate scenarios`', words: SCENARIOS, initial: undefined }),
  policy: value('NAME|FILE', text, { group: 'What', meaning: 'for run; of all who name none', words: POLICY_NAMES, initial: 'tit-for-tat' }),
  param: many('KEY=VALUE', text, { group: 'What', meaning: 'a parameter of it; repeatable' }),
  policies: value('A,B,C', names, { group: 'What', meaning: 'for compare', initial: [] as readonly string[] }),
  seed: value('N', integer(0, 2 ** 32 - 1), { group: 'Chance', meaning: 'the first seed', initial: 1 }),
  seeds: value('N', integer(1, 10_000), {
    group: 'Chance', meaning: 'how many, one run each', initial: undefined, shownDefault: '1; compare: 10',
  }),
  procs: value('N', integer(1, 256), { group: 'Work', meaning: 'threads', initial: availableParallelism(), shownDefault: 'cores' }),
  json: flag({ group: 'Output', meaning: 'one object a run and line, for programs' }),
  html: value('FILE', text, { group: 'Output', meaning: 'one page with table and plots', initial: undefined }),
  svg: value('DIR', text, { group: 'Output', meaning: 'each plot as a file', initial: undefined }),
};
type Values = ValuesOf<typeof OPTIONS>;

export const simulate = defineCommand({
  name: 'simulate',
  group: 'Learn',
  summary: 'a swarm in virtual time, or policies compared',
  args: 'run SCENARIO',
  arity: { least: 1, most: 1 + CHECKS.length },
  words: ['run', 'compare', 'validate', 'scenarios', ...SCENARIOS],
  options: OPTIONS,
  notes: [
    '`simulate compare` runs one scenario under several policies, `simulate scenarios` lists what is built in, `simulate validate` '
      + 'holds it all against published results, `simulate validate V5 V7` against some. A SCENARIO may be a .json file of yours.',
  ],
  async run(invocation) {
    const [first = '', second, third] = invocation.args;
    if (first === 'validate') return validate(invocation);
    if (third !== undefined) throw misuse(`simulate ${first}: expected one name, found ${third} too`);
    switch (first) {
      case 'run':
        if (second === undefined) throw misuse('simulate run: expected a scenario; see actorrent simulate scenarios');
        return run(second, invocation);
      case 'compare': return compare(second, invocation);
      case 'scenarios': return scenarios(invocation);
      default:
        if (second !== undefined) throw misuse(`simulate: expected run, compare, validate or scenarios, found ${first}`);
        return run(first, invocation);
    }
  },
});

type Asked = Invocation<Values>;

async function scenarios({ values, io }: Asked): Promise<ExitCode> {
  io.print(values.json ? JSON.stringify(BUILT_IN) : table(BUILT_IN.map((s) => [s.name, s.summary.padEnd(90)])).join('\n'));
  return EXIT.done;
}

/** Exit 1 where one fails that is not known to. Told in their order, each as soon as those before it are done. */
async function validate({ args: [, ...ids], values, io }: Asked): Promise<ExitCode> {
  const checks = ids.length === 0 ? CHECKS : ids.map(findCheck);
  const findings = new Map<number, Checked>();
  let told = 0;
  const progress = countRuns(checks.length, 'checks', io);
  const before = process.cpuUsage();
  const done = await runAll<string, Checked>(checks.map((check) => check.id), {
    worker: CHECK_WORKER, procs: values.procs, onDone(at, finding, finished) {
      findings.set(at, finding);
      progress.end();
      for (let next = findings.get(told); next; next = findings.get(told)) sayCheck(checks[told++]!, next, { values, io });
      progress.at(finished);
    },
  }).finally(progress.end);
  const count = (verdict: Verdict): number => done.filter((d, i) => verdictOf(checks[i]!, d) === verdict).length;
  if (!values.json) {
    io.print(io.colors.dim(`${count('holds')} hold, ${count('known')} are known not to, ${count('fails')} fail; `
      + `${duration(1000 * cpuSince(before))} of CPU.`));
  }
  return count('fails') === 0 ? EXIT.done : EXIT.failed;
}

/** `known`: it fails, and the check says why. */
type Verdict = 'holds' | 'known' | 'fails';
function verdictOf({ explained }: Check, { holds }: Finding): Verdict {
  if (holds) return 'holds';
  return explained === undefined ? 'fails' : 'known';
}

function findCheck(id: string): Check {
  const found = CHECKS.find((check) => check.id.toLowerCase() === id.toLowerCase());
  if (!found) throw misuse(`simulate validate: expected ${CHECKS.map((check) => check.id).join(', ')}, found ${id}`);
  return found;
}

function sayCheck(check: Check, checked: Checked, { values, io }: Pick<Asked, 'values' | 'io'>): void {
  const { id, claim, source, explained } = check;
  const { expected, found, seconds } = checked;
  const verdict = verdictOf(check, checked);
  if (values.json) return io.print(JSON.stringify({ event: 'check', id, claim, source, verdict, explained, expected, found, seconds }));
  const { red, green, yellow, bold, dim } = io.colors;
  const color = { holds: green, known: yellow, fails: red }[verdict];
  io.print(`${color(verdict)}  ${bold(id)}: ${claim}`);
  io.print(`       expected ${expected}\n       found    ${found}`);
  if (verdict === 'known') io.print(`       known:   ${explained}`);
  io.print(`       ${dim(`${source}; ${duration(1000 * seconds)}`)}`);
}

function run(scenario: string, asked: Asked): Promise<ExitCode> {
  if (asked.values.policies.length > 0) throw misuse('--policies is for simulate compare; simulate run takes --policy');
  return carryOut({ scenario, policies: [asked.values.policy], seeds: asked.values.seeds ?? 1 }, asked);
}

function compare(named: string | undefined, asked: Asked): Promise<ExitCode> {
  const { policies, seeds = 10, scenario = named } = asked.values;
  if (scenario === undefined) throw misuse('simulate compare: expected --scenario NAME; see actorrent simulate scenarios');
  if (policies.length === 0) throw misuse('simulate compare: expected --policies A,B,C; see actorrent policies');
  return carryOut({ scenario, policies, seeds }, asked);
}

interface Plan {
  readonly scenario: string;
  readonly policies: readonly string[];
  readonly seeds: number;
}

async function carryOut({ scenario, policies, seeds }: Plan, { values, io }: Asked): Promise<ExitCode> {
  // What is wrong with them is told before any thread starts.
  for (const policy of policies) await choosePolicy({ name: policy, params: values.param, option: POLICY });
  const { name, summary } = await loadScenario(scenario);
  if (values.html !== undefined) await mustBeWritable(values.html);
  if (values.svg !== undefined) await makePlotFolder(values.svg);
  const tasks = policies.flatMap((policy) => Array.from({ length: seeds }, (_, i): Task =>
    ({ scenario, policy, params: values.param, seed: values.seed + i })));
  const progress = countRuns(tasks.length, 'runs', io);
  const before = process.cpuUsage();
  const done = await runAll<Task, Done>(tasks, {
    worker: SIMULATION_WORKER, procs: values.procs, onDone: (_at, _done, finished) => progress.at(finished),
  }).finally(progress.end);
  if (values.json) for (const d of done) io.print(JSON.stringify({ event: 'run', ...d.result, events: d.events }));
  else say({ name, summary, cpu: cpuSince(before) }, done, io);
  const results = done.map((d) => d.result);
  if (values.html !== undefined) await writeOutput(values.html, page({ name, summary }, results));
  if (values.svg !== undefined) await writePlots(values.svg, results);
  return EXIT.done;
}

/** Seconds, of all threads. */
function cpuSince(before: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1e6;
}

const makePlotFolder = (folder: string): Promise<unknown> =>
  mkdir(folder, { recursive: true }).catch((e: unknown) => { throw failure(`${folder}: ${inWords(e)}`); });

async function writePlots(folder: string, results: readonly RunResult[]): Promise<void> {
  for (const { id, svg } of figuresOf(results)) await writeOutput(join(folder, `${id}.svg`), svg);
}

interface Heading {
  readonly name: string;
  readonly summary: string;
  /** Seconds, of all threads. */
  readonly cpu: number;
}

function say({ name, summary, cpu }: Heading, done: readonly Done[], io: Io): void {
  const { bold, dim } = io.colors;
  const results = done.map((d) => d.result);
  io.print(`${bold(name)}: ${summary}\n`);
  const [head = '', ...rows] = summaryTable(summarize(results));
  io.print([bold(head), ...rows, ''].join('\n'));
  const speed = Math.round(results.reduce((n, r) => n + peerSeconds(r), 0) / cpu);
  const trace = results.length === 1 ? ` Trace ${results[0]!.trace}.` : '';
  const cost = `${plural(done.length, 'run')}, ${duration(1000 * cpu)} of CPU: ${speed} peer-seconds a second.${trace}`;
  io.print(dim([...LEGEND, cost].join('\n')));
}

/** `12 of 60 runs`, while they last, on a terminal. */
function countRuns(total: number, what: string, io: Io): { at(done: number): void; end(): void } {
  if (!canRedraw(io.stderr, io.env) || total === 1) return { at: () => undefined, end: () => undefined };
  const show = (done: number): void => void io.stderr.write(`\r${done} of ${total} ${what}`);
  show(0);
  return { at: show, end: () => void io.stderr.write('\r\x1b[K') };
}
