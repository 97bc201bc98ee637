/**
 * The part of TOML 1.0 a flat options file needs: comments, `key = value`, basic and literal strings, integers, floats,
 * booleans and arrays of these over several lines. Tables, dates and multi-line strings are refused by line, as no
 * option could use them. Values come out as JavaScript values; a key given twice is refused, as TOML asks.
 */
import { flaw, ok, type Result } from '../base/result.js';
import { printable } from './render/text.js';

export type Scalar = string | number | boolean;
export type Settings = ReadonlyMap<string, Scalar | readonly Scalar[]>;

export function parseToml(text: string): Result<Settings> {
  const settings = new Map<string, Scalar | readonly Scalar[]>();
  const reader = new Reader(text);
  try {
    for (reader.skipLines(); !reader.atEnd; reader.skipLines()) {
      if (reader.at('[')) throw new Refusal('KEY = VALUE (no tables here)', 'a table');
      const key = reader.take(/(?:[A-Za-z0-9_-]+|"[^"\\\n]*"|'[^'\n]*')/y, 'a key').replaceAll(/["']/g, '');
      reader.take(/[ \t]*=[ \t]*/y, `"=" after ${key}`);
      if (settings.has(key)) throw new Refusal('each key once', key);
      settings.set(key, reader.at('[') ? array(reader) : scalar(reader));
      reader.take(/[ \t]*(?:#[^\n]*)?(?:\r?\n|$)/y, 'the end of the line');
    }
    return ok(settings);
  } catch (e) {
    if (e instanceof Refusal) return flaw(`line ${reader.line}`, e.expected, e.found);
    throw e;
  }
}

/** Leaves the parser at once; never leaves this file. */
class Refusal extends Error {
  readonly expected: string;
  readonly found: string;

  constructor(expected: string, found: string) {
    super(expected);
    this.expected = expected;
    this.found = found;
  }
}

class Reader {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  get atEnd(): boolean {
    return this.#at >= this.#text.length;
  }

  get line(): number {
    return this.#text.slice(0, this.#at).split('\n').length;
  }

  at(character: string): boolean {
    return this.#text[this.#at] === character;
  }

  /** `pattern` is sticky. */
  take(pattern: RegExp, expected: string): string {
    const found = this.maybe(pattern);
    if (found !== undefined) return found;
    const rest = this.#text.slice(this.#at).split('\n', 1)[0]!;
    throw new Refusal(expected, rest.trim() === '' ? 'the end of the line' : printable(rest.trim().slice(0, 40)));
  }

  maybe(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text)?.[0];
    if (found !== undefined) this.#at += found.length;
    return found;
  }

  /** White space, empty lines and comments. */
  skipLines(): void {
    this.maybe(/(?:[ \t\r\n]|#[^\n]*)*/y);
  }
}

function array(reader: Reader): readonly Scalar[] {
  const items: Scalar[] = [];
  reader.take(/\[/y, '[');
  for (reader.skipLines(); !reader.at(']'); reader.skipLines()) {
    items.push(scalar(reader));
    reader.skipLines();
    if (!reader.at(']')) reader.take(/,/y, '"," or "]"');
  }
  reader.take(/\]/y, ']');
  return items;
}

const NUMBER = /[+-]?\d+(?:_\d+)*(?:\.\d+(?:_\d+)*)?(?![\w.:+-])/y;

function scalar(reader: Reader): Scalar {
  const literal = reader.maybe(/'(?!'')[^'\n]*'/y);
  if (literal !== undefined) return literal.slice(1, -1);
  const basic = reader.maybe(/"(?!"")(?:[^"\\\n]|\\(?:[btnfr"\\]|u[0-9A-Fa-f]{4}))*"/y);
  if (basic !== undefined) return JSON.parse(basic.replaceAll('\t', '\\t')) as string; // the same escapes as JSON has
  const word = reader.maybe(/(?:true|false)(?![\w.+-])/y);
  if (word !== undefined) return word === 'true';
  const number = reader.take(NUMBER, 'a string in quotes, a number, true or false');
  return Number(number.replaceAll('_', ''));
}
