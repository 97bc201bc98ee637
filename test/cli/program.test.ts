/** The built program as a user runs it: exit codes, and what is on which stream. Offline, in a folder of its own. */
import assert from 'node:assert/strict';
import { spawn, spawnSync, type ChildProcessByStdio } from 'node:child_process';
import { existsSync } from 'node:fs';
import { appendFile, mkdir, mkdtemp, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { after, before, test } from 'node:test';
import { PROGRAM } from '../../src/cli/entries.js';

interface Ran {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

let folder = '';

function actorrent(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Ran> {
  const child = spawn(process.execPath, [PROGRAM, ...args], {
    cwd: folder, stdio: ['ignore', 'pipe', 'pipe'],
    env: { PATH: process.env['PATH'], ACTORRENT_CONFIG: 'none', SOURCE_DATE_EPOCH: '1000000000', ...env },
  });
  return ran(child);
}

function ran(child: ChildProcessByStdio<Writable | null, Readable, Readable>): Promise<Ran> {
  let [out, err] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (t: string) => { out += t; });
  child.stderr.setEncoding('utf8').on('data', (t: string) => { err += t; });
  return new Promise((resolve) => { child.on('close', (code) => resolve({ code, out, err })); });
}

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'actorrent-test-'));
  await mkdir(join(folder, 'show/extra'), { recursive: true });
  await writeFile(join(folder, 'show/a.bin'), Buffer.alloc(100_000, 1));
  await writeFile(join(folder, 'show/empty'), '');
  await writeFile(join(folder, 'show/extra/b.bin'), Buffer.alloc(30_000, 2));
  const trackers = ['--tracker', 'http://t/announce,http://u/announce', '--tracker', 'udp://v:1'];
  const made = await actorrent(['create', 'show', ...trackers, '--comment', 'hi']);
  assert.deepEqual(made, {
    code: 0, err: '',
    out: 'show.torrent: 130 KB in 3 files, 8 pieces of 16 KiB\ninfo-hash a7eb4b950531912f7b77b9ff9d57704b95a655d5\n',
  });
});
after(() => rm(folder, { recursive: true }));

test('info: for people and for programs', async () => {
  const { code, out } = await actorrent(['info', 'show.torrent']);
  assert.equal(code, 0);
  assert.match(out, /^Name {7}show\nInfo-hash {2}a7eb4b95/);
  assert.match(out, /^Created {4}2001-09-09T01:46:40Z by actorrent /m);
  assert.match(out, /^Trackers {3}1\. http:\/\/t\/announce\n {11}1\. http:\/\/u\/announce\n {11}2\. udp:\/\/v:1$/m);
  const json = JSON.parse((await actorrent(['info', 'show.torrent', '--json'])).out) as Record<string, unknown>;
  assert.deepEqual(json['files'], [
    { path: 'show/a.bin', length: 100_000 }, { path: 'show/empty', length: 0 },
    { path: 'show/extra/b.bin', length: 30_000 },
  ]);
  assert.deepEqual([json['bytes'], json['pieces'], json['comment'], json['private']], [130_000, 8, 'hi', false]);
});

test('magnet', async () => {
  const { code, out } = await actorrent(['magnet', 'show.torrent']);
  assert.equal(code, 0);
  assert.match(out, /^magnet:\?xt=urn:btih:a7eb4b95[0-9a-f]{32}&dn=show&tr=http%3A%2F%2Ft%2Fannounce&tr=/);
});

test('create: the same again, other options, and nothing is overwritten unasked', async () => {
  const again = await actorrent(['create', 'show']);
  assert.deepEqual([again.code, again.err], [1, 'actorrent: show.torrent: exists; --force replaces it\n']);
  const folderThere = await actorrent(['create', 'show', '-o', 'show', '--force']);
  assert.deepEqual([folderThere.code, folderThere.err], [1, 'actorrent: show: is a folder; name a file in it\n']);
  const noFolder = await actorrent(['create', 'show', '-o', 'none/x.torrent']);
  assert.deepEqual([noFolder.code, noFolder.err], [1, 'actorrent: none/x.torrent: no such file or directory\n']);
  const changes = ['--piece-length', '64Ki', '--private', '--name', 'other', '--procs', '2'];
  const other = await actorrent(['create', 'show', '-o', 'p.torrent', ...changes, '--json']);
  const json = JSON.parse(other.out) as Record<string, unknown>;
  assert.deepEqual([json['file'], json['name'], json['private'], json['pieces']], ['p.torrent', 'other', true, 2]);
  const one = await actorrent(['create', 'show/a.bin', '-o', '-']);
  assert.match(one.out, /^d10:created by/);
  assert.match((await actorrent(['create', 'show/empty'])).err, /nothing in it to share/);
  assert.match((await actorrent(['create', 'nowhere'])).err, /^actorrent: nowhere: no such file or directory\n$/);
});

test('create: what is ignored, with all that is in it, and the tag of a tracker', async () => {
  const files = async (...globs: readonly string[]): Promise<readonly string[]> => {
    const { out } = await actorrent(['create', 'show', '-o', 'i.torrent', '--force', '--json', ...globs.flatMap((g) => ['--ignore', g])]);
    return (JSON.parse(out) as { files: { path: string }[] }).files.map((f) => f.path);
  };
  assert.deepEqual(await files('extra'), ['show/a.bin', 'show/empty']);
  assert.deepEqual(await files('extra/*.bin', 'empty'), ['show/a.bin']);
  const hashes = await Promise.all(['A', 'B'].map(async (tag) => {
    const { out } = await actorrent(['create', 'show', '-o', `${tag}.torrent`, '--source', tag, '--json']);
    const { infoHash, source } = JSON.parse(out) as Record<string, unknown>;
    assert.equal(source, tag);
    return infoHash;
  }));
  assert.notEqual(hashes[0], hashes[1]);
});

test('a bad torrent: exit 3, and one line that says what is wrong and where', async () => {
  const bytes = await readFile(join(folder, 'show.torrent'), 'latin1');
  await writeFile(join(folder, 'bad.torrent'), bytes.replace('piece lengthi16384e', 'piece lengthi-6384e'), 'latin1');
  for (const command of ['info', 'magnet', 'verify', 'download']) {
    const { code, out, err } = await actorrent([command, 'bad.torrent']);
    assert.deepEqual([code, out], [3, ''], command);
    assert.match(err, /^bad\.torrent: info\.piece length: expected [^\n]+, found -6384\n$/);
  }
});

test('a folder where a torrent should be', async () => {
  const { code, err } = await actorrent(['info', 'show']);
  assert.deepEqual([code, err], [1, 'actorrent: show: a folder, not a torrent file; actorrent create makes one of it\n']);
});

test('a stdout that is full is told of, one that is closed is not', { skip: !existsSync('/dev/full') && 'no /dev/full here' }, async () => {
  const shell = (script: string): Promise<Ran> => ran(spawn('/bin/sh', ['-c', script, process.execPath, PROGRAM], { cwd: folder }));
  assert.deepEqual(await shell('"$0" "$1" info show.torrent > /dev/full'),
    { code: 1, out: '', err: 'actorrent: stdout: no space left on device\n' });
  assert.deepEqual(await shell('exec 3>&1; { "$0" "$1" help download; echo $? >&3; } | true'), { code: 0, out: '0\n', err: '' });
});

test('verify: exit 0, or 4 and what is bad', async () => {
  const good = await actorrent(['verify', 'show.torrent']);
  assert.deepEqual(good, { code: 0, err: '', out: 'show: all 8 pieces match, 130 KB in .\n' });
  assert.deepEqual(await actorrent(['verify', 'show.torrent', '--procs', '0']), good, 'on the main thread');
  const a = join(folder, 'show/a.bin');
  const whole = await readFile(a);
  try {
    const wrong = Buffer.from(whole);
    wrong[20_000] = 0;
    await writeFile(a, wrong);
    await truncate(join(folder, 'show/extra/b.bin'), 29_999);
    await rm(join(folder, 'show/empty'));
    const bad = await actorrent(['verify', 'show.torrent', '--procs', '2']);
    assert.deepEqual(bad, {
      code: 4, err: '',
      out: 'piece 1 is wrong  show/a.bin\npiece 7 is missing  show/extra/b.bin\nfile is not there  show/empty\n'
        + 'show: 2 of 8 pieces do not match\n',
    });
    const { out } = await actorrent(['verify', 'show.torrent', '--json']);
    const events = out.trim().split('\n').map((line) => (JSON.parse(line) as { readonly event: string }).event);
    assert.deepEqual(events, ['bad', 'bad', 'missing', 'checked']);
  } finally {
    await writeFile(a, whole);
    await appendFile(join(folder, 'show/extra/b.bin'), Buffer.of(2));
    await writeFile(join(folder, 'show/empty'), '');
  }
});

test('usage: exit 2 and one line on stderr', async () => {
  const wrong = [['--nope', 'x'], ['inof'], ['info'], ['./x.torrent', '--up-limit', 'fast'],
    ...[['--only', 'zzz*'], ['--choke-policy', 'wog'], ['--choke-param', 'slots=none'], ['--config', 'nowhere.toml']]
      .map((words) => ['show.torrent', ...words])];
  for (const args of wrong) {
    const { code, out, err } = await actorrent(args);
    assert.equal(code, 2, args.join(' '));
    assert.deepEqual([out, err.split('\n').length], ['', 2], err);
    assert.match(err, /^actorrent: /);
  }
  const bare = await actorrent([]);
  assert.deepEqual([bare.code, bare.out.startsWith('actorrent ')], [2, true]);
  assert.equal((await actorrent(['--version'])).code, 0);
});

test('what is wrong is told in the words it was typed in', async () => {
  const table: readonly (readonly [args: readonly string[], code: number, line: string])[] = [
    [['show.torrent', '--choke-policy', 'wog-fixed'], 2,
      '--choke-policy: expected a name that `actorrent policies` lists (did you mean wgo-fixed?), found "wog-fixed"'],
    [['show.torrent', '--choke-param', 'slots'], 2, 'choke parameter: expected KEY=VALUE, found "slots"'],
    [['show.torrent', '--folder', ''], 2, '--folder: expected DIR, found nothing'],
    [['show.torrent', '--folder', 'show.torrent'], 2, '--folder: expected a folder, found the file "show.torrent"'],
    [['verify', 'show.torrent', '--folder', 'show.torrent'], 2, '--folder: expected a folder, found the file "show.torrent"'],
    [['create', 'show', '--name', '..'], 2, '--name: expected a file name, without a path, found ".."'],
    [['graph', '--out', 'none/x'], 1, 'none/x: no such file or directory'],
    [['simulate', 'run', 'newcomer', '--html', 'none/x'], 1, 'none/x: no such file or directory'],
    [['simulate', 'run', 'newcomer', '--svg', 'show.torrent'], 1, 'show.torrent: file already exists'],
    [['info', 'a7eb4b950531912f7b77b9ff9d57704b95a655d'], 1,
      'a7eb4b950531912f7b77b9ff9d57704b95a655d: no such file or directory; an info-hash has 40 digits, not 39'],
    [['info', 'ftp://x/y'], 1, 'ftp://x/y: no such file or directory; a URL begins with http:// or https://'],
  ];
  for (const [args, code, line] of table) {
    const ran = await actorrent(args);
    assert.deepEqual([ran.code, ran.err], [code, `actorrent: ${line}\n`]);
  }
});

test('a folder with nothing of the torrent is most often the wrong one', async () => {
  const { code, out } = await actorrent(['verify', 'show.torrent', '--folder', 'elsewhere']);
  assert.deepEqual([code, out], [4, 'pieces 0-7 are missing  show/a.bin, show/extra/b.bin\n'
    + 'nothing of show is in elsewhere; --folder names the folder that holds it\nshow: 8 of 8 pieces do not match\n']);
});

test('variables and the config file are read, and their mistakes are told by name', async () => {
  await writeFile(join(folder, 'c.toml'), 'port = "x"\n');
  const byFile = await actorrent(['show.torrent', '--config', 'c.toml']);
  assert.equal(byFile.code, 2);
  assert.equal(byFile.err, 'actorrent: c.toml: port: expected an integer from 0 to 65535, found "x"\n');
  const variables = { ACTORRENT_MAX_PEERS: '0', ACTORRENT_CONFIG: 'c.toml', ACTORRENT_PORT: '0' };
  // `seed` takes what `download` takes.
  await writeFile(join(folder, 'd.toml'), 'only = "a.bin"\nseed = true\n');
  const words = ['seed', 'show.torrent', '--config', 'd.toml', '--seed-time', '0.001', '--ip', '127.0.0.1', '--port', '0', '--sequential'];
  const both = await actorrent([...words, '--json']);
  assert.equal(both.code, 0, both.err);
  const stats = both.out.split('\n').find((line) => line.startsWith('{"event":"stats"'))!;
  assert.equal((JSON.parse(stats) as { wanted: number }).wanted, 114_688, 'the seven pieces of a.bin alone');
  const byVariable = await actorrent(['show.torrent'], variables);
  assert.equal(byVariable.err, 'actorrent: ACTORRENT_MAX_PEERS: expected an integer from 1 to 10000, found "0"\n');
});

test('whoever has no home has no config file', (t) => {
  if (process.getuid?.() !== 0) return t.skip('root may be anybody');
  const asNobody = (...args: readonly string[]) => spawnSync(process.execPath, [PROGRAM, ...args],
    { cwd: '/', env: { PATH: process.env['PATH'] }, uid: UNLISTED, gid: UNLISTED, encoding: 'utf8' });
  if (asNobody('--version').status !== 0) return t.skip('root has it where nobody else may run it');
  const { status, stderr } = asNobody('download', './nowhere.torrent');
  assert.deepEqual([status, stderr], [1, 'actorrent: ./nowhere.torrent: no such file or directory\n']);
});
/** Nobody has this number. */
const UNLISTED = 54_321;

test('seed refuses a folder that has nothing of the torrent, and leaves it alone', async () => {
  const { code, err } = await actorrent(['seed', 'show.torrent', '--folder', 'elsewhere']);
  assert.equal(code, 1);
  assert.equal(err, 'actorrent: nothing of show is in elsewhere; --folder names the folder that holds it\n');
  await assert.rejects(readFile(join(folder, 'elsewhere')), { code: 'ENOENT' });
});

test('the same with chaos: processes die in every client, and the bytes are right', async () => {
  const { code, out, err } = await actorrent(['demo', '--chaos', '--size', '16', '--folder', 'demo-chaos']);
  assert.deepEqual([code, err], [0, ''], out);
  assert.match(out, /(seeder|leecher-\d) +\w+ +killed; (back: |its peer ends)/);
  assert.match(out, /chaos +\d+ processes killed: /);
  assert.match(out, /every byte of 6 files is the same in all four folders/);
});

test('a whole small swarm: the demo compares every byte', async () => {
  const { code, out, err } = await actorrent(['demo', '--size', '2', '--folder', 'demo']);
  assert.deepEqual([code, err], [0, ''], out);
  assert.match(out, /every byte of 6 files is the same in all four folders/);
  const [, ...shares] = / in \d+:\d+; ([\d.]+) (\w+) came from the seeder, ([\d.]+) (\w+) from other leechers$/m.exec(out) ?? [];
  const [bySeeder, byLeechers] = [0, 2].map((i) => Number(shares[i]) * { B: 1, KB: 1e3, MB: 1e6 }[shares[i + 1]!]!);
  const copies = (bySeeder! + byLeechers!) / (2 * 2 ** 20);
  // Some blocks come twice at the end.
  assert.ok(copies > 2.98 && copies < 3.5, `three copies of 2 MiB: ${shares.join(' ')}`);
});
