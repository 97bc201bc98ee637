/**
 * Foreign policies: an ES module's default export held against the interface, and each decision it makes held against
 * what was asked. Nothing is assumed of either: a wrong member gives a flaw that names it, a throw becomes a flaw too.
 * Only `name`, `scope`, `timing`, `init` and `decide` must be there; of the rest what is missing is filled in.
 */
import { flaw, ok, type Result } from '../../base/result.js';
import { defaultsOf, describeParam, fits } from './params.js';
import type { ChokeInput, ChokePolicy, LinkView, Params, ParamSpec, ParamValue, Trigger } from './policy.js';
import { checkDecision } from './validate-decision.js';
import { checkRates } from './validate-rates.js';
import { isRecord, show, wrong, type Fields } from './validate-shape.js';

const TRIGGERS: readonly Trigger[] =
  ['tick', 'optimistic', 'joined', 'left', 'interested', 'uninterested', 'spent', 'completed'];
const NAME = /^[a-z][a-z0-9-]{0,63}$/;

/**
 * `module`: what `await import('./mine.mjs')` gave. The policy's methods are called once each, to see what they
 * return.
 */
export function asPolicy(module: unknown): Result<ChokePolicy> {
  const exported: unknown = isRecord(module) ? module['default'] : undefined;
  if (!isRecord(exported)) return wrong('default', 'an object { name, scope, timing, init, decide }', exported);
  const { name, scope, summary = 'a policy of your own', source = 'user module' } = exported;
  if (typeof name !== 'string' || !NAME.test(name)) return wrong('name', 'a-z, 0-9 and hyphens, a letter first', name);
  if (scope !== 'torrent' && scope !== 'session') return wrong('scope', "'torrent' or 'session'", scope);
  if (typeof summary !== 'string') return wrong('summary', 'a line of text', summary);
  if (typeof source !== 'string') return wrong('source', 'a line of text', source);

  const { timing, init, decide, slotBound, rateRefreshMs } = exported;
  if (!isMethod(timing)) return wrong('timing', 'a function', timing);
  if (!isMethod(init)) return wrong('init', 'a function', init);
  if (!isMethod(decide)) return wrong('decide', 'a function', decide);
  if (slotBound !== undefined && !isMethod(slotBound)) return wrong('slotBound', 'a function, or nothing', slotBound);
  if (rateRefreshMs !== undefined && !isPositive(rateRefreshMs)) {
    return wrong('rateRefreshMs', 'milliseconds above 0', rateRefreshMs);
  }
  const params = checkParams(exported);
  if (!params.ok) return params;
  const rates = checkRates(exported['rates'] ?? []);
  if (!rates.ok) return rates;

  // What the methods return cannot be read off them: `tryOut` looks at a first answer, `checkDecision` at all others.
  const policy: ChokePolicy = {
    name, scope, summary, source, params: params.value, defaults: defaultsOf(params.value), rates: rates.value,
    timing: timing.bind(exported) as ChokePolicy['timing'],
    init: init.bind(exported) as ChokePolicy['init'],
    decide: decide.bind(exported) as ChokePolicy['decide'],
    ...(slotBound && { slotBound: slotBound.bind(exported) as NonNullable<ChokePolicy['slotBound']> }),
    ...(rateRefreshMs !== undefined && { rateRefreshMs }),
  };
  const tried = tryOut(policy, policy.defaults);
  return tried.ok ? ok(policy) : tried;
}

/** `params` in full, or made from bare `defaults`; where both are given they must agree. */
function checkParams(exported: Fields): Result<Record<string, ParamSpec>> {
  const { params, defaults = {} } = exported;
  if (!isRecord(defaults)) return wrong('defaults', 'an object', defaults);
  if (params !== undefined && !isRecord(params)) return wrong('params', 'an object', params);
  const specs: Record<string, ParamSpec> = {};
  for (const [key, given] of Object.entries(params ?? specsOf(defaults))) {
    const spec = checkSpec(`params.${key}`, given);
    if (!spec.ok) return spec;
    specs[key] = spec.value;
  }
  for (const [key, value] of Object.entries(defaults)) {
    if (specs[key]?.default !== value) return wrong(`defaults.${key}`, `the default of params.${key}`, value);
  }
  return ok(specs);
}

const specsOf = (defaults: Fields): Fields =>
  Object.fromEntries(Object.entries(defaults).map(([key, value]) => [key, { default: value }]));

function checkSpec(field: string, given: unknown): Result<ParamSpec> {
  if (!isRecord(given)) return wrong(field, '{ default, doc, ... }', given);
  const { default: value, doc = '', words, min, max, integer } = given;
  if (!isScalar(value)) return wrong(`${field}.default`, 'a finite number, a text or a boolean', value);
  if (typeof doc !== 'string') return wrong(`${field}.doc`, 'a line of text', doc);
  if (words !== undefined && !isTexts(words)) return wrong(`${field}.words`, 'an array of texts', words);
  if (min !== undefined && typeof min !== 'number') return wrong(`${field}.min`, 'a number', min);
  if (max !== undefined && typeof max !== 'number') return wrong(`${field}.max`, 'a number', max);
  if (integer !== undefined && typeof integer !== 'boolean') return wrong(`${field}.integer`, 'a boolean', integer);
  const spec: ParamSpec = {
    default: value, doc,
    ...(words && { words }), ...(integer && { integer }),
    ...(min !== undefined && { min }), ...(max !== undefined && { max }),
  };
  return fits(spec, value) ? ok(spec) : wrong(`${field}.default`, describeParam(spec), value);
}

const isScalar = (v: unknown): v is ParamValue =>
  typeof v === 'string' || typeof v === 'boolean' || (typeof v === 'number' && Number.isFinite(v));
const isTexts = (v: unknown): v is readonly string[] => Array.isArray(v) && v.every((word) => typeof word === 'string');
const isMethod = (v: unknown): v is (...args: never[]) => unknown => typeof v === 'function';
const isPositive = (v: unknown): v is number => typeof v === 'number' && Number.isFinite(v) && v > 0;

const QUIET_LINK: LinkView = { upLimit: null, upMeasured: 0, upPeak: 0, upSaturated: false };

/** Its timing, its first state, and its decision about nobody. */
export function tryOut(policy: ChokePolicy, params: Params): Result<true> {
  let member = 'timing';
  try {
    const timing = checkTiming(policy.timing(params));
    if (!timing.ok) return timing;
    member = 'init';
    const state = policy.init(params);
    member = 'decide';
    const input: ChokeInput<typeof state> = {
      now: 0, sinceLastRound: 0, round: 0, trigger: 'tick', subjects: [], peers: [], torrents: new Map(),
      link: QUIET_LINK, entropy: [0, 0], state,
    };
    const decision = checkDecision(policy.decide(input, params), input);
    return decision.ok ? ok(true) : decision;
  } catch (thrown) {
    return flaw(member, 'no exception', thrown instanceof Error ? `${thrown.name}: ${thrown.message}` : show(thrown));
  }
}

function checkTiming(given: unknown): Result<true> {
  if (!isRecord(given)) return wrong('timing()', '{ tickMs, react, minHoldMs }', given);
  const { tickMs, optimisticMs, react, minHoldMs } = given;
  if (!isPeriod(tickMs)) return wrong('timing().tickMs', 'milliseconds, at least 100', tickMs);
  if (optimisticMs !== undefined && !isPeriod(optimisticMs)) {
    return wrong('timing().optimisticMs', 'milliseconds, at least 100', optimisticMs);
  }
  if (!isTexts(react)) return wrong('timing().react', 'an array of triggers', react);
  const strange = react.find((trigger) => !(TRIGGERS as readonly string[]).includes(trigger));
  if (strange !== undefined) return wrong('timing().react', TRIGGERS.join(', '), strange);
  return minHoldMs === 0 || isPositive(minHoldMs)
    ? ok(true)
    : wrong('timing().minHoldMs', 'milliseconds, 0 or more', minHoldMs);
}

const isPeriod = (v: unknown): v is number => isPositive(v) && v >= 100;
