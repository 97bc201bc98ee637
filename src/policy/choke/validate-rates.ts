/** The estimators a foreign policy asks for: at most eight, each a `RateSpec` with lengths in ms up to an hour. */
import { flaw, ok, type Result } from '../../base/result.js';
import type { RateSpec } from '../../model/rate.js';
import { isRecord, show, type Fields } from './validate-shape.js';

const MOST_RATES = 8;
const MOST_BUCKETS = 1000;
const HOUR_MS = 3_600_000;

export function checkRates(given: unknown): Result<readonly RateSpec[]> {
  if (!Array.isArray(given) || given.length > MOST_RATES) {
    const found = Array.isArray(given) ? `${given.length} of them` : show(given);
    return flaw('rates', `an array of at most ${MOST_RATES} rate specs`, found);
  }
  const rates: RateSpec[] = [];
  for (const [i, spec] of (given as readonly unknown[]).entries()) {
    const rate = isRecord(spec) ? rateOf(spec) : undefined;
    if (!rate) return flaw(`rates[${i}]`, FORMS, isRecord(spec) ? `kind ${show(spec['kind'])}` : show(spec));
    rates.push(rate);
  }
  return ok(rates);
}

const FORMS = "{ kind: 'window', ms, bucketMs } with ms up to 1000 buckets, { kind: 'decaying', maxMs, fudgeMs } or "
  + "{ kind: 'ewma', tauMs }, each above 0 and up to an hour";

function rateOf({ kind, ms, bucketMs, maxMs, fudgeMs, tauMs }: Fields): RateSpec | undefined {
  if (kind === 'window' && isLength(ms) && isLength(bucketMs) && bucketMs <= ms && ms / bucketMs <= MOST_BUCKETS) {
    return { kind, ms, bucketMs };
  }
  if (kind === 'decaying' && isLength(maxMs) && isLength(fudgeMs)) return { kind, maxMs, fudgeMs };
  return kind === 'ewma' && isLength(tauMs) ? { kind, tauMs } : undefined;
}

const isLength = (v: unknown): v is number => typeof v === 'number' && v > 0 && v <= HOUR_MS;
