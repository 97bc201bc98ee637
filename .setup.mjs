// Set-up for `npm start` and `npm test`: installs dependencies and builds, each only when its inputs changed.
// Plain JavaScript with nothing but Node, since it runs before anything is installed.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync, mkdirSync, rmSync } from 'node:fs';
import { createHash } from 'node:crypto';
import { join } from 'node:path';

const [major, minor] = process.versions.node.split('.').map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
  fail(`actorrent needs Node 20.19 or newer; this is ${process.versions.node}. See https://nodejs.org.`);
}

const lock = digest(['package-lock.json', 'package.json']);
if (read('node_modules/.actorrent-lock') !== lock) {
  run('installing dependencies', 'npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error']);
  writeFileSync('node_modules/.actorrent-lock', lock);
}

const sources = digest(['tsconfig.json', 'package-lock.json', ...['src', 'test', 'bench', 'tools'].flatMap(walk)]);
if (read('build/.sources') !== sources) {
  // A file that was deleted or renamed must not live on as a stale test: start from nothing when the list changed.
  const list = ['src', 'test', 'bench', 'tools'].flatMap(walk).filter((f) => f.endsWith('.ts')).sort().join('\n');
  if (read('build/.list') !== list) rmSync('build', { recursive: true, force: true });
  run('building', 'npm', ['run', '--silent', 'build']);
  mkdirSync('build', { recursive: true });
  writeFileSync('build/.list', list);
  writeFileSync('build/.sources', sources);
}

function run(what, command, args) {
  process.stderr.write(`actorrent: ${what}...\n`);
  const { status, error } = spawnSync(command, args, { stdio: ['ignore', process.stderr, 'inherit'] });
  if (error) fail(`${what} failed: ${error.message}`);
  if (status !== 0) fail(`${what} failed; the lines above say why.`);
}

function walk(dir) {
  if (!existsSync(dir)) return [];
  return readdirSync(dir, { withFileTypes: true }).flatMap((e) =>
    e.isDirectory() ? walk(join(dir, e.name)) : [join(dir, e.name)]);
}

/** Size and modification time of every file: a stat each, so an unchanged tree costs milliseconds. */
function digest(files) {
  const hash = createHash('sha1').update(process.version);
  for (const file of files) {
    const { size, mtimeMs } = statSync(file);
    hash.update(`${file}:${size}:${mtimeMs}\n`);
  }
  return hash.digest('hex');
}

function read(file) {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}

function fail(message) {
  process.stderr.write(`actorrent: ${message}\n`);
  process.exit(1);
}
