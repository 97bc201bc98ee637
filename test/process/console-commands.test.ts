import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { HELP, parseCommand } from '../../src/process/console-commands.js';
import { findPolicy } from '../../src/policy/choke/registry.js';

for (const word of ['help', 'status', 'peers', 'pause', 'resume', 'quit'] as const) {
  test(`${word}: in any case, with spaces around, without arguments`, () => {
    assert.deepEqual(parseCommand(`  ${word.toUpperCase()} `), { ok: true, value: { type: word } });
    const found = parseCommand(`${word} now`);
    assert.deepEqual(!found.ok && found.error, { field: word, expected: 'no arguments', found: 'now' });
  });
}

const limits: readonly (readonly [string, 'up' | 'down', number | null])[] = [
  ['limit up 20', 'up', 20_000], ['limit down 0', 'down', null], ['limit up 1.5M', 'up', 1_500_000],
  ['limit down 64Ki', 'down', 65_536],
];
for (const [line, direction, limit] of limits) {
  test(line, () => assert.deepEqual(parseCommand(line), { ok: true, value: { type: 'limit', direction, limit } }));
}

test('a policy by name, its parameters checked', () => {
  const found = findPolicy('wgo');
  assert.ok(found.ok);
  assert.deepEqual(parseCommand('policy wgo'),
    { ok: true, value: { type: 'policy', chosen: { policy: found.value, params: found.value.defaults } } });
  const parsed = parseCommand('policy wgo slots=7 roundMs=1000');
  assert.ok(parsed.ok && parsed.value.type === 'policy');
  assert.deepEqual(parsed.value.chosen.params, { ...found.value.defaults, slots: 7, roundMs: 1000 });
});

const wrong: readonly (readonly [string, RegExp, RegExp])[] = [
  ['', /^command$/, /one of help, status/],
  ['stauts', /^command$/, /one of/],
  ['limit', /^limit$/, /up or down, and a rate/],
  ['limit up', /^limit$/, /up or down/],
  ['limit sideways 3', /^limit$/, /up or down/],
  ['limit up 3 4', /^limit$/, /up or down/],
  ['limit up fast', /^rate$/, /KB\/s/],
  ['limit up -3', /^rate$/, /KB\/s/],
  ['policy', /^choke policy$/, /one of tit-for-tat/],
  ['policy tit-for-tta', /^choke policy$/, /one of tit-for-tat/],
  ['policy wgo slots', /^choke parameter$/, /KEY=VALUE/],
  ['policy wgo slots=many', /^wgo\.slots$/, /an integer from 1 to 500/],
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
  fc.assert(fc.property(fc.constantFrom('limit', 'policy', 'limit up', 'policy wgo'), fc.string(),
    (a, b) => void parseCommand(`${a} ${b}`)));
});

test('help names every command', () => {
  for (const word of ['status', 'peers', 'limit', 'policy', 'pause', 'resume', 'quit']) {
    assert.ok(HELP.some((line) => line.includes(word)), word);
  }
});
