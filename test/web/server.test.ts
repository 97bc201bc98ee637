/** The live page's server over real sockets: who is let in, what is bounded, and what is told. */
import assert from 'node:assert/strict';
import { request, type IncomingHttpHeaders } from 'node:http';
import { test } from 'node:test';
import { toUtf8 } from '../../src/base/bytes.js';
import { nodeHttpServer } from '../../src/edge/http-server.js';
import type { Viewer } from '../../src/ports/live-page.js';
import { DOCUMENT } from '../../src/web/document.js';
import { livePage } from '../../src/web/server.js';
import { eventually } from '../system/swarm.js';

const TOKEN = 'c0ffee'.repeat(5);
const HASH = 'ab'.repeat(20);

interface Asked {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
  /** Called as soon as there is some of the answer; what it gives ends the asking where it is true. */
  readonly enough?: (text: string) => boolean;
}
interface Answered {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

class Visit {
  readonly viewers: Viewer[] = [];
  readonly said: string[] = [];
  readonly page = livePage({
    http: nodeHttpServer, at: { host: '127.0.0.1', port: 0 }, token: TOKEN, file: (name) => Promise.resolve(toUtf8(`the ${name}`)),
    graphs: () => assert.fail(),
  });
  url = '';
  close = (): void => undefined;

  async open(): Promise<void> {
    const { url, close } = await this.page.open({
      came: (viewer) => void this.viewers.push(viewer),
      left: (viewer) => void this.viewers.splice(this.viewers.indexOf(viewer), 1),
      said: (line, answer) => {
        this.said.push(line);
        answer({ done: line !== 'nonsense', lines: [`heard ${line}`] });
      },
      gave: (file, answer) => answer({ done: true, lines: [`${file.length} bytes`] }),
    });
    Object.assign(this, { url, close });
  }

  get origin(): string {
    return new URL(this.url).origin;
  }

  /** `path` is below the token, unless it begins with a slash. */
  ask(path: string, { method = 'GET', headers = {}, body, enough }: Asked = {}): Promise<Answered> {
    const url = new URL(path, this.url);
    return new Promise((resolve, reject) => {
      const asked = request(url, { method, agent: false, headers: { ...(method === 'POST' && { origin: url.origin }), ...headers } }, (answer) => {
        let text = '';
        const done = (): void => resolve({ status: answer.statusCode ?? 0, headers: answer.headers, text });
        answer.setEncoding('utf8').on('data', (part: string) => {
          text += part;
          if (!enough?.(text)) return;
          done();
          asked.destroy();
        });
        answer.on('end', done).on('error', done);
      });
      asked.on('error', reject);
      asked.end(body);
    });
  }
}

const visit = (what: string, play: (v: Visit) => Promise<void>): void => {
  test(what, async () => {
    const v = new Visit();
    await v.open();
    try {
      await play(v);
    } finally {
      v.close();
    }
  });
};

visit('the document, its script and its style; nothing of them from elsewhere, and their address told to nobody', async (v) => {
  const document = await v.ask('');
  assert.deepEqual([document.status, document.text], [200, DOCUMENT]);
  assert.match(String(document.headers['content-security-policy']), /default-src 'none'/);
  assert.equal(document.headers['referrer-policy'], 'no-referrer');
  for (const [name, type] of [['page.js', 'text/javascript'], ['page.css', 'text/css']] as const) {
    const { status, text, headers } = await v.ask(name);
    assert.deepEqual([status, text, headers['content-type']], [200, `the ${name}`, `${type}; charset=utf-8`]);
    assert.ok(DOCUMENT.includes(`"${name}"`));
  }
});

visit('without the token there is nothing to see', async (v) => {
  for (const path of ['/', '/events', `/${TOKEN}`, `/${TOKEN.slice(1)}/`, `/${TOKEN}0/`, `/${TOKEN.toUpperCase()}/events`]) {
    const { status, text } = await v.ask(path);
    assert.equal(status, 403, path);
    assert.match(text, /^address: expected the one that was printed/);
  }
  assert.equal((await v.ask('nowhere')).status, 404);
  assert.equal((await v.ask('line')).status, 404);
});

visit('who is asked for another host is not answered: a name can be made to lead here', async (v) => {
  const { port } = new URL(v.url);
  for (const host of [`127.0.0.1:${port}`, `localhost:${port}`, `[::1]:${port}`, '192.168.1.2']) {
    assert.equal((await v.ask('', { headers: { host } })).status, 200, host);
  }
  for (const host of [`evil.example:${port}`, 'localhost.evil.example', '127.0.0.1.evil.example', '[evil.example]']) {
    const { status, text } = await v.ask('', { headers: { host } });
    assert.deepEqual([status, text.split(':')[0]], [403, 'Host'], host);
  }
});

visit('commands come from the page itself', async (v) => {
  const post = (origin: string): Promise<Answered> => v.ask('line', { method: 'POST', body: 'pause', headers: { origin } });
  for (const origin of ['http://evil.example', 'null', v.origin.replace('127.0.0.1', 'localhost'), v.origin.replace('http', 'https')]) {
    const { status, text } = await post(origin);
    assert.deepEqual([status, text.split(':')[0]], [403, 'Origin'], origin);
  }
  const noOrigin = request(new URL('line', v.url), { method: 'POST' });
  const status = await new Promise((resolve) => noOrigin.on('response', (r) => resolve(r.statusCode)).end('pause'));
  assert.equal(status, 403);
  assert.equal((await v.ask('events', { headers: { origin: 'http://evil.example' } })).status, 403);
  assert.deepEqual(v.said, []);
  assert.equal((await post(v.origin)).status, 200);
  assert.deepEqual(v.said, ['pause']);
});

visit('a line is answered with what became of it', async (v) => {
  const good = await v.ask('line', { method: 'POST', body: 'limit up 20' });
  assert.deepEqual([good.status, JSON.parse(good.text)], [200, { done: true, lines: ['heard limit up 20'] }]);
  const bad = await v.ask('line', { method: 'POST', body: 'nonsense' });
  assert.deepEqual([bad.status, JSON.parse(bad.text)], [422, { done: false, lines: ['heard nonsense'] }]);
});

visit('what is sent is bounded', async (v) => {
  const post = (path: string, length: number): Promise<Answered> => v.ask(path, { method: 'POST', body: new Uint8Array(length).fill(97) });
  assert.equal((await post('line', 1024)).status, 200);
  assert.equal((await post('line', 1025)).status, 413);
  const file = await post('torrent', 300_000);
  assert.deepEqual(JSON.parse(file.text).lines, ['300000 bytes']);
  assert.equal((await post('torrent', 16 * 2 ** 20 + 1)).status, 413);
  assert.equal((await v.ask('', { headers: { 'x-long': 'a'.repeat(9000) } })).status, 431);
});

visit('a viewer is told what it looks at, until it leaves', async (v) => {
  const events = v.ask(`events?torrent=${HASH}`, { enough: (text) => text.includes('event: torrents') });
  await eventually(() => v.viewers.length === 1, 'the viewer');
  assert.deepEqual(v.viewers[0]!.focus, { torrent: HASH, processes: false });
  v.viewers[0]!.tell('torrents', '[{"name":"a\\nb"}]');
  const { text, headers } = await events;
  assert.equal(headers['content-type'], 'text/event-stream; charset=utf-8');
  assert.equal(text, 'retry: 1000\n\nevent: torrents\ndata: [{"name":"a\\nb"}]\n\n');
  await eventually(() => v.viewers.length === 0, 'its leaving');
});

visit('which files a viewer looks at, within bounds', async (v) => {
  const asked = ['find=*.mkv&from=100', 'from=0', `find=${'x'.repeat(300)}&from=0`, 'find=a&from=-1', 'find=a&from=1e99', 'find=a'];
  const ended = new AbortController();
  for (const [i, query] of asked.entries()) {
    request(new URL(`events?${query}`, v.url), { signal: ended.signal }).on('error', () => undefined).end();
    await eventually(() => v.viewers.length === i + 1, query);
  }
  assert.deepEqual(v.viewers.map(({ focus: { files } }) => files),
    [{ find: '*.mkv', from: 100 }, { find: '*', from: 0 }, { find: 'x'.repeat(200), from: 0 }, undefined, undefined, undefined]);
  ended.abort();
});

visit('only so many look at once, and who reads nothing is let go', async (v) => {
  const ended = new AbortController();
  const looking = Array.from({ length: 16 }, () => request(new URL('events?torrent=../x', v.url), { signal: ended.signal }));
  // Its answer is taken, and not read.
  for (const one of looking) one.on('response', () => undefined).on('error', () => undefined).end();
  await eventually(() => v.viewers.length === 16, 'sixteen viewers');
  assert.deepEqual(v.viewers[0]!.focus, { processes: false });
  assert.equal((await v.ask('events')).status, 503);
  const [silent] = v.viewers;
  // Nobody reads, so it all waits with us, beyond what the system takes.
  const big = JSON.stringify('x'.repeat(2 ** 20));
  await eventually(() => {
    if (v.viewers.includes(silent!)) silent!.tell('torrents', big);
    return !v.viewers.includes(silent!);
  }, 'the end of one who does not read');
  ended.abort();
  await eventually(() => v.viewers.length === 0, 'the others to leave');
});

visit('closed, it answers nobody; opened again, it is at the same address', async (v) => {
  const before = v.url;
  const events = v.ask('events');
  await eventually(() => v.viewers.length === 1, 'the viewer');
  v.close();
  await events;
  await assert.rejects(v.ask(''), /ECONNREFUSED/);
  await v.open();
  assert.equal(v.url, before);
  assert.equal((await v.ask('')).status, 200);
});

test('an address that is taken is told in words', async () => {
  const first = new Visit();
  await first.open();
  const taken = { host: '127.0.0.1', port: Number(new URL(first.url).port) };
  const second = livePage({ http: nodeHttpServer, at: taken, token: TOKEN, file: () => assert.fail(), graphs: () => assert.fail() });
  await assert.rejects(second.open({} as never), { message: `port ${taken.port} of 127.0.0.1: address already in use` });
  first.close();
});
