/** docs/policies.md says what is there: every policy with its parameters, and a module that works. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { fromModule } from '../../../src/policy/choke/choose.js';
import { ok } from '../../../src/base/result.js';
import { listPolicies } from '../../../src/policy/choke/registry.js';
import { chosen, peer } from './views.js';

const DOCS = readFileSync(new URL('../../../../docs/policies.md', import.meta.url), 'utf8');

test('the table has a row for every policy, as it is', () => {
  const rows = listPolicies().map(({ name, summary, source, params }) => {
    const keys = Object.entries(params).map(([key, spec]) => `\`${key}=${spec.default}\``).join(' ');
    return `| \`${name}\` | ${summary} | ${source} | ${keys || '-'} |`;
  });
  assert.deepEqual(DOCS.split('\n').filter((line) => line.startsWith('| `')), rows);
});

test('the module of the example is a policy, and does what is said of it', async () => {
  const [, code = ''] = /```js\n([\s\S]*?)```/.exec(DOCS) ?? [];
  const module: unknown = await import(`data:text/javascript,${encodeURIComponent(code)}`);
  const underdogs = fromModule('underdogs.mjs', ok(module), ['slots=2']);
  assert.ok(underdogs.ok, JSON.stringify(underdogs));
  const { policy, params } = underdogs.value;
  const peers = [9, 2, 7, 1].map((havePieces, i) => peer(i + 1, { havePieces }));
  assert.deepEqual(chosen(policy, peers, { params }), { regular: [2, 4] });
});
