/** Completions in the shells themselves, where they are installed; bash is always. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { COMMANDS } from '../../../src/cli/commands/all.js';
import { bashCompletion } from '../../../src/cli/completion/bash.js';
import { fishCompletion } from '../../../src/cli/completion/fish.js';
import { grammarOf } from '../../../src/cli/completion/grammar.js';
import { zshCompletion } from '../../../src/cli/completion/zsh.js';

const grammar = grammarOf(COMMANDS);
const folder = mkdtempSync(join(tmpdir(), 'actorrent-completion-'));
mkdirSync(join(folder, 'a folder'));
for (const name of ['one.torrent', 'two words.torrent', 'notes.txt']) writeFileSync(join(folder, name), '');
after(() => rmSync(folder, { recursive: true }));

function shell(program: string, args: readonly string[]): readonly string[] | undefined {
  const { error, status, stdout, stderr } = spawnSync(program, args, { cwd: folder, encoding: 'utf8' });
  if (error) return undefined;
  assert.equal(status, 0, stderr);
  return stdout.split('\n').filter(Boolean);
}

const inBash = (...words: readonly string[]): readonly string[] | undefined => shell('bash', ['--norc', '-c',
  `${bashCompletion(grammar)}\nCOMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _actorrent
  printf '%s\\n' "\${COMPREPLY[@]}" | sort -u`, 'bash', 'actorrent', ...words]);

const inFish = (...words: readonly string[]): readonly string[] | undefined => shell('fish', ['--no-config', '-c',
  `${fishCompletion(grammar)}\ncomplete -C '${['actorrent', ...words].join(' ')}'`])?.map((line) => line.split('\t')[0]!).sort();

const typed: readonly (readonly [words: readonly string[], completions: readonly string[]])[] = [
  [['sc'], ['scrape']],
  [['simulate', 'val'], ['validate']],
  [['simulate', 'run', '--sce'], ['--scenario']],
  [['download', '--up'], ['--up-limit']],
  [['download', '--choke-policy', 'wgo-'], ['wgo-fixed']],
  [['announce', '--event', 'st'], ['started', 'stopped']],
  [['completion', 'z'], ['zsh']],
  [['graph', '--format', ''], ['dot', 'json', 'mermaid', 'svg']],
  [['graph', '--view', 'Choke'], ['ChokeMgr']],
  [['help', 'sc'], ['scrape']],
  [['--vers'], ['--version']],
  [['--down'], ['--down-limit']],
  [['--preallocate', ''], ['full', 'none', 'sparse']],
  [['./some.torrent', '--down'], ['--down-limit']],
];
for (const [words, completions] of typed) {
  test(`actorrent ${words.join(' ')}: ${completions.join(', ')}`, (t) => {
    assert.deepEqual(inBash(...words), completions);
    const fish = inFish(...words);
    if (fish) assert.deepEqual(fish, completions);
    else t.diagnostic('fish is not installed');
  });
}

test('torrents and folders for a torrent, folders for a folder, names with spaces whole', () => {
  assert.deepEqual(inBash('info', ''), [...grammar.commands.find((c) => c.name === 'info')!.options.map((o) => o.long),
    'a folder', 'one.torrent', 'two words.torrent'].sort());
  assert.deepEqual(inBash('download', '--folder', ''), ['a folder']);
  assert.deepEqual(inBash('create', 'n'), ['notes.txt']);
});

test('zsh takes its script', (t) => {
  const taken = shell('zsh', ['-f', '-c', `autoload -Uz compinit; compinit -D; ${zshCompletion(grammar)}\nprint $_comps[actorrent]`]);
  if (taken) assert.deepEqual(taken, ['_actorrent']);
  else t.skip('zsh is not installed');
});

test('every command and every option is in every script', () => {
  for (const script of [bashCompletion(grammar), zshCompletion(grammar)]) {
    for (const { name, options } of grammar.commands) {
      assert.match(script, new RegExp(`^ +${name}\\)`, 'm'));
      for (const { long } of options) assert.ok(script.includes(long), `${name} ${long}`);
    }
  }
});
