/** The tracker's answers, without a socket. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { infoHash, peerId } from '../../../src/base/brand.js';
import { fromSeed } from '../../../src/base/random.js';
import { answer, type Reply } from '../../../src/cli/tracker/http-answer.js';
import type { TrackerRules } from '../../../src/cli/tracker/rules.js';
import { SwarmTable } from '../../../src/model/swarm-table.js';
import type { AnnounceParams } from '../../../src/protocol/announce.js';
import { announceUrl, parseAnnounce, parseScrape, scrapeUrl } from '../../../src/protocol/tracker-http.js';

const HASH = infoHash('5'.repeat(40));
const BASE = 'http://t/announce';
const rulesOf = (change: Partial<TrackerRules> = {}): TrackerRules => ({
  table: new SwarmTable({ maxSwarms: 9, maxPeers: 9, maxTotal: 99, maxAnswer: 9, expireMs: 1e9 }),
  intervalMs: 60_000, ...change,
});
const random = fromSeed(1);
const ask = (rules: TrackerRules, url: string, from = '10.0.0.9'): Reply =>
  answer({ target: url.replace('http://t', ''), from, now: 0, random }, rules);
const announce = (n: number, change: Partial<AnnounceParams> = {}): string => announceUrl(BASE, {
  infoHash: HASH, peerId: peerId(String(n).padStart(40, '0')), port: n,
  uploaded: 0, downloaded: 0, left: 1, ...change,
});
function peersOf({ status, body }: Reply): unknown {
  assert.equal(status, 200);
  const parsed = parseAnnounce(body);
  assert.ok(parsed.ok);
  return parsed.value.kind === 'peers' ? parsed.value.peers : parsed.value.reason;
}

test('IPv4 and IPv6, compact and as dictionaries', () => {
  const rules = rulesOf();
  ask(rules, announce(1), '10.0.0.1');
  ask(rules, announce(2), '2001:db8::2');
  const both = [{ host: '10.0.0.1', port: 1 }, { host: '2001:db8::2', port: 2 }];
  const sorted = (reply: Reply): unknown => (peersOf(reply) as { port: number }[]).sort((a, b) => a.port - b.port);
  assert.deepEqual(sorted(ask(rules, announce(3))), both);
  assert.deepEqual(sorted(ask(rules, announce(3).replace('compact=1', 'compact=0'))), [...both]);
});

test('it says when to come again and how we look from outside', () => {
  const parsed = parseAnnounce(ask(rulesOf(), announce(1, { left: 0 })).body);
  assert.ok(parsed.ok && parsed.value.kind === 'peers');
  const { intervalMs, seeds, leechers, externalIp } = parsed.value;
  assert.deepEqual([intervalMs, seeds, leechers, externalIp], [60_000, 1, 0, '10.0.0.9']);
});

test('a peer cannot claim another address', () => {
  const rules = rulesOf();
  ask(rules, announce(1, { ip: '1.2.3.4' }));
  assert.deepEqual(peersOf(ask(rules, announce(2))), [{ host: '10.0.0.9', port: 1 }]);
});

test('refusals are answers', () => {
  assert.equal(peersOf(ask(rulesOf({ allowed: new Set() }), announce(1))), 'this torrent is not tracked here');
  assert.match(String(peersOf(ask(rulesOf(), `${BASE}?info_hash=short`))), /expected/);
  assert.equal(ask(rulesOf(), 'http://t/').status, 404);
});

test('scrape: what was asked for, or all; nothing that is not allowed', () => {
  const rules = rulesOf();
  ask(rules, announce(1, { left: 0, event: 'completed' }));
  const url = scrapeUrl(BASE, [HASH, infoHash('6'.repeat(40))]);
  assert.ok(url.ok);
  for (const target of [url.value, 'http://t/scrape']) {
    const parsed = parseScrape(ask(rules, target).body);
    assert.ok(parsed.ok && parsed.value.kind === 'files');
    assert.deepEqual([...parsed.value.files], [[HASH, { seeds: 1, leechers: 0, downloaded: 1 }]]);
  }
  const hidden = parseScrape(ask({ ...rules, allowed: new Set() }, url.value).body);
  assert.ok(hidden.ok && hidden.value.kind === 'files' && hidden.value.files.size === 0);
});

test('no request makes it throw', () => {
  const rules = rulesOf();
  const words = ['/announce', '/scrape', '?', '&', '=', '%', 'info_hash', 'peer_id', 'port', '9'.repeat(30), 'é', '#'];
  const word = fc.constantFrom(...words);
  fc.assert(fc.property(fc.array(word).map((w) => w.join('')), (target) => { ask(rules, target); }));
});
