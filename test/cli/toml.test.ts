/** The part of TOML that an options file needs, and what is refused by line. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { describe } from '../../src/base/result.js';
import { parseToml } from '../../src/cli/toml.js';

test('all that it knows', () => {
  const text = `# comment
folder = "/data/\\u00e4 \\"x\\""   # after a value
name = 'C:\\raw'
port=6881
ratio = 1.5
big = 1_000_000
neg = -3
seed = true
quiet = false\r
"quoted key" = ""
only = [ "*.mkv", 'a,b' , # one
  "c",
]
none = []`;
  const parsed = parseToml(text);
  assert.ok(parsed.ok);
  assert.deepEqual(Object.fromEntries(parsed.value), {
    folder: '/data/ä "x"', name: 'C:\\raw', port: 6881, ratio: 1.5, big: 1_000_000, neg: -3, seed: true, quiet: false,
    'quoted key': '',
    only: ['*.mkv', 'a,b', 'c'], none: [],
  });
});

test('refusals name the line', () => {
  const table: readonly (readonly [string, string])[] = [
    ['a = 1\n[table]', 'line 2: expected KEY = VALUE (no tables here), found a table'],
    ['a = 1\na = 2', 'line 2: expected each key once, found a'],
    ['a 1', 'line 1: expected "=" after a, found 1'],
    ['a = ', 'line 1: expected a string in quotes, a number, true or false, found the end of the line'],
    ['a = yes', 'line 1: expected a string in quotes, a number, true or false, found yes'],
    ['a = 1979-05-27', 'line 1: expected a string in quotes, a number, true or false, found 1979-05-27'],
    ['a = 1 b = 2', 'line 1: expected the end of the line, found b = 2'],
    ['a = """x"""', 'line 1: expected a string in quotes, a number, true or false, found """x"""'],
    ['a = [1 2]', 'line 1: expected "," or "]", found 2]'],
    ['\n\na = "x', 'line 3: expected a string in quotes, a number, true or false, found "x'],
    ['= 1', 'line 1: expected a key, found = 1'],
  ];
  for (const [text, message] of table) {
    const parsed = parseToml(text);
    assert.ok(!parsed.ok, text);
    assert.equal(describe(parsed.error), message);
  }
});

test('no text makes it throw', () => {
  const piece = fc.constantFrom('a', '=', '"', "'", '[', ']', ',', '\n', ' ', '#', '1', '.', '\\', 'true', '_', '-');
  fc.assert(fc.property(fc.array(piece).map((p) => p.join('')), (text) => { parseToml(text); }));
});
