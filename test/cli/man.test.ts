import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { COMMANDS } from '../../src/cli/commands/all.js';
import { manPage } from '../../src/cli/man.js';
import { dashed } from '../../src/cli/option.js';
import { HELP as CONSOLE } from '../../src/process/console-commands.js';

const page = manPage(COMMANDS, { version: '1.2.3', madeAt: 1_000_000_000 });
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
  assert.deepEqual([...requests].sort(), ['.B', '.I', '.PP', '.RI', '.SH', '.SS', '.TH', '.TP', '.br', '.fi', '.nf']);
});

test('mandoc has nothing to complain of', (t) => {
  const { error, stdout } = spawnSync('mandoc', ['-Tlint', '-Wstyle'], { input: page, encoding: 'utf8' });
  if (error) return t.skip('mandoc is not installed');
  assert.equal(stdout, '');
});

test('it has the day it was made, the notes of commands as paragraphs, and the commands of the console', () => {
  assert.match(lines[0]!, /^\.TH ACTORRENT 1 "2001-09-09" "actorrent 1\.2\.3"/);
  const zsh = lines.findIndex((line) => line.startsWith('zsh, in'));
  assert.equal(lines[zsh - 1], '.PP');
  assert.ok(CONSOLE.every((command) => lines.includes(command.replaceAll('-', '\\-'))));
});
