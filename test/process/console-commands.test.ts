import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { infoHash } from '../../src/base/brand.js';
import { findTorrent, HELP, parseCommand, type Command, type LimitNamed } from '../../src/process/console-commands.js';

for (const word of ['help', 'status', 'peers', 'graph', 'quit'] as const) {
  test(`${word}: in any case, with spaces around, without arguments`, () => {
    assert.deepEqual(parseCommand(`  ${word.toUpperCase()} `), { ok: true, value: { type: word } });
    const found = parseCommand(`${word} now`);
    assert.deepEqual(!found.ok && found.error, { field: word, expected: 'no arguments', found: 'now' });
  });
}

for (const word of ['files', 'pause', 'resume'] as const) {
  test(`${word}: all, or one torrent`, () => {
    assert.deepEqual(parseCommand(word), { ok: true, value: { type: word, torrent: undefined } });
    assert.deepEqual(parseCommand(`${word} my  film`), { ok: true, value: { type: word, torrent: 'my film' } });
  });
}

const limits: readonly (readonly [string, 'up' | 'down', number | null, LimitNamed?])[] = [
  ['limit up 20', 'up', 20_000], ['limit down 0', 'down', null], ['limit up 1.5M', 'up', 1_500_000],
  ['limit down 64Ki', 'down', 65_536], ['limit up 20  my film', 'up', 20_000, { start: 'my film' }],
  ['limit up 20 each torrent', 'up', 20_000, 'each torrent'], ['limit down 0 each peer', 'down', null, 'each peer'],
];
for (const [line, direction, limit, of = 'all'] of limits) {
  test(line, () => assert.deepEqual(parseCommand(line), { ok: true, value: { type: 'limit', direction, limit, of } }));
}

const named = (name: string, ...params: string[]) => ({ name, params });
const policies: readonly (readonly [string, Command])[] = [
  ['policy wgo', { type: 'policy', policy: named('wgo'), torrent: undefined }],
  ['policy ./mine.mjs k=v  l=w', { type: 'policy', policy: named('./mine.mjs', 'k=v', 'l=w'), torrent: undefined }],
  ['policy wgo slots=7 for my film', { type: 'policy', policy: named('wgo', 'slots=7'), torrent: 'my film' }],
  ['shadow bep3 slots=2', { type: 'shadow', policy: named('bep3', 'slots=2') }],
  ['shadow off', { type: 'shadow', policy: undefined }],
];
const priorities: readonly (readonly [string, string, string, string?])[] = [
  ['priority *.mkv high', '*.mkv', 'high'], ['priority my  film*.mkv  SKIP', 'my film*.mkv', 'skip'],
  ['priority extra/** low for my film', 'extra/**', 'low', 'my film'],
];
for (const [line, glob, priority, torrent] of priorities) {
  test(line, () => assert.deepEqual(parseCommand(line), { ok: true, value: { type: 'priority', glob, priority, torrent } }));
}

const removals: readonly (readonly [string, string, boolean])[] = [
  ['remove my  film', 'my film', false], ['remove film --with-data', 'film', true], ['remove --with-data my film', 'my film', true],
];
for (const [line, torrent, withData] of removals) {
  test(line, () => assert.deepEqual(parseCommand(line), { ok: true, value: { type: 'remove', torrent, withData } }));
}

for (const [line, value] of policies) test(line, () => assert.deepEqual(parseCommand(line), { ok: true, value }));

test('a torrent by its name, or the start of that or of its info-hash, if there is one only', () => {
  const known = ['Alpha', 'alpine', 'beta', 'Beta 2'].map((name, i) => ({ name, torrent: infoHash(String(i + 1).repeat(40)) }));
  const found = (start: string): string => {
    const result = findTorrent(start, known);
    return result.ok ? result.value[0]! : `${result.error.field}: ${result.error.found}`;
  };
  assert.deepEqual(['ALPH', 'BETA', 'beta ', '22', 'al', 'x'].map(found),
    ['1', '3', '4', '2', "torrent: 2 like 'al'", "torrent: 0 like 'x'"]);
});

const wrong: readonly (readonly [string, RegExp, RegExp])[] = [
  ['', /^command$/, /one of help, status/],
  ['stauts', /^command$/, /one of/],
  ['limit', /^limit$/, /up or down, and a rate/],
  ['limit up', /^limit$/, /up or down/],
  ['limit sideways 3', /^limit$/, /up or down/],
  ['limit up fast', /^rate$/, /KB\/s/],
  ['limit up -3', /^rate$/, /KB\/s/],
  ['policy', /^policy$/, /a name or a file/],
  ['policy for x', /^policy$/, /a name or a file/],
  ['policy wgo for', /^policy$/, /a name or a file/],
  ['priority', /^priority$/, /a glob and one of high, normal, low, skip/],
  ['priority high', /^priority$/, /a glob and/],
  ['priority *.mkv urgent', /^priority$/, /a glob and/],
  ['priority *.mkv high for', /^priority$/, /a glob and/],
  ['remove', /^remove$/, /start of one name or info-hash/],
  ['remove --with-data', /^remove$/, /start of one name or info-hash/],
  ['shadow', /^shadow$/, /a name, a file, or off/],
];
for (const [line, field, expected] of wrong) {
  test(`'${line}' is refused with what is accepted`, () => {
    const parsed = parseCommand(line);
    assert.ok(!parsed.ok);
    assert.match(parsed.error.field, field);
    assert.match(parsed.error.expected, expected);
  });
}

test('a slip of the finger is recognised', () => {
  const parsed = parseCommand('stauts');
  assert.match(!parsed.ok ? parsed.error.found : '', /status/);
});

test('whatever is typed gives a command or a flaw', () => {
  fc.assert(fc.property(fc.string(), (line) => void parseCommand(line)));
  fc.assert(fc.property(fc.constantFrom('limit', 'policy', 'priority', 'limit up', 'policy wgo'), fc.string(),
    (a, b) => void parseCommand(`${a} ${b}`)));
});

test('help names every command', () => {
  for (const word of ['status', 'peers', 'files', 'priority', 'limit', 'policy', 'shadow', 'pause', 'resume', 'quit']) {
    assert.ok(HELP.some((line) => line.includes(word)), word);
  }
});
