/** Labs clean up after themselves, on loopback here: a part ends with its programs and files, whether it went well or not. */
import assert from 'node:assert/strict';
import { existsSync, readdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { test } from 'node:test';
import { loopback } from '../../../bench/side-by-side/loopback.js';
import type { Child } from '../../interop/child.js';
import { inLab, type Lab } from '../../interop/lab.js';

const linux = process.platform === 'linux' ? {} : { skip: 'programs are tied to us by setpriv' };
const silent = (): void => {};

const forever = (lab: Lab, home: string): Child =>
  lab.host('here').start({ name: 'forever', cwd: home, argv: [process.execPath, '-e', 'process.stdin.resume(); console.log("last words")'] });

test('a part ends with its programs and its files', linux, async () => {
  let scratch = '';
  await inLab({ network: loopback('here'), report: silent }, async (lab) => {
    const shared = lab.folder('shared');
    scratch = dirname(shared);
    const program = forever(lab, shared);
    const ofPart = await lab.part('once', async (part) => {
      assert.equal(program.exit(), undefined);
      return forever(part, part.folder('files'));
    });
    assert.equal(ofPart.exit()?.signal, 'SIGKILL');
    assert.equal(program.exit(), undefined, 'what belongs to the lab goes on');
    assert.deepEqual(readdirSync(scratch), ['shared']);
    await lab.part('once', async (part) => { part.folder('files'); }); // the same names are free again
  });
  assert.ok(!existsSync(scratch));
});

test('work that fails leaves nothing either, and the last words of its programs are reported', linux, async () => {
  const reported: string[] = [];
  let program: Child | undefined;
  const lab = inLab({ network: loopback('here'), report: (line) => reported.push(line) }, async (whole) => {
    await whole.part('failing', async (part) => {
      program = forever(part, part.folder('files'));
      await new Promise<void>((resolve) => { program!.onStdout(() => resolve()); });
      throw new Error('it went wrong');
    });
  });
  await assert.rejects(lab, /it went wrong/);
  assert.equal(program?.exit()?.signal, 'SIGKILL');
  assert.deepEqual(reported, ['  forever| last words']);
});

test('hosts have addresses of their own', () => {
  const { hosts } = loopback('one', 'two');
  assert.equal(new Set(hosts.map((h) => h.ip4)).size, 2);
  for (const { ip4 } of hosts) assert.match(ip4, /^127\.\d+\.\d+\.\d+$/);
});
