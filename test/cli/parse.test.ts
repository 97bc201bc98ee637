/** From words to a command; and that help, made from the same tables, fits a screen. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { COMMANDS } from '../../src/cli/commands/all.js';
import { commandHelp, programHelp } from '../../src/cli/help.js';
import { parseArgv } from '../../src/cli/parse.js';

const HASH = '0123456789abcdef0123456789abcdef01234567';

function parsed(...argv: readonly string[]): unknown {
  const p = parseArgv(argv, COMMANDS);
  if (p.type === 'run') return { ...p, command: p.command.name, given: Object.fromEntries(p.given) };
  return p.type === 'help' ? { ...p, command: p.command?.name } : p;
}
const run = (command: string, args: readonly string[], given: object = {}): object =>
  ({ type: 'run', command, args, given });

test('commands, and the short form of download', () => {
  assert.deepEqual(parsed('info', 'x'), run('info', ['x']));
  assert.deepEqual(parsed('./x'), run('download', ['./x']));
  assert.deepEqual(parsed('x.torrent', 'y', '--seed'), run('download', ['x.torrent', 'y'], { seed: ['yes'] }));
  assert.deepEqual(parsed(HASH), run('download', [HASH]));
  assert.deepEqual(parsed('http://x/y'), run('download', ['http://x/y']));
  assert.deepEqual(parsed('--folder', 'out', 'x.torrent'), run('download', ['x.torrent'], { folder: ['out'] }));
});

test('wgo', () => assert.deepEqual(
  parsed('-torrent=x', '-folder=y', '-procs=2', '-port=0', '-up_limit=20', '-down_limit', '30'),
  run('download', ['x'], { folder: ['y'], procs: ['2'], port: ['0'], upLimit: ['20'], downLimit: ['30'] })));

test('options: last one wins, lists grow, flags can be undone', () => {
  assert.deepEqual(
    parsed('x.t', '--port', '1', '--port=2', '--peer', 'a:1', '--peer=b:2', '--no-seed', '--choke-param', 'a=b'),
    run('download', ['x.t'], { port: ['2'], peer: ['a:1', 'b:2'], seed: ['no'], chokeParam: ['a=b'] }));
  const made = run('create', ['p'], { output: ['f'], tracker: ['u'] });
  assert.deepEqual(parsed('create', 'p', '-o', 'f', '--tracker', 'u'), made);
  assert.deepEqual(parsed('info', '--', '--json'), run('info', ['--json']));
});

test('help and version', () => {
  const all = { type: 'help', command: undefined };
  for (const argv of [[], ['--help'], ['-h'], ['help']]) assert.deepEqual(parsed(...argv), all);
  for (const argv of [['info', '--help'], ['help', 'info'], ['info', '-h', 'x'], ['info', '--help', '--nonsense']]) {
    assert.deepEqual(parsed(...argv), { type: 'help', command: 'info' });
  }
  assert.deepEqual(parseArgv(['--version'], COMMANDS), { type: 'version' });
});

test('wrong usage is one line that names the nearest', () => {
  const table: readonly (readonly [argv: readonly string[], message: string])[] = [
    [['dowload', 'x'], 'unknown command dowload (did you mean download?); see actorrent --help'],
    [['film'], 'unknown command film (a file: ./film); see actorrent --help'],
    [['help', 'film'], 'unknown command film; see actorrent --help'],
    [['help', 'inof'], 'unknown command inof (did you mean info?); see actorrent --help'],
    [['x.t', '--fodler', 'y'], 'unknown option --fodler (did you mean --folder?); see actorrent download --help'],
    [['x.t', '-up_limt=3'], 'unknown option --up-limt (did you mean --up-limit?); see actorrent download --help'],
    [['x.t', '--zzzzzzzzz'], 'unknown option --zzzzzzzzz; see actorrent download --help'],
    [['x.t', '--folder'], '--folder: expected DIR, found nothing'],
    [['x.t', '--json=no'], '--json: takes no value; its opposite is --no-json'],
    [['info'], 'usage: actorrent info TORRENT; see actorrent info --help'],
    [['info', 'a', 'b'], 'info: unexpected argument b; see actorrent info --help'],
    [['--json', 'info', 'x'], 'the command comes first: actorrent info ...'],
    [['scrape', 'x'], 'usage: actorrent scrape URL INFOHASH...; see actorrent scrape --help'],
  ];
  for (const [argv, message] of table) assert.throws(() => parseArgv(argv, COMMANDS), { code: 2, message });
});

test('help fits a screen of 80 x 24', () => {
  const pages = [programHelp(COMMANDS, '99.99.99'), ...COMMANDS.map((c) => commandHelp(c))];
  for (const page of pages) {
    const lines = page.split('\n');
    assert.ok(lines.length <= 23, page);
    for (const line of lines) assert.ok(line.length <= 80, line);
  }
});

test('what few people need is left to --help-all, and help says so', () => {
  const download = COMMANDS.find((c) => c.name === 'download')!;
  assert.match(commandHelp(download), /^\d+ more: actorrent download --help-all$/m);
  assert.doesNotMatch(commandHelp(download), /--record-choke/);
  assert.match(commandHelp(download, true), /--record-choke FILE/);
  const parsed = parseArgv(['download', '--help-all'], COMMANDS);
  assert.deepEqual([parsed.type, 'all' in parsed && parsed.all], ['help', true]);
});

test('help names every command and every option', () => {
  for (const command of COMMANDS) {
    assert.match(programHelp(COMMANDS, '1'), new RegExp(`^.{0,12}${command.name}`, 'm'));
    for (const key of Object.keys(command.options)) {
      assert.ok(commandHelp(command, true).includes(`--${key.replace(/[A-Z]/g, (c) => `-${c.toLowerCase()}`)}`), key);
    }
  }
});
