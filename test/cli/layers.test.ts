/** Which place decides an option, and what an error says of it. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { layerOf } from '../../src/cli/config-file.js';
import { commandLine, environment, resolve, slips } from '../../src/cli/layers.js';
import { dashed, variableOf } from '../../src/cli/option.js';
import { SESSION_OPTIONS } from '../../src/cli/options.js';
import type { Scalar, Settings } from '../../src/cli/toml.js';

const none = commandLine(new Map());

test('names follow from the key', () => {
  assert.equal(dashed('chokePolicy'), 'choke-policy');
  assert.equal(variableOf('upLimit'), 'ACTORRENT_UP_LIMIT');
});

test('defaults', () => {
  const v = resolve(SESSION_OPTIONS, [none]);
  assert.deepEqual(
    [v.folder, v.port, v.upLimit, v.downLimit, v.chokePolicy, v.maxPeers, v.seed, v.peer, v.seedRatio],
    ['.', undefined, null, null, [], 80, false, [], undefined]);
  assert.ok(v.procs >= 1);
});

test('the command line wins, then variables, then the file', () => {
  const env = environment({ ACTORRENT_PORT: '2', ACTORRENT_SEED: 'yes', ACTORRENT_FOLDER: '' }, SESSION_OPTIONS);
  const settings: Settings = new Map<string, Scalar>([['port', 3], ['seed', false], ['folder', 'there']]);
  const file = layerOf('f', settings, SESSION_OPTIONS);
  const typed = commandLine(new Map([['port', ['1']]]));
  assert.equal(resolve(SESSION_OPTIONS, [typed, env, file]).port, 1);
  assert.equal(resolve(SESSION_OPTIONS, [none, env, file]).port, 2);
  assert.equal(resolve(SESSION_OPTIONS, [none, env, file]).seed, true);
  assert.equal(resolve(SESSION_OPTIONS, [none, env, file]).folder, 'there', 'an empty variable is the same as none');
  assert.equal(resolve(SESSION_OPTIONS, [commandLine(new Map([['seed', ['no']]])), env, file]).seed, false);
});

test('a list of one place replaces that of another', () => {
  const env = environment({ ACTORRENT_PEER: ' 10.0.0.1:1  [::1]:2 ' }, SESSION_OPTIONS);
  const both = [{ host: '10.0.0.1', port: 1 }, { host: '::1', port: 2 }];
  assert.deepEqual(resolve(SESSION_OPTIONS, [none, env]).peer, both);
  const typed = commandLine(new Map([['peer', ['localhost:3']]]));
  assert.deepEqual(resolve(SESSION_OPTIONS, [typed, env]).peer, [{ host: 'localhost', port: 3 }]);
});

test('an error names the place', () => {
  const bad: readonly (readonly [key: string, text: string, error: string])[] = [
    ['upLimit', 'fast', 'expected KB/s such as 500, 1.5M or 64Ki, or 0 for no limit, found "fast"'],
    ['port', '70000', 'expected an integer from 0 to 65535, found "70000"'],
    ['seedTime', '0', 'expected a number above 0, found "0"'],
    ['saveInterval', '0.01', 'expected a number from 0.1 to 3600, found "0.01"'],
    ['peer', 'nowhere', 'expected HOST:PORT or [IPV6]:PORT, found "nowhere"'],
    ['ip', '10.0.0.256', 'expected an IP address, found "10.0.0.256"'],
  ];
  for (const [key, text, error] of bad) {
    const name = dashed(key);
    const layers = [
      [commandLine(new Map([[key, [text]]])), `--${name}: ${error}`],
      [environment({ [variableOf(key)]: text }, SESSION_OPTIONS), `${variableOf(key)}: ${error}`],
      [layerOf('c.toml', new Map([[name, text]]), SESSION_OPTIONS), `c.toml: ${name}: ${error}`],
    ] as const;
    for (const [layer, message] of layers) {
      assert.throws(() => resolve(SESSION_OPTIONS, [layer]), { code: 2, message });
    }
  }
});

test('a variable that looks like a slip is told of, and no other', () => {
  const env = { ACTORRENT_FODLER: 'x', ACTORRENT_FOLDER: 'x', ACTORRENT_DEBUG: '1', ACTORRENT_PORT_6881_TCP: 'x', FOLDR: 'x' };
  assert.deepEqual(slips(env, SESSION_OPTIONS), ['ACTORRENT_FODLER sets nothing (did you mean ACTORRENT_FOLDER?)']);
});

test('a config file may not name what there is not, nor lists where one value is meant', () => {
  assert.throws(() => layerOf('c', new Map([['fodler', 'x']]), SESSION_OPTIONS),
    { code: 2, message: 'c: no option is called fodler (did you mean folder?)' });
  assert.throws(() => layerOf('c', new Map([['folder', ['a', 'b']]]), SESSION_OPTIONS),
    { code: 2, message: 'c: folder: expected one value, found 2' });
  assert.throws(() => layerOf('c', new Map([['config', 'x']]), SESSION_OPTIONS), { code: 2 });
});
