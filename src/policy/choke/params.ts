/**
 * Parameters of policies: from `KEY=VALUE` texts to the record a policy takes, each value held against its `ParamSpec`.
 * A text that does not fit gives a flaw with the parameter's name, what it accepts, and what was typed.
 */
import { flaw, ok, type Result } from '../../base/result.js';
import { didYouMean } from './nearest.js';
import type { Described, ParamSpec, Params, ParamValue } from './policy.js';

/** The defaults of a policy, read off its parameters. */
export function defaultsOf<P extends Params>(params: Described<P>['params']): P {
  const specs: readonly [string, ParamSpec][] = Object.entries(params);
  return Object.fromEntries(specs.map(([key, spec]) => [key, spec.default])) as P;
}

/** `texts` as given on the command line: `["slots=8", "roundMs=5000"]`; the last of equal keys wins. */
export function parseParams<P extends Params>(policy: Described<P>, texts: readonly string[]): Result<P> {
  const specs = new Map<string, ParamSpec>(Object.entries(policy.params));
  const values = new Map<string, ParamValue>(Object.entries(policy.defaults));
  for (const text of texts) {
    const at = text.indexOf('=');
    if (at < 1) return flaw('choke parameter', 'KEY=VALUE', JSON.stringify(text));
    const key = text.slice(0, at).trim();
    const spec = specs.get(key);
    if (!spec) {
      const keys = [...specs.keys()];
      const expected = keys.length === 0 ? 'no parameters at all' : `one of ${keys.join(', ')}${didYouMean(key, keys)}`;
      return flaw(`parameter of ${policy.name}`, expected, key);
    }
    const value = parseValue(`${policy.name}.${key}`, spec, text.slice(at + 1).trim());
    if (!value.ok) return value;
    values.set(key, value.value);
  }
  return ok(Object.fromEntries(values) as P);
}

/** What a parameter accepts, in words: `auto, or an integer from 1 to 500`. */
export function describeParam(spec: ParamSpec): string {
  if (typeof spec.default === 'boolean') return 'yes or no';
  const words = (spec.words ?? []).join(', ');
  if (!isNumeric(spec)) return words === '' ? 'text' : `one of ${words}`;
  return (words === '' ? '' : `${words}, or `) + describeNumber(spec);
}

/** True where `value` is one that `spec` accepts. */
export function fits(spec: ParamSpec, value: ParamValue): boolean {
  switch (typeof value) {
    case 'boolean': return typeof spec.default === 'boolean';
    case 'string': return typeof spec.default !== 'boolean' && (spec.words?.includes(value) ?? !isNumeric(spec));
    case 'number':
      return isNumeric(spec) && Number.isFinite(value) && (!spec.integer || Number.isSafeInteger(value))
        && value >= (spec.min ?? -Infinity) && value <= (spec.max ?? Infinity);
  }
}

const FLAGS = new Map<string, boolean>([
  ['yes', true], ['true', true], ['on', true], ['1', true],
  ['no', false], ['false', false], ['off', false], ['0', false],
]);
const DECIMAL = /^-?\d{1,15}(\.\d{1,9})?$/;

function parseValue(field: string, spec: ParamSpec, text: string): Result<ParamValue> {
  const flag = FLAGS.get(text.toLowerCase());
  const value: ParamValue | undefined =
    typeof spec.default === 'boolean' ? flag : isNumeric(spec) && DECIMAL.test(text) ? Number(text) : text;
  return value !== undefined && fits(spec, value)
    ? ok(value)
    : flaw(field, describeParam(spec), JSON.stringify(text.slice(0, 80)));
}

const isNumeric = (spec: ParamSpec): boolean =>
  typeof spec.default === 'number' || spec.min !== undefined || spec.max !== undefined || spec.integer !== undefined;

function describeNumber({ min, max, integer }: ParamSpec): string {
  const kind = integer ? 'an integer' : 'a number';
  if (min !== undefined && max !== undefined) return `${kind} from ${min} to ${max}`;
  if (min !== undefined) return `${kind} from ${min}`;
  return max === undefined ? kind : `${kind} up to ${max}`;
}
