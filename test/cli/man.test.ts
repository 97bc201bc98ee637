import assert from 'node:assert/strict';
import { test } from 'node:test';
import { COMMANDS } from '../../src/cli/commands/all.js';
import { manPage } from '../../src/cli/man.js';
import { dashed } from '../../src/cli/option.js';

const page = manPage(COMMANDS, '1.2.3');
const lines = page.split('\n');

test('every command has a section and every option an entry', () => {
  for (const { name, options } of COMMANDS) {
    const from = lines.findIndex((line) => line.startsWith(`.SS ${name}`));
    assert.ok(from > 0, name);
    const to = lines.findIndex((line, i) => i > from && line.startsWith('.S'));
    const section = lines.slice(from, to);
    for (const key of Object.keys(options)) {
      const shown = `\\fB${`--${dashed(key)}`.replaceAll('-', '\\-')}\\fR`;
      assert.ok(section.some((line) => line.includes(shown)), `${name} ${key}`);
    }
  }
});

test('no line of text is taken for a request, and only known requests are used', () => {
  const requests = new Set(lines.filter((line) => /^[.']/.test(line)).map((line) => line.split(' ')[0]));
  assert.deepEqual([...requests].sort(), ['.B', '.I', '.PP', '.RI', '.SH', '.SS', '.TH', '.TP', '.br']);
});
