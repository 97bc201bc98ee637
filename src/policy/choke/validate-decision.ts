/**
 * A decision of foreign code, before the ChokeMgr acts on it: the right shape, known peers only, a state that is JSON.
 * O(peers + state); a state is bounded in depth and in values, so that neither a cycle nor a flood gets through.
 */
import type { PeerKey } from '../../base/brand.js';
import { flaw, ok, type Result } from '../../base/result.js';
import type { ChokeDecision, ChokeInput, Json, Why } from './policy.js';
import { isRecord, show, wrong } from './validate-shape.js';

const WHYS: readonly Why[] = ['regular', 'optimistic', 'kept', 'idle', 'exempt'];
const DEEPEST_STATE = 32;
const LARGEST_STATE = 200_000;
const SOONEST_TICK_MS = 100;

export function checkDecision(decision: unknown, input: ChokeInput<Json>): Result<ChokeDecision<Json>> {
  if (!isRecord(decision) || decision instanceof Promise) return wrong('decide()', '{ unchoked, state }', decision);
  const { unchoked, untouched, state, requestTickIn } = decision;
  if (!(unchoked instanceof Map)) return wrong('decide().unchoked', 'a Map from peer key to verdict', unchoked);
  const keys = new Set<unknown>(input.peers.map((peer) => peer.key));
  for (const [key, verdict] of unchoked as ReadonlyMap<unknown, unknown>) {
    if (!keys.has(key)) return wrong('decide().unchoked', 'keys of peers that were asked about', key);
    const checked = checkVerdict(`decide().unchoked[${String(key)}]`, verdict);
    if (!checked.ok) return checked;
  }
  if (untouched !== undefined) {
    if (!(untouched instanceof Set)) return wrong('decide().untouched', 'a Set of peer keys', untouched);
    for (const key of untouched as ReadonlySet<unknown>) {
      if (!keys.has(key)) return wrong('decide().untouched', 'keys of peers that were asked about', key);
      if (unchoked.has(key)) return wrong('decide().untouched', 'no peer that is in `unchoked` too', key);
    }
  }
  if (requestTickIn !== undefined && !(typeof requestTickIn === 'number' && requestTickIn >= SOONEST_TICK_MS)) {
    return wrong('decide().requestTickIn', `milliseconds, at least ${SOONEST_TICK_MS}`, requestTickIn);
  }
  const strange = notJson(state);
  if (strange !== undefined) return flaw('decide().state', 'plain JSON', strange);
  return ok({
    unchoked: unchoked as ChokeDecision<Json>['unchoked'],
    state: state as Json,
    ...(untouched !== undefined && { untouched: untouched as ReadonlySet<PeerKey> }),
    ...(requestTickIn !== undefined && { requestTickIn }),
  });
}

function checkVerdict(field: string, verdict: unknown): Result<true> {
  if (!isRecord(verdict)) return wrong(field, '{ why }', verdict);
  const { why, cap, weight, lead, claim } = verdict;
  if (!(WHYS as readonly unknown[]).includes(why)) return wrong(`${field}.why`, WHYS.join(', '), why);
  if (cap !== undefined && !isAmount(cap)) return wrong(`${field}.cap`, 'bytes a second, 0 or more', cap);
  if (weight !== undefined && !isAmount(weight)) return wrong(`${field}.weight`, 'a number, 0 or more', weight);
  if (lead !== undefined && !Number.isFinite(lead)) return wrong(`${field}.lead`, 'bytes', lead);
  if (claim !== undefined && !isAmount(claim)) return wrong(`${field}.claim`, 'bytes, 0 or more', claim);
  return ok(true);
}

const isAmount = (v: unknown): v is number => typeof v === 'number' && Number.isFinite(v) && v >= 0;

/** What keeps a value from being JSON, in a few words; undefined if nothing does. */
function notJson(root: unknown): string | undefined {
  let left = LARGEST_STATE;
  const fault = (v: unknown, depth: number): string | undefined => {
    if (--left < 0) return `more than ${LARGEST_STATE} values`;
    if (depth > DEEPEST_STATE) return `more than ${DEEPEST_STATE} levels (a cycle?)`;
    if (v === null || typeof v === 'string' || typeof v === 'boolean') return undefined;
    if (typeof v === 'number') return Number.isFinite(v) ? undefined : show(v);
    if (!Array.isArray(v) && !isPlain(v)) return show(v);
    for (const inner of Object.values(v)) {
      const found = fault(inner, depth + 1);
      if (found !== undefined) return found;
    }
    return undefined;
  };
  return fault(root, 0);
}

const isPlain = (v: unknown): v is object =>
  isRecord(v) && (Object.getPrototypeOf(v) === Object.prototype || Object.getPrototypeOf(v) === null);
