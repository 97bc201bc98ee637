/** Questions beyond the bound wait for one to end, well or badly. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fewAtOnce } from '../../src/bounds/asking.js';
import type { Http, HttpAnswer } from '../../src/ports/http.js';
import type { Talker, Udp } from '../../src/ports/udp.js';

const BOUNDS = { timeout: 1000, maxBytes: 1000 };

test('the third of two waits until one has ended, and failing is an end too', async () => {
  const asked: { readonly url: string; readonly resolve: (answer: HttpAnswer) => void; readonly reject: (error: Error) => void }[] = [];
  const urls = (): string[] => asked.map((a) => a.url);
  const slow: Http = { get: (url) => new Promise((resolve, reject) => { asked.push({ url, resolve, reject }); }) };
  const { http } = fewAtOnce({ http: slow }, 2);
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

test('GETs and conversations are counted together', async () => {
  let answer = (_: HttpAnswer): void => undefined;
  const slow: Http = { get: () => new Promise((resolve) => { answer = resolve; }) };
  let talks = 0;
  const talkative: Udp = { async converse() { talks++; throw new Error('refused'); } };
  const { http, udp } = fewAtOnce({ http: slow, udp: talkative }, 1);
  const got = http.get('a', BOUNDS);
  const talker: Talker<string> = { next: () => ({ kind: 'ignored' }), heard: () => ({ kind: 'ignored' }) };
  const talked = assert.rejects(udp!.converse({ host: 'b', port: 1 }, talker, { timeout: 1000 }), { message: 'refused' });
  assert.equal(talks, 0);
  answer({ status: 200, body: new Uint8Array(1) });
  await got;
  await talked;
  assert.equal(talks, 1);
});
