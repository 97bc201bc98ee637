/** GETs beyond the bound wait for one to end, well or badly. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fewAtOnce } from '../../src/bounds/gets.js';
import type { Http, HttpAnswer } from '../../src/ports/http.js';

const BOUNDS = { timeout: 1000, maxBytes: 1000 };

test('the third of two waits until one has ended, and failing is an end too', async () => {
  const asked: { readonly url: string; readonly resolve: (answer: HttpAnswer) => void; readonly reject: (error: Error) => void }[] = [];
  const urls = (): string[] => asked.map((a) => a.url);
  const slow: Http = { get: (url) => new Promise((resolve, reject) => { asked.push({ url, resolve, reject }); }) };
  const http = fewAtOnce(slow, 2);
  const [a, b, c, d] = ['a', 'b', 'c', 'd'].map((url) => http.get(url, BOUNDS));
  const answer = { status: 200, body: new Uint8Array(1) };
  const refused = assert.rejects(a!, { message: 'refused' });
  assert.deepEqual(urls(), ['a', 'b']);
  asked[0]!.reject(new Error('refused'));
  await refused;
  assert.deepEqual(urls(), ['a', 'b', 'c']);
  asked[1]!.resolve(answer);
  assert.equal(await b, answer);
  assert.deepEqual(urls(), ['a', 'b', 'c', 'd']);
  asked[2]!.resolve(answer);
  asked[3]!.resolve(answer);
  assert.deepEqual(await Promise.all([c, d]), [answer, answer]);
});
