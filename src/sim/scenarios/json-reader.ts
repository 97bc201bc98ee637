/**
 * JsonReader: takes a JSON object apart, key by key, each held against what it may be. The first that does not fit ends
 * the reading with its dotted path, what was expected and what was found; so does a key that nobody asked for, since a
 * mistyped one would else be a default in disguise.
 */
import { flaw, ok, type Flaw, type Result } from '../../base/result.js';

interface Bounds {
  readonly least: number;
  readonly most: number;
  readonly integer?: boolean;
}

/** Runs `read`, and turns what it refuses into a Result. */
export function reading<T>(read: () => T): Result<T> {
  try {
    return ok(read());
  } catch (error) {
    if (error instanceof Refusal) return flaw(error.flaw.field, error.flaw.expected, error.flaw.found);
    throw error;
  }
}

/** Never leaves `reading`. */
class Refusal extends Error {
  readonly flaw: Flaw;

  constructor(refused: Flaw) {
    super(refused.field);
    this.flaw = refused;
  }
}

export class JsonReader {
  readonly #fields: ReadonlyMap<string, unknown>;
  readonly #path: string;
  readonly #asked = new Set<string>();

  constructor(value: unknown, path: string) {
    this.#path = path;
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      throw new Refusal({ field: path, expected: 'an object', found: shown(value) });
    }
    this.#fields = new Map(Object.entries(value));
  }

  has(key: string): boolean {
    return this.#get(key) !== undefined;
  }

  /** Absent: `initial`; without one it must be there. */
  text(key: string, initial?: string): string {
    const value = this.#get(key) ?? initial;
    return typeof value === 'string' && value.length <= 200 ? value : this.refuse(key, 'text of at most 200 characters');
  }

  oneOf<T extends string>(key: string, names: readonly T[], initial: T): T {
    const value = this.#get(key) ?? initial;
    return names.find((name) => name === value) ?? this.refuse(key, `one of ${names.join(', ')}`);
  }

  flag(key: string): boolean {
    const value = this.#get(key) ?? false;
    return typeof value === 'boolean' ? value : this.refuse(key, 'true or false');
  }

  number(key: string, { least, most, integer }: Bounds, initial?: number): number {
    const value = this.#get(key) ?? initial;
    const fits = typeof value === 'number' && value >= least && value <= most && (!integer || Number.isSafeInteger(value));
    return fits ? value : this.refuse(key, `${integer ? 'an integer' : 'a number'} from ${least} to ${most}`);
  }

  /** A number, or a text that `parse` understands. */
  amount(key: string, parse: (text: string) => Result<number | null>, bounds: Bounds, initial?: number): number {
    const value = this.#get(key);
    if (typeof value !== 'string') return this.number(key, bounds, initial);
    const parsed = parse(value);
    if (!parsed.ok || parsed.value === null) return this.refuse(key, parsed.ok ? 'more than 0' : parsed.error.expected);
    return parsed.value >= bounds.least && parsed.value <= bounds.most
      ? parsed.value : this.refuse(key, `${bounds.least} to ${bounds.most} bytes`);
  }

  texts(key: string): readonly string[] {
    return this.#array(key, 0, 100).map((v) => (typeof v === 'string' ? v : this.refuse(key, 'texts')));
  }

  objects(key: string, least: number, most: number): JsonReader[] {
    return this.#array(key, least, most).map((value, i) => new JsonReader(value, this.#at(`${key}[${i}]`)));
  }

  object(key: string): JsonReader {
    return new JsonReader(this.#get(key), this.#at(key));
  }

  /** The raw value, for what may have several forms. */
  raw(key: string): unknown {
    return this.#get(key);
  }

  take<T>(key: string, result: Result<T>): T {
    return result.ok ? result.value : this.refuse(key, result.error.expected, result.error.found);
  }

  refuse(key: string, expected: string, found = shown(this.#get(key))): never {
    throw new Refusal({ field: this.#at(key), expected, found });
  }

  /** Call it last. */
  end(): void {
    const stray = [...this.#fields.keys()].find((key) => !this.#asked.has(key));
    if (stray === undefined) return;
    const known = [...this.#asked].join(', ');
    throw new Refusal({ field: this.#path || 'scenario', expected: `only ${known}`, found: JSON.stringify(stray.slice(0, 80)) });
  }

  #array(key: string, least: number, most: number): readonly unknown[] {
    const value = this.#get(key) ?? [];
    return Array.isArray(value) && value.length >= least && value.length <= most
      ? value : this.refuse(key, `a list of ${least} to ${most}`);
  }

  #get(key: string): unknown {
    this.#asked.add(key);
    return this.#fields.get(key);
  }

  #at(key: string): string {
    return this.#path === '' ? key : `${this.#path}.${key}`;
  }
}

const shown = (value: unknown): string => (value === undefined ? 'nothing' : JSON.stringify(value)?.slice(0, 80) ?? typeof value);
