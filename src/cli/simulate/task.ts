/** One run of a simulation as a command line names it, and how it is carried out: in a worker, or where it is called. */
import { readFile } from 'node:fs/promises';
import { describe } from '../../base/result.js';
import { turn } from '../../edge/turn.js';
import { inWords } from '../../edge/words.js';
import { Observer } from '../../sim/observer.js';
import type { RunResult } from '../../sim/result.js';
import { findScenario } from '../../sim/scenarios/built-in.js';
import { parseScenario } from '../../sim/scenarios/parse.js';
import type { Scenario } from '../../sim/scenarios/scenario.js';
import { simulate } from '../../sim/swarm.js';
import { failure, misuse } from '../exit.js';
import { choosePolicy } from '../policy-source.js';

export interface Task {
  /** Name of a built-in scenario, or path of a JSON file. */
  readonly scenario: string;
  /** Name, or path of a module. */
  readonly policy: string;
  readonly params: readonly string[];
  readonly seed: number;
}

/** How errors name the option. */
export const POLICY = 'policy';

/** A result, and the events it took. */
export interface Done {
  readonly result: RunResult;
  readonly events: number;
}

export async function carryOut({ scenario, policy, params, seed }: Task): Promise<Done> {
  const observer = new Observer();
  const run = { scenario: await loadScenario(scenario), policy: await choosePolicy({ name: policy, params, option: POLICY }), seed };
  const swarm = await simulate(run, { turn }, observer.watch);
  return { result: observer.result(), events: swarm.clock.events };
}

export async function loadScenario(named: string): Promise<Scenario> {
  if (!/[/\\]|\.json$/.test(named)) {
    const found = findScenario(named);
    if (!found.ok) throw misuse(describe(found.error));
    return found.value;
  }
  let json: unknown;
  try {
    json = JSON.parse(await readFile(named, 'utf8'));
  } catch (e) {
    throw failure(`${named}: ${inWords(e)}`);
  }
  const parsed = parseScenario(json);
  if (!parsed.ok) throw failure(`${named}: ${describe(parsed.error)}`);
  return parsed.value;
}
