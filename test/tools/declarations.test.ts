/**
 * What is told along an edge that is not declared does not compile. A process of ours is compiled as it is, and with its declaration changed
 * in one thing: each time the compiler must point at where it tells what it may not.
 */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import ts from 'typescript';

const ROOT = join(import.meta.dirname, '../../..');
const FILE = join(ROOT, 'src/process/listener.ts');
const text = readFileSync(FILE, 'utf8');
const DECLARED = "TorrentMgr: ['listening', 'incoming'], Console: ['event'], Timer: ['register', 'cancel']";

const { config } = ts.readConfigFile(join(ROOT, 'tsconfig.json'), (file) => ts.sys.readFile(file)) as { config: object };
const { options } = ts.parseJsonConfigFileContent({ ...config, files: [FILE] }, ts.sys, ROOT);
/** What has been read: of all files but one it is the same each time. */
const sources = new Map<string, ts.SourceFile | undefined>();

/** The lines at which the compiler finds fault with the Listener, where its text is this. */
function faults(changed: string): string[] {
  const host = ts.createCompilerHost(options);
  const read = host.getSourceFile.bind(host);
  host.getSourceFile = (name, ...rest) => {
    if (name === FILE) return ts.createSourceFile(name, changed, ts.ScriptTarget.ES2023);
    if (!sources.has(name)) sources.set(name, read(name, ...rest));
    return sources.get(name);
  };
  const program = ts.createProgram([FILE], { ...options, noEmit: true, incremental: false }, host);
  const source = program.getSourceFile(FILE)!;
  const lines = changed.split('\n');
  const found = program.getSemanticDiagnostics(source).map(({ start }) => lines[source.getLineAndCharacterOfPosition(start ?? 0).line]!.trim());
  return [...new Set(found)];
}

const tellings = (pattern: RegExp): string[] =>
  [...new Set(text.split('\n').filter((line) => pattern.test(line)).map((line) => line.trim()))];

test('the declaration is as this test knows it, and compiles', () => {
  assert.ok(text.includes(DECLARED), `${FILE} declares something else`);
  assert.deepEqual(faults(text), []);
});

test('an edge less: each telling along it', () => {
  const found = faults(text.replace(" Console: ['event'],", ''));
  assert.deepEqual(found, tellings(/self\.tell\(s\.console/));
});

test('a kind of message less: each telling of it', () => {
  const found = faults(text.replace("['register', 'cancel']", "['register']"));
  assert.deepEqual(found, tellings(/type: 'cancel'/));
});
