/** What validation of foreign values shares: a look at a value of unknown type, and a short word for what was found. */
import { flaw } from '../../base/result.js';

export type Fields = { readonly [key: string]: unknown };

export const isRecord = (v: unknown): v is Fields => typeof v === 'object' && v !== null && !Array.isArray(v);

/** A flaw about a value of unknown type. */
export const wrong = (field: string, expected: string, found: unknown): ReturnType<typeof flaw> =>
  flaw(field, expected, show(found));

/** At most 80 characters; never throws, and runs no code of the value's own. */
export function show(v: unknown): string {
  switch (typeof v) {
    case 'undefined': return 'nothing';
    case 'string': return JSON.stringify(v.slice(0, 80));
    case 'number':
    case 'boolean': return String(v);
    case 'bigint': return 'a bigint';
    case 'symbol': return 'a symbol';
    case 'function': return 'a function';
    case 'object': return v === null ? 'null' : Array.isArray(v) ? 'an array' : nameOfObject(v);
  }
}

function nameOfObject(v: object): string {
  if (v instanceof Promise) return 'a promise (policies answer at once)';
  if (v instanceof Map) return 'a Map';
  return v instanceof Set ? 'a Set' : 'an object';
}
