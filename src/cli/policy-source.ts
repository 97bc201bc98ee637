/**
 * What `--choke-policy`, `--shadow-policy` and their parameters name -> policies with their values, from this program
 * or from a module. Throws an Ending that says what is wrong, and in which option.
 */
import { describe } from '../base/result.js';
import type { ChosenPolicy } from '../client.js';
import { nodeModules } from '../edge/modules.js';
import { builtIn, fromModule, isFile, splitSpec } from '../policy/choke/choose.js';
import { findPolicy, listPolicies } from '../policy/choke/registry.js';
import { failure, misuse } from './exit.js';
import { globMatcher } from '../base/glob.js';

export const DEFAULT_POLICY = 'tit-for-tat';
/** For completion. */
export const POLICY_NAMES: readonly string[] = listPolicies().map((policy) => policy.name);

export interface NamedPolicy {
  readonly name: string;
  readonly params: readonly string[];
  /** Where it was named: `--choke-policy`. */
  readonly option: string;
}

export async function choosePolicy({ name, params, option }: NamedPolicy): Promise<ChosenPolicy> {
  if (!isFile(name)) {
    const known = findPolicy(name);
    if (!known.ok) throw misuse(`${option}: expected ${known.error.expected}, found ${known.error.found}`);
    const chosen = builtIn(name, params);
    if (!chosen.ok) throw misuse(describe(chosen.error));
    return chosen.value;
  }
  const module = await nodeModules.load(name);
  const chosen = fromModule(name, module, params);
  if (!chosen.ok) throw failure(`${option}: ${describe(chosen.error)}`);
  return chosen.value;
}

/** `NAME,KEY=VALUE,...` */
export const choosePolicySpec = (spec: string, option: string): Promise<ChosenPolicy> => choosePolicy({ ...splitSpec(spec), option });

/** The policy of a torrent, by its name; undefined: it has none of its own. */
export type OwnPolicy = (torrent: string) => ChosenPolicy | undefined;
export interface Policies {
  readonly forAll: ChosenPolicy;
  readonly own: OwnPolicy;
}

/** What `--choke-policy` was given, each time: `NAME` for all, `GLOB=NAME` for torrents whose name matches. The last for all counts. */
export async function choosePolicies(given: readonly string[], params: readonly string[]): Promise<Policies> {
  const option = '--choke-policy';
  const spec = given.findLast((text) => !FOR_SOME.test(text)) ?? DEFAULT_POLICY;
  const { name, params: more } = splitSpec(spec);
  const forAll = await choosePolicy({ name, params: [...more, ...params], option });
  const some = await Promise.all(given.filter((text) => FOR_SOME.test(text)).map(async (text) => {
    const at = text.indexOf('=');
    return { matches: globMatcher(text.slice(0, at)), chosen: await choosePolicySpec(text.slice(at + 1), option) };
  }));
  return { forAll, own: (torrent) => some.find(({ matches }) => matches([torrent]))?.chosen };
}
const FOR_SOME = /^[^,=]+=/;
