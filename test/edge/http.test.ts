/** GETs from a server on loopback: what comes back, and each bound. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type RequestListener } from 'node:http';
import { createServer as createTcpServer, type AddressInfo, type Socket } from 'node:net';
import { networkInterfaces } from 'node:os';
import { test, type TestContext } from 'node:test';
import { gzipSync } from 'node:zlib';
import { fromUtf8 } from '../../src/base/bytes.js';
import { formatEndpoint } from '../../src/base/endpoint.js';
import { nodeHttp } from '../../src/edge/http.js';
import { codeOf, inWords } from '../../src/edge/words.js';

const http = nodeHttp({ agent: 'actorrent/test' });
const BOUNDS = { timeout: 5000, maxBytes: 1000 };

async function serve(t: TestContext, listener: RequestListener, host = '127.0.0.1'): Promise<string> {
  const server = createServer(listener).listen(0, host);
  await once(server, 'listening');
  t.after(() => {
    server.close();
    server.closeAllConnections();
  });
  return `http://${formatEndpoint({ host, port: (server.address() as AddressInfo).port })}`;
}

test('gives status and body, says who asks, and leaves an escaped query as it is', async (t) => {
  const asked: IncomingMessage[] = [];
  const url = await serve(t, (request, answer) => {
    asked.push(request);
    answer.writeHead(404).end('not here');
  });
  const answer = await http.get(`${url}/announce?info_hash=%12%ab%FF%00&left=0`, BOUNDS);
  assert.equal(answer.status, 404);
  assert.equal(fromUtf8(answer.body), 'not here');
  assert.equal(asked[0]!.url, '/announce?info_hash=%12%ab%FF%00&left=0');
  assert.equal(asked[0]!.headers['user-agent'], 'actorrent/test');
});

test('a name and password in the address are sent as they should be', async (t) => {
  const url = await serve(t, (request, answer) => { answer.end(request.headers.authorization); });
  const { body } = await http.get(url.replace('//', '//me:s%3Acret@'), BOUNDS);
  assert.equal(fromUtf8(body), `Basic ${Buffer.from('me:s:cret').toString('base64')}`);
});

test('undoes gzip, and bounds what comes out of it', async (t) => {
  const url = await serve(t, (request, answer) => {
    const length = request.url === '/small' ? 1000 : 100_000_000;
    answer.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync(Buffer.alloc(length)));
  });
  assert.deepEqual((await http.get(`${url}/small`, BOUNDS)).body, new Uint8Array(1000));
  await assert.rejects(http.get(`${url}/bomb`, BOUNDS), { message: 'the answer is larger than 1000 bytes' });
});

test('an answer that is cut short or no gzip at all is an error', async (t) => {
  const url = await serve(t, (request, answer) => {
    if (request.url === '/short') {
      answer.writeHead(200, { 'content-length': 100 }).write('half', () => answer.destroy());
      return;
    }
    const zipped = gzipSync('an answer');
    answer.writeHead(200, { 'content-encoding': 'gzip' }).end(request.url === '/half' ? zipped.subarray(0, -9) : 'an answer');
  });
  await assert.rejects(http.get(`${url}/short`, BOUNDS), { message: 'connection reset by the peer' });
  await assert.rejects(http.get(`${url}/half`, BOUNDS), { message: 'the answer stopped half-way' });
  await assert.rejects(http.get(`${url}/plain`, BOUNDS), { message: 'the answer says that it is gzip, and is not' });
});

test('a name whose other family does not answer, and IPv6', async (t) => {
  const url = await serve(t, (_request, answer) => { answer.end('four'); });
  assert.equal(fromUtf8((await http.get(url.replace('127.0.0.1', 'localhost'), BOUNDS)).body), 'four');
  if (!Object.values(networkInterfaces()).flat().some((i) => i?.address === '::1')) return t.skip('no IPv6 here');
  const url6 = await serve(t, (_request, answer) => { answer.end('six'); }, '::1');
  assert.equal(fromUtf8((await http.get(url6, BOUNDS)).body), 'six');
});

test('a name is asked over the family that is wanted, and no other', async (t) => {
  const url = (await serve(t, (_request, answer) => { answer.end('four'); })).replace('127.0.0.1', 'localhost');
  assert.equal(fromUtf8((await http.get(url, { ...BOUNDS, family: 4 })).body), 'four');
  await assert.rejects(http.get(url, { ...BOUNDS, family: 6 }), { message: /^(no such host|connection refused)$/ });
});

test('https begins with TLS', async (t) => {
  const server = createTcpServer().listen(0, '127.0.0.1');
  t.after(() => server.close());
  await once(server, 'listening');
  const told = assert.rejects(http.get(`https://127.0.0.1:${(server.address() as AddressInfo).port}/`, BOUNDS),
    { message: 'connection reset by the peer' });
  const [socket] = await once(server, 'connection') as [Socket];
  const [hello] = await once(socket, 'data') as [Buffer];
  socket.destroy();
  assert.equal(hello[0], 22); // a handshake record: RFC 8446, 5.1
  await told;
});

test('an endless answer is cut off, and the connection with it', async (t) => {
  let told: () => void = assert.fail;
  const closed = new Promise<void>((resolve) => { told = resolve; });
  const url = await serve(t, (_request, answer) => {
    const more = (): void => {
      while (!answer.destroyed && answer.write(Buffer.alloc(500))) { /* until the buffers are full */ }
    };
    answer.on('drain', more).on('close', told);
    more();
  });
  await assert.rejects(http.get(url, BOUNDS), { message: 'the answer is larger than 1000 bytes' });
  await closed;
});

test('follows five redirects and no sixth, and only to http', async (t) => {
  const url = await serve(t, (request, answer) => {
    const left = Number(request.url!.slice(1));
    if (Number.isNaN(left)) answer.writeHead(302, { location: 'file:///etc/passwd' }).end();
    else if (left > 0) answer.writeHead(307, { location: `/${left - 1}` }).end('moved');
    else answer.end('here');
  });
  assert.equal(fromUtf8((await http.get(`${url}/5`, BOUNDS)).body), 'here');
  await assert.rejects(http.get(`${url}/6`, BOUNDS), { message: 'more than 5 redirects' });
  await assert.rejects(http.get(`${url}/file`, BOUNDS),
    { message: 'not an http or https address: "file:///etc/passwd"' });
});

test('errors are in words', async (t) => {
  let request!: () => void;
  const asked = new Promise<void>((resolve) => { request = resolve; });
  const url = await serve(t, () => request()); // and never answers
  await assert.rejects(http.get(url, { ...BOUNDS, timeout: 50 }), { message: 'no answer in 0.05 s' });
  const stop = new AbortController();
  const cancelled = assert.rejects(http.get(url, { ...BOUNDS, signal: stop.signal }), { message: 'cancelled' });
  await asked;
  stop.abort();
  await cancelled;
  await assert.rejects(http.get(url, { ...BOUNDS, signal: stop.signal }), { message: 'cancelled' });

  const gone = createServer().listen(0, '127.0.0.1');
  await once(gone, 'listening');
  const { port } = gone.address() as AddressInfo;
  await new Promise((resolve) => gone.close(resolve));
  await assert.rejects(http.get(`http://127.0.0.1:${port}/`, BOUNDS), { message: 'connection refused' });
  await assert.rejects(http.get('udp://127.0.0.1:1/', BOUNDS),
    { message: 'not an http or https address: "udp://127.0.0.1:1/"' });
  await assert.rejects(http.get('nonsense', BOUNDS), { message: 'not an http or https address: "nonsense"' });
});

test('words of the innermost cause, of the first of several, and of what is no error at all', () => {
  const refused = Object.assign(new Error('connect ECONNREFUSED ::1:1'), { code: 'ECONNREFUSED' });
  const several = new AggregateError([refused, new Error('other')]);
  assert.equal(inWords(new Error('dial failed', { cause: several })), 'connection refused');
  const unknown = Object.assign(new Error('getaddrinfo ENOTFOUND a.example'), { code: 'ENOTFOUND' });
  assert.equal(inWords(unknown), 'no such host');
  assert.equal(inWords('plain'), 'plain');
  const round = new Error('round');
  round.cause = round;
  assert.equal(inWords(round), 'round');
  assert.equal(codeOf(refused), 'ECONNREFUSED');
  assert.equal(codeOf(new AggregateError([])), '');
});
