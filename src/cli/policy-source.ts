/**
 * `--choke-policy NAME or FILE` with its parameters -> a policy and the values it takes. Throws an Ending that says
 * what is wrong.
 */
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe } from '../base/result.js';
import type { ChosenPolicy } from '../client.js';
import { inWords } from '../edge/words.js';
import { parseParams } from '../policy/choke/params.js';
import type { ChokePolicy } from '../policy/choke/policy.js';
import { findPolicy } from '../policy/choke/registry.js';
import { asPolicy } from '../policy/choke/validate.js';
import { failure, misuse } from './exit.js';

export async function choosePolicy(named: string, texts: readonly string[]): Promise<ChosenPolicy> {
  const policy = /[/\\]|\.[cm]?js$/.test(named) ? await importPolicy(named) : builtIn(named);
  const params = parseParams(policy, texts);
  if (!params.ok) throw misuse(`--choke-param: ${describe(params.error)}`);
  return { policy, params: params.value };
}

function builtIn(name: string): ChokePolicy {
  const found = findPolicy(name);
  if (found.ok) return found.value;
  const { expected, found: typed } = found.error;
  throw misuse(`--choke-policy: expected ${expected} or a module's path, found ${typed}`);
}

async function importPolicy(path: string): Promise<ChokePolicy> {
  let module: unknown;
  try {
    module = await import(pathToFileURL(resolve(path)).href);
  } catch (e) {
    throw failure(`${path}: ${inWords(e)}`);
  }
  const policy = asPolicy(module);
  if (!policy.ok) throw failure(`${path}: ${describe(policy.error)}`);
  return policy.value;
}
