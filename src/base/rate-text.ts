/**
 * Rates as people write them: KB/s where there is no suffix (1 KB = 1000 bytes, as in wgo), with K, M, G (powers of 1000) or Ki, Mi, Gi
 * (of 1024) otherwise; `B` and `/s` may follow. 0 means no limit, which is null here.
 */
import { flaw, ok, type Result } from './result.js';
import type { BytesPerSec } from './units.js';

const UNITS: ReadonlyMap<string, number> = new Map([
  ['', 1e3], ['b', 1], ['k', 1e3], ['m', 1e6], ['g', 1e9], ['ki', 2 ** 10], ['mi', 2 ** 20], ['gi', 2 ** 30],
]);
const RATE = /^(\d{1,15}(?:\.\d{1,9})?) ?(?:(b)|([kmg]i?)b?|)(?:\/s)?$/i;
const MOST = 1e12;

export function parseRate(text: string): Result<BytesPerSec | null> {
  const refuse = (found: string): Result<BytesPerSec | null> => flaw('rate', 'KB/s such as 500, 1.5M or 64Ki, or 0 for no limit', found);
  const [, digits, bytes, suffix] = RATE.exec(text.trim()) ?? [];
  if (digits === undefined) return refuse(JSON.stringify(text.slice(0, 40)));
  const rate = Math.round(Number(digits) * UNITS.get((bytes ?? suffix ?? '').toLowerCase())!);
  if (Number(digits) === 0) return ok(null);
  return rate >= 1 && rate <= MOST ? ok(rate) : refuse(`${text.trim()}, which is ${rate < 1 ? 'less than 1 byte/s' : 'too much'}`);
}
