/** The tracker on loopback, asked by the client's own HTTP and UDP. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { infoHash, peerId } from '../../../src/base/brand.js';
import { startTracker } from '../../../src/cli/tracker/server.js';
import { fromSeed } from '../../../src/base/random.js';
import { nodeHttp } from '../../../src/edge/http.js';
import { nodeUdp } from '../../../src/edge/udp.js';
import { askAnnounce, askScrape } from '../../../src/process/ask-tracker.js';
import { SwarmTable } from '../../../src/model/swarm-table.js';
import { announceUrl, parseAnnounce } from '../../../src/protocol/tracker-http.js';

const HASH = infoHash('7'.repeat(40));
const LIMITS = { maxSwarms: 9, maxPeers: 9, maxTotal: 99, maxAnswer: 9, expireMs: 1e9 };
const rules = () => ({ table: new SwarmTable(LIMITS), intervalMs: 60_000 });
const http = nodeHttp({ agent: 'test' });
const bounds = { timeout: 5000, maxBytes: 10_000 };
const params = (n: number) => ({
  infoHash: HASH, peerId: peerId(String(n).padStart(40, '0')), port: n,
  uploaded: 0, downloaded: 0, left: 1,
});

test('two peers meet', async () => {
  const server = await startTracker({ ...rules(), host: '127.0.0.1', port: 0 });
  try {
    assert.equal(server.url, `http://127.0.0.1:${server.port}/announce`);
    await http.get(announceUrl(server.url, params(1)), bounds);
    const { status, body } = await http.get(announceUrl(server.url, params(2)), bounds);
    const parsed = parseAnnounce(body);
    assert.ok(status === 200 && parsed.ok && parsed.value.kind === 'peers');
    assert.deepEqual(parsed.value.peers, [{ host: '127.0.0.1', port: 1 }]);
    assert.equal((await http.get(server.url.replace('announce', ''), bounds)).status, 404);
    assert.equal((await fetch(server.url, { method: 'POST', body: 'x' })).status, 405);
  } finally {
    await server.close();
  }
});

test('over HTTP and UDP it is one swarm', async () => {
  const heard: number[] = [];
  const server = await startTracker({ ...rules(), host: '127.0.0.1', port: 0, onAnnounce: (a) => heard.push(a.endpoint.port) });
  try {
    const asker = { http, udp: nodeUdp(), random: fromSeed(1), timeout: 5000 };
    assert.equal(server.udpUrl, `udp://127.0.0.1:${server.port}`);
    await askAnnounce(server.url, params(1), asker);
    const answer = await askAnnounce(`${server.udpUrl}/announce?key=1`, params(2), asker);
    assert.deepEqual(answer, {
      kind: 'peers', intervalMs: 60_000, seeds: 0, leechers: 2, peers: [{ host: '127.0.0.1', port: 1 }],
    });
    for (const url of [server.url, server.udpUrl]) {
      const scraped = await askScrape(url, [HASH], asker);
      assert.deepEqual(scraped.kind === 'files' && [...scraped.files], [[HASH, { seeds: 0, leechers: 2, downloaded: 0 }]], url);
    }
    assert.deepEqual(heard, [1, 2]);
  } finally {
    await server.close();
  }
});

test('a port that is taken is an error, not a crash', async () => {
  const server = await startTracker({ ...rules(), host: '127.0.0.1', port: 0 });
  await assert.rejects(startTracker({ ...rules(), host: '127.0.0.1', port: server.port }), { code: 'EADDRINUSE' });
  await server.close();
});
