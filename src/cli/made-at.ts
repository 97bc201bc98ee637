/** When something was made: now, or where SOURCE_DATE_EPOCH says so, then (reproducible-builds.org). Unix seconds. */
import type { Env } from './io.js';

export function madeAt(env: Env): number {
  const fixed = env['SOURCE_DATE_EPOCH'] ?? '';
  return /^\d{1,12}$/.test(fixed) ? Number(fixed) : Math.floor(Date.now() / 1000);
}
