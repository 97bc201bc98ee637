/** The built-in policies by name; the first is the default. A policy is one file in this folder and one entry here. */
import { flaw, ok, type Result } from '../../base/result.js';
import { didYouMean } from './nearest.js';
import type { ChokePolicy } from './policy.js';
import { titForTat } from './tit-for-tat.js';
import { wgoFixed } from './wgo-fixed.js';
import { wgo } from './wgo.js';

const POLICIES: readonly ChokePolicy[] = [titForTat, wgo, wgoFixed];

export const listPolicies = (): readonly ChokePolicy[] => POLICIES;

export function findPolicy(name: string): Result<ChokePolicy> {
  const found = POLICIES.find((policy) => policy.name === name);
  if (found) return ok(found);
  const names = POLICIES.map((policy) => policy.name);
  const expected = `one of ${names.join(', ')}${didYouMean(name, names)}`;
  return flaw('choke policy', expected, JSON.stringify(name.slice(0, 80)));
}
