import assert from 'node:assert/strict';
import { test } from 'node:test';
import { choosePolicies } from '../../src/cli/policy-source.js';

const told = async (given: readonly string[], params: readonly string[] = []) => {
  const { forAll, own } = await choosePolicies(given, params);
  return { ...forAll, of: (torrent: string) => own(torrent)?.policy.name };
};

test('the default where nobody names one; the last that is for all counts', async () => {
  assert.equal((await told([])).policy.name, 'tit-for-tat');
  assert.equal((await told(['x*=rain'])).policy.name, 'tit-for-tat');
  assert.equal((await told(['wgo', 'rain', 'x*=bep3'])).policy.name, 'rain');
});

test('parameters behind commas and on their own, which win', async () => {
  const { params } = await told(['wgo,slots=3,roundMs=5000'], ['slots=9']);
  assert.deepEqual(params, { slots: 9, roundMs: 5000, ouEvery: 3 });
});

test('for torrents by name: the first that matches', async () => {
  const { of } = await told(['a*=wgo', '*=bep3,slots=7', 'b*=rain']);
  assert.deepEqual(['album', 'ball'].map(of), ['wgo', 'bep3']);
  assert.equal((await told(['a*=wgo'])).of('ball'), undefined);
});
