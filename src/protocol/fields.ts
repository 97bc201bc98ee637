/**
 * Typed readers for decoded dictionaries. A reader returns the value, or a harmless stand-in and leaves a flaw behind,
 * so a codec reads straight through and asks once at the end; the first flaw wins. `maybe...` readers return undefined
 * where the field is missing, and leave a flaw only where it is there with the wrong type or size.
 */
import { fromUtf8Lossy } from '../base/bytes.js';
import { ok, type Flaw, type Result } from '../base/result.js';
import type { BDict, BValue } from './bencode.js';

/** Collects the first flaw of a whole document. */
export class Flaws {
  #first: Flaw | undefined;

  get first(): Flaw | undefined {
    return this.#first;
  }

  add(field: string, expected: string, found: string): void {
    this.#first ??= { field, expected, found };
  }

  result<T>(value: T): Result<T> {
    return this.#first === undefined ? ok(value) : { ok: false, error: this.#first };
  }
}

export class Fields {
  /** Dotted path of the dictionary, empty for the top. */
  readonly path: string;
  readonly flaws: Flaws;
  readonly #dict: BDict;

  constructor(value: BValue, path = '', flaws = new Flaws()) {
    this.path = path;
    this.flaws = flaws;
    this.#dict = isDict(value) ? value : {};
    if (!isDict(value)) flaws.add(path || 'bencode', 'a dictionary', shown(value));
  }

  keys(): readonly string[] {
    return Object.keys(this.#dict);
  }

  /** The value as it is; for fields that are ignored where they make no sense. */
  get(key: string): BValue | undefined {
    return Object.hasOwn(this.#dict, key) ? this.#dict[key] : undefined;
  }

  /** Leaves a flaw at `key`. */
  refuse(key: string, expected: string, found: string): void {
    this.flaws.add(this.at(key), expected, found);
  }

  at(key: string): string {
    return this.path === '' ? key : `${this.path}.${key}`;
  }

  int(key: string, min = 0, max = Number.MAX_SAFE_INTEGER): number {
    return this.maybeInt(key, min, max) ?? this.#missing(key, 'an integer', min);
  }

  maybeInt(key: string, min = 0, max = Number.MAX_SAFE_INTEGER): number | undefined {
    const value = this.get(key);
    if (value === undefined || (typeof value === 'number' && value >= min && value <= max)) return value;
    const upTo = max === Number.MAX_SAFE_INTEGER ? `of at least ${min}` : `from ${min} to ${max}`;
    this.refuse(key, `an integer ${upTo}`, shown(value));
    return min;
  }

  bytes(key: string): Uint8Array {
    return this.maybeBytes(key) ?? this.#missing(key, 'a string', NOTHING);
  }

  maybeBytes(key: string): Uint8Array | undefined {
    const value = this.get(key);
    if (value === undefined || value instanceof Uint8Array) return value;
    this.refuse(key, 'a string', shown(value));
    return NOTHING;
  }

  /** Text; what is not UTF-8 shows as U+FFFD. */
  text(key: string): string {
    return fromUtf8Lossy(this.bytes(key));
  }

  maybeText(key: string): string | undefined {
    const value = this.maybeBytes(key);
    return value === undefined ? undefined : fromUtf8Lossy(value);
  }

  list(key: string): readonly BValue[] {
    return this.maybeList(key) ?? this.#missing(key, 'a list', []);
  }

  maybeList(key: string): readonly BValue[] | undefined {
    const value = this.get(key);
    if (value === undefined || isList(value)) return value;
    this.refuse(key, 'a list', shown(value));
    return [];
  }

  /** A list of texts. */
  texts(key: string): readonly string[] {
    return textsOf(this.list(key), this.at(key), this.flaws);
  }

  /** A list of dictionaries. */
  dicts(key: string): readonly Fields[] {
    return this.list(key).map((value, i) => new Fields(value, `${this.at(key)}[${i}]`, this.flaws));
  }

  dict(key: string): Fields {
    return this.maybeDict(key) ?? this.#missing(key, 'a dictionary', new Fields({}, this.at(key), this.flaws));
  }

  maybeDict(key: string): Fields | undefined {
    const value = this.get(key);
    return value === undefined ? undefined : new Fields(value, this.at(key), this.flaws);
  }

  #missing<T>(key: string, expected: string, standIn: T): T {
    this.refuse(key, expected, 'nothing');
    return standIn;
  }
}

export function textsOf(list: readonly BValue[], path: string, flaws: Flaws): readonly string[] {
  return list.map((value, i) => {
    if (value instanceof Uint8Array) return fromUtf8Lossy(value);
    flaws.add(`${path}[${i}]`, 'a string', shown(value));
    return '';
  });
}

export const isList = (value: BValue): value is readonly BValue[] => Array.isArray(value);
export const isDict = (value: BValue): value is BDict =>
  typeof value === 'object' && !Array.isArray(value) && !(value instanceof Uint8Array);

/** For the `found` of a flaw: short whatever came. */
export function shown(value: BValue): string {
  if (typeof value === 'number') return `${value}`;
  if (value instanceof Uint8Array && value.length <= 40) return quote(fromUtf8Lossy(value));
  if (value instanceof Uint8Array) return `a string of ${value.length} bytes`;
  return isList(value) ? 'a list' : 'a dictionary';
}
export const quote = (text: string): string => JSON.stringify(text.slice(0, 80));

/** Drops members that are undefined, since an optional field of ours is either there or not. */
export function present<T extends object>(record: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(record).filter(([, v]) => v !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>;
  };
}
const NOTHING = new Uint8Array(0);
