/**
 * The package as its users get it: packed, installed without network and without scripts, run as a program and imported by a program.
 * The code in docs/library.md is what is run and compiled.
 */
import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';

const ROOT = resolve(import.meta.dirname, '../../..');
const exec = promisify(execFile);

interface Packed {
  readonly filename: string;
  /** Bytes, packed. */
  readonly size: number;
  readonly files: readonly { readonly path: string }[];
}

let folder = '';
let packed: Packed;
/** The installed program, and a project that depends on the package. */
let program = '';
let project = '';

const npm = async (args: readonly string[], cwd: string): Promise<string> => {
  const env = { ...process.env, npm_config_cache: join(folder, 'cache'), npm_config_offline: 'true', npm_config_ignore_scripts: 'true' };
  return (await exec('npm', [...args, '--loglevel=error', '--no-audit', '--no-fund'], { cwd, env })).stdout;
};
const run = (file: string, ...args: readonly string[]): Promise<{ stdout: string; stderr: string }> =>
  exec(file, args, { cwd: folder, env: { PATH: process.env['PATH'], HOME: folder, ACTORRENT_CONFIG: 'none' } });

before(async () => {
  folder = mkdtempSync(join(tmpdir(), 'actorrent-package-'));
  [packed] = JSON.parse(await npm(['pack', '--json', '--pack-destination', folder], ROOT)) as [Packed];
  const archive = join(folder, packed.filename);
  project = join(folder, 'project');
  mkdirSync(project);
  writeFileSync(join(project, 'package.json'), JSON.stringify({ name: 'project', private: true, type: 'module' }));
  await npm(['install', '--global', '--prefix', join(folder, 'global'), archive], folder);
  await npm(['install', archive], project);
  program = join(folder, process.platform === 'win32' ? 'global/actorrent.cmd' : 'global/bin/actorrent');
});
after(() => rmSync(folder, { recursive: true, force: true }));

test('it holds what runs and nothing else, and depends on nothing', () => {
  const strange = packed.files.map((f) => f.path)
    .filter((path) => !/^(build\/dist\/.*\.(m?js|css|txt|d\.ts)|package\.json|README\.md|LICENSE|CHANGELOG\.md)$/.test(path));
  assert.deepEqual(strange, []);
  assert.ok(packed.size < 600_000, `${packed.size} bytes`);
  const manifest = JSON.parse(readFileSync(join(project, 'node_modules/actorrent/package.json'), 'utf8')) as Record<string, unknown>;
  assert.deepEqual([manifest['dependencies'], manifest['engines']], [undefined, { node: '>=20.19.0' }]);
  const licences = readFileSync(join(project, 'node_modules/actorrent/build/dist/LICENSES.txt'), 'utf8');
  assert.ok(/^xstate [\d.]+ \(MIT\)\n\n.*MIT License/m.test(licences));
});

test('installed, it runs as actorrent', async () => {
  const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { readonly version: string };
  assert.equal((await run(program, '--version')).stdout, `actorrent ${version}\n`);
  assert.match((await run(program, 'graph', '--view', 'owns', '--format', 'svg')).stdout, /<svg[^]*TorrentMgr[^]*<\/svg>/);
  const { stdout } = await run(program, 'demo', '--size', '1', '--folder', join(folder, 'demo'));
  assert.match(stdout, /every byte of \d+ files is the same in all four folders/);
});

test('the program of docs/library.md downloads from an installed seeder, and ends by itself', async (t) => {
  const content = join(folder, 'content.bin');
  writeFileSync(content, Buffer.alloc(300_000, 'content'));
  await run(program, 'create', content, '-o', 'content.torrent');
  const words = ['seed', 'content.torrent', '--folder', folder, '--ip', '127.0.0.1', '--port', '0', '--json'];
  const seeder = spawn(program, words, { cwd: folder, stdio: ['ignore', 'pipe', 'ignore'], env: { ...process.env, ACTORRENT_CONFIG: 'none' } });
  const ended = new Promise((end) => { seeder.once('close', end); });
  t.after(() => {
    seeder.kill();
    return ended;
  });
  let port = 0;
  for await (const line of createInterface({ input: seeder.stdout })) {
    const event = JSON.parse(line) as { readonly event: string; readonly port: number };
    if (event.event === 'listening') port = event.port;
    if (event.event === 'done') break;
  }
  const example = join(project, 'download.mjs');
  writeFileSync(example, blockOf('js'));
  const out = join(folder, 'out');
  const { stdout, stderr } = await run(process.execPath, example, 'content.torrent', out, `127.0.0.1:${port}`);
  assert.equal(stderr, '');
  assert.match(stdout, /^content\.bin: 300000 bytes in .*out$/m);
  assert.deepEqual(readFileSync(join(out, 'content.bin')), readFileSync(content));
});

test('the service of docs/deploy shares what is in its folder, with the options of its config file, until SIGTERM', async () => {
  const unit = readFileSync(join(ROOT, 'docs/deploy/actorrent.service'), 'utf8');
  const [, command = ''] = /^ExecStart=\/usr\/bin\/env (.*)$/m.exec(unit) ?? [];
  assert.match(unit, /^Environment=XDG_CONFIG_HOME=\/etc$/m);
  const [state, etc] = [join(folder, 'state'), join(folder, 'etc')];
  for (const path of [join(state, 'torrents'), join(state, 'files'), join(etc, 'actorrent')]) mkdirSync(path, { recursive: true });
  writeFileSync(join(state, 'files/a.bin'), Buffer.alloc(100_000, 'a'));
  await run(program, 'create', join(state, 'files/a.bin'), '-o', join(state, 'torrents/a.torrent'));
  writeFileSync(join(etc, 'actorrent/config.toml'), 'ip = "127.0.0.1"\nport = 0\nverbose = true\n');
  const env = { PATH: `${join(folder, 'global/bin')}:${process.env['PATH']}`, XDG_CONFIG_HOME: etc };
  const service = spawn('/usr/bin/env', command.split(' '), { cwd: state, stdio: ['ignore', 'pipe', 'ignore'], env });
  const ended = new Promise((end) => { service.once('close', end); });
  const said: string[] = [];
  for await (const line of createInterface({ input: service.stdout })) {
    said.push(line);
    if (line.endsWith('complete')) break;
  }
  service.stdout.resume();
  service.kill('SIGTERM');
  assert.equal(await ended, 130);
  assert.ok(said.some((line) => line.startsWith('listening on port ')), said.join('\n'));
});

/** What must compile, and what must not. */
const TYPES = `
import { createClient, type ClientEvent, type ChokePolicy, type EventOf, type Torrent } from 'actorrent';
declare const torrent: Torrent;
declare const policy: ChokePolicy<{ readonly slots: number }, { readonly round: number }>;
export const client = await createClient({ choke: policy, upLimit: null });
torrent.on('piece', ({ piece, have, name }) => { const sum: number = piece + have; return [sum, name.length]; });
export const reasonOf = (e: EventOf<'paused'> | EventOf<'error'>): string | undefined => e.reason;
export const isPiece = (e: ClientEvent): boolean => e.event === 'piece';
// @ts-expect-error no such event
client.on('nothing', () => undefined);
// @ts-expect-error not an event of a torrent
torrent.on('listening', () => undefined);
// @ts-expect-error a piece is a number
torrent.on('piece', ({ piece }) => { const text: string = piece; return text; });
// @ts-expect-error neither a path nor bytes
await client.add(5);
// @ts-expect-error no such option
await createClient({ uplimit: 5 });
`;

for (const [module, moduleResolution] of [['nodenext', 'nodenext'], ['esnext', 'bundler']] as const) {
  test(`its types hold in a project that resolves as ${moduleResolution}`, async () => {
    const sources = { 'download.ts': blockOf('js'), 'policy.ts': blockOf('ts'), 'types.ts': TYPES };
    for (const [name, text] of Object.entries(sources)) writeFileSync(join(project, name), text);
    const compilerOptions = {
      module, moduleResolution, target: 'es2023', lib: ['es2023'], strict: true, exactOptionalPropertyTypes: true, noEmit: true,
      skipLibCheck: false, types: ['node'], typeRoots: [join(ROOT, 'node_modules/@types')],
    };
    const config = join(project, `tsconfig.${moduleResolution}.json`);
    writeFileSync(config, JSON.stringify({ compilerOptions, files: Object.keys(sources) }));
    await exec(process.execPath, [join(ROOT, 'node_modules/typescript/bin/tsc'), '-p', config], { cwd: project })
      .catch((e: { readonly stdout: string }) => assert.fail(e.stdout));
  });
}

/** The one block of this language in docs/library.md. */
function blockOf(language: string): string {
  const blocks = [...readFileSync(join(ROOT, 'docs/library.md'), 'utf8').matchAll(/^```(\w+)\n([^]*?)^```$/gm)].filter(([, l]) => l === language);
  assert.equal(blocks.length, 1);
  return blocks[0]![2]!;
}
