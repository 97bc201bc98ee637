/**
 * From what a user names to a policy with its parameters: a built-in by its name, or what a module exports. `NAME,KEY=VALUE,...` is the
 * short form where one text must hold both. Whoever calls loads the module.
 */
import { flaw, ok, type Flaw, type Result } from '../../base/result.js';
import { parseParams } from './params.js';
import { findPolicy } from './registry.js';
import type { Chosen } from './seat.js';
import { asPolicy, tryOut } from './validate.js';

/** By its looks: a path, or a name that ends like a module's. */
export const isFile = (named: string): boolean => /[/\\]|\.[cm]?js$/.test(named);

export function builtIn(name: string, params: readonly string[]): Result<Chosen> {
  const policy = findPolicy(name);
  if (!policy.ok) return policy;
  const checked = parseParams(policy.value, params);
  return checked.ok ? ok({ policy: policy.value, params: checked.value }) : checked;
}

/** `path` is for the messages. The policy is tried once with its parameters, on nobody. */
export function fromModule(path: string, module: Result<unknown>, params: readonly string[]): Result<Chosen> {
  if (!module.ok) return module;
  const policy = asPolicy(module.value);
  if (!policy.ok) return inFile(path, policy.error);
  const checked = parseParams(policy.value, params);
  if (!checked.ok) return checked;
  const tried = tryOut(policy.value, checked.value);
  return tried.ok ? ok({ policy: policy.value, params: checked.value }) : inFile(path, tried.error);
}

const inFile = (path: string, { field, expected, found }: Flaw): Result<Chosen> => flaw(`${path}: ${field}`, expected, found);

/** `wgo` or `bep3,slots=6,roundMs=5000`. */
export function splitSpec(spec: string): { readonly name: string; readonly params: readonly string[] } {
  const [name = '', ...params] = spec.split(',');
  return { name, params };
}
