/**
 * Result: what a function returns when its input came from outside. Remote bytes are data, so codecs never throw;
 * a failure names the field, what was expected and what was found, and the caller decides who is ended by it.
 */
export interface Flaw {
  /** Dotted path of the field, e.g. `info.files[3].path`. */
  readonly field: string;
  readonly expected: string;
  readonly found: string;
}
export type Result<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: Flaw };

export const ok = <T>(value: T): Result<T> => ({ ok: true, value });
export const flaw = (field: string, expected: string, found: string): { readonly ok: false; readonly error: Flaw } =>
  ({ ok: false, error: { field, expected, found } });

/** One line for people: `info.length: expected a non-negative integer, found -1`. */
export const describe = (e: Flaw): string => `${e.field}: expected ${e.expected}, found ${e.found}`;
