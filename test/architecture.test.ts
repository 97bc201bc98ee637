/** Holds the layers of the house: which folder may import from which, what may ask the machine for time and chance, how long a file may be. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join, posix, relative } from 'node:path';
import { test } from 'node:test';

const ROOT = join(import.meta.dirname, '../..');
const SRC = join(ROOT, 'src');

/** Folder -> folders below `src` that it may import, besides itself; `node` and packages by name. */
const LAYERS: Readonly<Record<string, readonly string[]>> = {
  base: [],
  protocol: ['base', 'bencode'],
  model: ['base'],
  policy: ['base', 'model'],
  kernel: ['base', 'xstate'],
  ports: ['base'],
  bounds: ['base', 'ports', 'p-queue'],
  process: ['base', 'protocol', 'model', 'policy', 'kernel', 'ports', 'client.ts', 'xstate', 'p-queue'],
  edge: ['base', 'ports', 'node'],
  graph: ['kernel', 'base', '@dagrejs/dagre'],
  library: ['base', 'protocol', 'policy', 'ports', 'edge', 'client.ts', 'compose.ts', 'node'],
  web: ['base', 'ports', 'graph', 'kernel', 'preact', 'uplot'],
  sim: ['base', 'protocol', 'model', 'policy', 'kernel', 'ports', 'edge', 'client.ts', 'compose.ts', 'node'],
};
/** Folders and files that may import anything of the project. */
const FREE = new Set(['cli', 'compose.ts', 'client.ts']);
const MOST_LINES = 400;

interface Import {
  readonly target: string;
  readonly typeOnly: boolean;
}

const files = readdirSync(SRC, { recursive: true, encoding: 'utf8' }).filter((f) => /\.tsx?$/.test(f)).map((f) => f.split('\\').join('/'));

function importsOf(file: string): Import[] {
  const text = readFileSync(join(SRC, file), 'utf8');
  const statements = text.matchAll(/^(?:import|export)\s+(type\s+)?[^;]*?from\s+'([^']+)';/gms);
  return [...statements].map(([, type, target]) => ({ typeOnly: type !== undefined, target: resolve(file, target!) }));
}

function resolve(from: string, target: string): string {
  if (target.startsWith('.')) return posix.join(posix.dirname(from), target).replace(/\.js$/, '.ts');
  return target.startsWith('node:') ? 'node' : target;
}

const layerOf = (path: string): string => path.split('/')[0]!;

for (const file of files) {
  test(`layers: ${file}`, () => {
    const layer = layerOf(file);
    if (FREE.has(layer)) return;
    const allowed = LAYERS[layer];
    assert.ok(allowed, `src/${layer} is in no layer: add it to the table, or move the file`);
    for (const { target } of importsOf(file)) {
      const to = layerOf(target);
      assert.ok(to === layer || allowed.includes(to), `src/${file} imports ${target}, and ${layer} may import only ${allowed.join(', ') || 'nothing'}`);
    }
  });
}

test('the README tells the same: a row for each folder, with the layers that it may import', () => {
  const rows = readFileSync(join(ROOT, 'README.md'), 'utf8').matchAll(/^\| \[src\/([^\]]+)\]\(src\/[^)]+\) \|.*\| (.*) \|$/gm);
  const told = Object.fromEntries([...rows].map(([, layer, allowed]) => [layer!, allowed!]));
  const isOfProject = (name: string): boolean => name in LAYERS || FREE.has(name);
  const held = Object.entries(LAYERS).map(([layer, allowed]) => [layer, allowed.filter(isOfProject).join(', ') || 'nothing'] as const);
  assert.deepEqual(told, { ...Object.fromEntries(held), ...Object.fromEntries([...FREE].map((layer) => [layer, 'anything'])) });
});

test('a process knows another process only as a type', () => {
  const isProcess = new Set(files.filter((f) => layerOf(f) === 'process' && /\bdefineProcess\(/.test(readFileSync(join(SRC, f), 'utf8'))));
  assert.ok(isProcess.size >= 15, `found only ${isProcess.size} processes`);
  for (const file of files.filter((f) => layerOf(f) === 'process' && f !== 'process/index.ts')) {
    for (const { target, typeOnly } of importsOf(file)) {
      if (target === file || !isProcess.has(target)) continue;
      assert.ok(typeOnly, `src/${file} imports src/${target}, another process, as more than a type`);
    }
  }
});

test('pure layers ask nothing of the machine', () => {
  const ambient = /\b(Date\.now|new Date\(\)|Math\.random|setTimeout|setInterval|setImmediate|performance\.now|process\.(?:env|hrtime))\b/;
  // The page is a program of its own, in a browser.
  for (const file of files.filter((f) => !['edge', 'cli'].includes(layerOf(f)) && !f.startsWith('web/page/'))) {
    const code = readFileSync(join(SRC, file), 'utf8').replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, '');
    assert.doesNotMatch(code, ambient, `src/${file}`);
  }
});

test('every file says at its top what it is, and is short enough to be about one thing', () => {
  for (const file of files) {
    const text = readFileSync(join(SRC, file), 'utf8');
    assert.match(text, /^(#!.*\n)?\/\*\*/, `src/${file} does not open with a comment`);
    const lines = text.split('\n').length;
    assert.ok(lines <= MOST_LINES, `src/${file} has ${lines} lines; ${MOST_LINES} is the most`);
  }
});

test('the pieces of this test see what they should', () => {
  assert.ok(files.length > 60, relative(ROOT, SRC));
  assert.deepEqual(importsOf('base/random.ts'), []);
  assert.ok(importsOf('process/limiter.ts').some((i) => i.target === 'process/choke-mgr.ts' && i.typeOnly));
  assert.ok(importsOf('edge/sha1.ts').some((i) => i.target === 'node'));
});
