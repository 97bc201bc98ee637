/**
 * `policies replay`: a record, line by line, through a Replay, with a line for each round in which the policy differs and a sum at the end.
 * Peers go by the numbers that the record has for them.
 */
import { describe } from '../base/result.js';
import type { ChosenPolicy } from '../client.js';
import type { Singled } from '../policy/choke/differences.js';
import { parseFact } from '../policy/choke/record.js';
import { Replay, type Compared } from '../policy/choke/replay.js';
import { failure } from './exit.js';
import { linesOf } from './lines.js';
import { plural } from '../base/format.js';

interface Told {
  readonly print: (line: string) => void;
  /** Every decision as an object, and nothing else. */
  readonly json: boolean;
}

export async function replayFile(path: string, chosen: ChosenPolicy, { print, json }: Told): Promise<void> {
  const replay = new Replay(chosen, () => performance.now());
  const { name } = chosen.policy;
  const sum = { decisions: 0, choices: 0, same: 0 };
  let recorded = 'nobody';
  let lines = 0;
  for await (const { line, number } of linesOf(path)) {
    lines++;
    const fact = parseFact(line);
    if (!fact.ok) throw failure(`${path}, line ${number}: ${describe(fact.error)}`);
    if (fact.value.fact === 'policy') recorded = fact.value.name;
    const compared = replay.take(fact.value);
    if (compared === undefined) continue;
    if (typeof compared === 'string') throw failure(`${name} ${compared}, at line ${number} of ${path}`);
    const { same, onlyLive, onlyShadow } = compared.differences;
    sum.decisions++;
    sum.same += same;
    sum.choices += same + onlyLive.length + onlyShadow.length;
    if (json) print(JSON.stringify({ policy: name, recorded, ...compared }));
    else if (onlyLive.length + onlyShadow.length > 0) print(differing(compared, { name, recorded }));
  }
  if (lines === 0) throw failure(`${path}: nothing is recorded in it`);
  if (json) return;
  print(`${name} agrees with ${recorded} in ${sum.same} of ${plural(sum.choices, 'choice')} (${plural(sum.decisions, 'decision')})`);
}

interface Names {
  readonly name: string;
  readonly recorded: string;
}

function differing({ now, trigger, differences: { onlyLive, onlyShadow } }: Compared, by: Names): string {
  const list = (policy: string, peers: readonly Singled[]): string[] =>
    peers.length === 0 ? [] : [`${policy} alone: ${peers.map(({ peer, why }) => `${peer} (${why})`).join(', ')}`];
  return `${(now / 1000).toFixed(1)} s, ${trigger}: ${[...list(by.recorded, onlyLive), ...list(by.name, onlyShadow)].join('; ')}`;
}
