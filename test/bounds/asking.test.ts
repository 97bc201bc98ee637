/** Questions beyond a bound wait for one to end, well or badly. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fewAtOnce, type AtOnce } from '../../src/bounds/asking.js';
import type { Http, HttpAnswer } from '../../src/ports/http.js';
import type { Talker, Udp } from '../../src/ports/udp.js';

const BOUNDS = { timeout: 1000, maxBytes: 1000 };

const ANSWER: HttpAnswer = { status: 200, body: new Uint8Array(1) };

/** Answers when the test says so. */
function slow(most: AtOnce) {
  const asked: { readonly url: string; readonly resolve: (answer: HttpAnswer) => void; readonly reject: (error: Error) => void }[] = [];
  const { http } = fewAtOnce({ http: { get: (url) => new Promise((resolve, reject) => { asked.push({ url, resolve, reject }); }) } }, most);
  return { asked, urls: () => asked.map(({ url }) => url), get: (url: string) => http.get(url, BOUNDS) };
}

test('the third of two waits until one has ended, and failing is an end too', async () => {
  const { asked, urls, get } = slow({ all: 2, host: 2 });
  const [a, b, c, d] = ['a', 'b', 'c', 'd'].map(get);
  const refused = assert.rejects(a!, { message: 'refused' });
  assert.deepEqual(urls(), ['a', 'b']);
  asked[0]!.reject(new Error('refused'));
  await refused;
  assert.deepEqual(urls(), ['a', 'b', 'c']);
  asked[1]!.resolve(ANSWER);
  assert.equal(await b, ANSWER);
  assert.deepEqual(urls(), ['a', 'b', 'c', 'd']);
  asked[2]!.resolve(ANSWER);
  asked[3]!.resolve(ANSWER);
  assert.deepEqual(await Promise.all([c, d]), [ANSWER, ANSWER]);
});

test('a host that is silent is waited for by its own questions only', async () => {
  const { asked, urls, get } = slow({ all: 3, host: 2 });
  const dead = [1, 2, 3].map((n) => get(`http://dead:1/${n}`));
  const other = [get('http://dead:2/'), get('http://live/')];
  assert.deepEqual(urls(), ['http://dead:1/1', 'http://dead:1/2', 'http://dead:2/']);
  asked[2]!.resolve(ANSWER);
  await other[0];
  assert.deepEqual(urls().slice(3), ['http://live/']);
  asked[3]!.resolve(ANSWER);
  await other[1];
  assert.equal(asked.length, 4);
  asked[0]!.resolve(ANSWER);
  await dead[0];
  assert.deepEqual(urls().slice(4), ['http://dead:1/3']);
});

test('GETs and conversations are counted together', async () => {
  let answer = (_: HttpAnswer): void => undefined;
  const silent: Http = { get: () => new Promise((resolve) => { answer = resolve; }) };
  let talks = 0;
  const talkative: Udp = { async converse() { talks++; throw new Error('refused'); } };
  const { http, udp } = fewAtOnce({ http: silent, udp: talkative }, { all: 1, host: 1 });
  const got = http.get('a', BOUNDS);
  const talker: Talker<string> = { next: () => ({ kind: 'ignored' }), heard: () => ({ kind: 'ignored' }) };
  const talked = assert.rejects(udp!.converse({ host: 'b', port: 1 }, talker, { timeout: 1000 }), { message: 'refused' });
  assert.equal(talks, 0);
  answer({ status: 200, body: new Uint8Array(1) });
  await got;
  await talked;
  assert.equal(talks, 1);
});
