/**
 * `npm run bundle`: what runs and is published, `build/dist`, made of the compiled modules: the program, the library with its types in one
 * file, their worker threads, the page, and the licences of all that went in. It needs nothing but Node: whoever installs it gets no other
 * packages. Code that only some commands need is in files of its own, read when it is needed.
 */
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { generateDtsBundle } from 'dts-bundle-generator';
import { build, type Metafile } from 'esbuild';

const DIST = 'build/dist';

/** File in `build/dist` -> its module in `build/src`. Threads stay where their starters look for them, relative to themselves. */
const ENTRIES = {
  'cli/actorrent': 'cli/main',
  'cli/hash/hash-worker': 'cli/hash/hash-worker',
  'cli/simulate/worker': 'cli/simulate/worker',
  'cli/simulate/check-worker': 'cli/simulate/check-worker',
  'edge/hash-worker': 'edge/hash-worker',
  'library/index': 'library/index',
};

/** Some packages still call `require`. */
const REQUIRE = "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);";

rmSync(DIST, { recursive: true, force: true });
const [program, page] = await Promise.all([
  build({
    entryPoints: Object.fromEntries(Object.entries(ENTRIES).map(([out, module]) => [out, `build/src/${module}.js`])),
    // One folder deep, as every starter of a thread is: the same relative paths hold.
    outdir: DIST, chunkNames: 'shared/[name]-[hash]',
    bundle: true, splitting: true, platform: 'node', format: 'esm', target: 'node20',
    banner: { js: REQUIRE }, metafile: true, logLevel: 'warning',
  }),
  build({
    entryPoints: ['src/web/page/page.tsx', 'src/web/page/page.css'], outdir: `${DIST}/web/page`,
    bundle: true, minify: true, format: 'esm', target: 'es2022', metafile: true, logLevel: 'warning',
  }),
]);
write('LICENSES.txt', licences([...packagesOf(program.metafile), ...packagesOf(page.metafile)]));

const [types = ''] = generateDtsBundle(
  [{ filePath: 'build/src/library/index.d.ts', output: { noBanner: true } }], { preferredConfigPath: 'tsconfig.json' });
write('library/index.d.ts', types);

/** The folders of the packages whose code went in. */
function packagesOf({ inputs }: Metafile): readonly string[] {
  return Object.keys(inputs).flatMap((file) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(file) ?? []);
}

/** Each package's own words, which its licence asks to keep with copies of its code. */
function licences(packages: readonly string[]): string {
  return [...new Set(packages)].sort().map((folder) => {
    const { name, version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Record<string, string>;
    const file = readdirSync(folder).find((f) => /^licen[cs]e/i.test(f));
    const text = file === undefined ? '' : readFileSync(join(folder, file), 'utf8').trim();
    return `${name} ${version} (${license})\n\n${text}\n`;
  }).join(`\n${'-'.repeat(80)}\n\n`);
}

function write(path: string, content: string): void {
  const file = join(DIST, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, content);
}
