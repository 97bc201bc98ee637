/**
 * A check holds the simulator, and with it the processes it runs, against a result that was published or can be derived:
 * what is claimed and by whom, what was expected here, what was found. A disagreement is a finding, not an error.
 */
import { describe } from '../../base/result.js';
import type { ChosenPolicy } from '../../client.js';
import { parseParams } from '../../policy/choke/params.js';
import { findPolicy } from '../../policy/choke/registry.js';
import { Observer } from '../observer.js';
import type { RunResult } from '../result.js';
import { parseScenario } from '../scenarios/parse.js';
import { simulate, type Swarm, type Watch } from '../swarm.js';

/**
 * Clients in checks keep to limits of their own this far below their links. Without one a fifth of what 20 KB/s uplinks send is in vain:
 * blocks that the transport has taken come after the choke, the cancel or the goodbye that was to stop them. Theory knows no such waste.
 */
export const LIMITS_UP_TO = 0.95;

export interface Finding {
  readonly holds: boolean;
  readonly expected: string;
  readonly found: string;
}

export interface Check {
  /** As the literature list of the project numbers them: `V2`. */
  readonly id: string;
  readonly claim: string;
  readonly source: string;
  /** It is known not to hold, and why. */
  readonly explained?: string;
  readonly run: (lab: CheckLab) => Promise<Finding>;
}

/** Where checks run their swarms; `turn` as for the virtual clock. */
export class CheckLab {
  readonly #turn: () => Promise<void>;

  constructor(turn: () => Promise<void>) {
    this.#turn = turn;
  }

  /** `json` in the form of a scenario file. `policy`: a name, then `key=value` parameters. */
  swarm(json: object, [policy = 'tit-for-tat', ...params]: readonly string[], watch: Watch = {}, seed = 1): Promise<Swarm> {
    const scenario = parseScenario({ name: 'check', ...json });
    if (!scenario.ok) throw new Error(describe(scenario.error));
    return simulate({ scenario: scenario.value, policy: chosen(policy, params), seed }, { turn: this.#turn }, watch);
  }

  /** What came of it. */
  async result(json: object, policy: readonly string[], seed = 1): Promise<RunResult> {
    const observer = new Observer();
    await this.swarm(json, policy, observer.watch, seed);
    return observer.result();
  }

  /** The same of as many runs, with the seeds from 1 on. */
  async results(json: object, policy: readonly string[], seeds: number): Promise<RunResult[]> {
    const results: RunResult[] = [];
    for (let seed = 1; seed <= seeds; seed++) results.push(await this.result(json, policy, seed));
    return results;
  }
}

function chosen(name: string, texts: readonly string[]): ChosenPolicy {
  const policy = findPolicy(name);
  if (!policy.ok) throw new Error(describe(policy.error));
  const params = parseParams(policy.value, texts);
  if (!params.ok) throw new Error(describe(params.error));
  return { policy: policy.value, params: params.value };
}
