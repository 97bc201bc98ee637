import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { infoHash, peerId } from '../../src/base/brand.js';
import { toHex, toUtf8 } from '../../src/base/bytes.js';
import type { AnnounceAnswer, AnnounceParams } from '../../src/protocol/announce.js';
import { encode, type BInput } from '../../src/protocol/bencode.js';
import { fromLatin1 } from '../../src/protocol/raw.js';
import {
  announceUrl, encodeAnnounceAnswer, encodeScrapeAnswer, parseAnnounce, parseAnnounceQuery, parseScrape,
  parseScrapeQuery, scrapeUrl, type ScrapeAnswer,
} from '../../src/protocol/tracker-http.js';
import { ipv4Peer, ipv6Peer } from './arbitraries.js';

const params: AnnounceParams = {
  infoHash: infoHash('123456789abcdef123456789abcdef123456789a'),
  peerId: peerId('2d4152303130302d414141414141414141414141'),
  port: 6881, uploaded: 1, downloaded: 2, left: 3,
};
const fieldOf = (result: { ok: true } | { ok: false; error: { field: string } }): string =>
  result.ok ? 'taken' : result.error.field;

// ANNOUNCE URL, QUERY ------------------------------------------------------------------

test('the announce URL: raw bytes percent-encoded, in a query of its own', () => {
  assert.equal(announceUrl('http://t/announce', params),
    'http://t/announce?info_hash=%124Vx%9A%BC%DE%F1%23Eg%89%AB%CD%EF%124Vx%9A' +
    '&peer_id=-AR0100-AAAAAAAAAAAA&port=6881&uploaded=1&downloaded=2&left=3&compact=1');
  assert.match(announceUrl('http://t/a?passkey=x', params), /^http:\/\/t\/a\?passkey=x&info_hash=/);
});

test('a tracker reads what a client writes', () => {
  const full: AnnounceParams = {
    ...params, event: 'started', numwant: 0, key: 'k&=ü', trackerId: '\x00\xff&', ip: '2001:db8::1',
  };
  for (const p of [params, full]) {
    const url = announceUrl('http://t/announce', p);
    assert.deepEqual(parseAnnounceQuery(url.slice(url.indexOf('?'))), { ok: true, value: { ...p, compact: true } });
  }
  const hash = fc.uint8Array({ minLength: 20, maxLength: 20 }).map((b) => infoHash(toHex(b)));
  fc.assert(fc.property(hash, (h) => {
    const query = announceUrl('', { ...params, infoHash: h }).slice(1);
    const result = parseAnnounceQuery(query);
    assert.equal(result.ok && result.value.infoHash, h);
  }));
});

const query = announceUrl('', params);
const badQueries: readonly (readonly [query: string, field: string])[] = [
  ['', 'info_hash'],
  [query.replace('%9A&', '&'), 'info_hash'],
  [query.replace('AAA&', '&'), 'peer_id'],
  [query.replace('port=6881', 'port=0'), 'port'],
  [query.replace('port=6881', 'port=65536'), 'port'],
  [query.replace('port=6881', ''), 'port'],
  [query.replace('left=3', 'left=-3'), 'left'],
  [query.replace('left=3', 'left=1e9'), 'left'],
  [`${query}&numwant=many`, 'numwant'],
  [`${query}&x=${'y'.repeat(9000)}`, 'query'],
];
for (const [text, field] of badQueries) {
  test(`an announce is refused at ${field}: ...${text.slice(-40)}`, () => {
    assert.equal(fieldOf(parseAnnounceQuery(text)), field);
  });
}

test('unknown events and addresses are dropped, compact=0 is heard', () => {
  const result = parseAnnounceQuery(`${query.replace('compact=1', 'compact=0')}&event=paused&ip=%00`);
  assert.deepEqual(result, { ok: true, value: { ...params, compact: false } });
});

// ANNOUNCE ANSWER ----------------------------------------------------------------------

const parse = (value: BInput) => parseAnnounce(encode(value));
const peers = [{ host: '1.2.3.4', port: 80 }, { host: '::1', port: 81 }];

test('compact peers, IPv4 and IPv6, and all the rest', () => {
  const answer: AnnounceAnswer = {
    kind: 'peers', intervalMs: 1_800_000, minIntervalMs: 60_000, trackerId: '\xfe\x00', seeds: 5, leechers: 0,
    warning: 'slow', externalIp: '9.9.9.9', peers,
  };
  assert.deepEqual(parseAnnounce(encodeAnnounceAnswer(answer)), { ok: true, value: answer });
  assert.deepEqual(parseAnnounce(encodeAnnounceAnswer(answer, false)), { ok: true, value: answer });
});

test('peers as dictionaries may be names; what cannot be dialled is skipped', () => {
  const list = [['Peer.org', 1], ['::1', 0], ['no host', 3], ['1.1.1.1', 4]] as const;
  const dictionaries = list.map(([ip, port]) => ({ ip, port, 'peer id': 'x'.repeat(20) }));
  const result = parse({ interval: 1800, peers: dictionaries });
  assert.deepEqual(result.ok && result.value.kind === 'peers' && result.value.peers, [
    { host: 'peer.org', port: 1 }, { host: '1.1.1.1', port: 4 },
  ]);
});

test('a failure, and when to try again (BEP 31)', () => {
  const failure = (retry?: BInput): unknown => {
    const result = parse({ 'failure reason': 'no', 'retry in': retry, interval: 'x' });
    return result.ok && result.value;
  };
  assert.deepEqual(failure(), { kind: 'failure', reason: 'no' });
  assert.deepEqual(failure(5), { kind: 'failure', reason: 'no', retryInMs: 300_000 });
  assert.deepEqual(failure('5'), { kind: 'failure', reason: 'no', retryInMs: 300_000 });
  assert.deepEqual(failure('never'), { kind: 'failure', reason: 'no', retryInMs: Infinity });
  assert.deepEqual(failure(-1), { kind: 'failure', reason: 'no' });
  for (const retryInMs of [300_000, Infinity]) {
    const answer: AnnounceAnswer = { kind: 'failure', reason: 'no', retryInMs };
    assert.deepEqual(parseAnnounce(encodeAnnounceAnswer(answer)), { ok: true, value: answer });
  }
});

test('intervals are clamped, and have a default', () => {
  const interval = (n?: number): unknown => {
    const result = parse({ interval: n, 'min interval': n });
    return result.ok && result.value.kind === 'peers' && [result.value.intervalMs, result.value.minIntervalMs];
  };
  assert.deepEqual(interval(0), [10_000, 10_000]);
  assert.deepEqual(interval(-5), [10_000, 10_000]);
  assert.deepEqual(interval(1800), [1_800_000, 1_800_000]);
  assert.deepEqual(interval(Number.MAX_SAFE_INTEGER), [86_400_000, 86_400_000]);
  assert.deepEqual(interval(), [1_800_000, undefined]);
  const quick = parseAnnounce(encode({ interval: 1 }), { minIntervalMs: 500 });
  assert.equal(quick.ok && quick.value.kind === 'peers' && quick.value.intervalMs, 1000);
});

test('unsorted keys are taken, more peers than 2000 dropped', () => {
  assert.equal(parseAnnounce(toUtf8('d5:peers0:8:intervali1800ee')).ok, true);
  const result = parse({ interval: 1, peers: new Uint8Array(6 * 3000).fill(1) });
  assert.equal(result.ok && result.value.kind === 'peers' && result.value.peers.length, 2000);
});

const badAnswers: readonly (readonly [what: string, value: BInput, field: string])[] = [
  ['no dictionary', 'hello', 'bencode'],
  ['a reason that is a number', { 'failure reason': 1 }, 'failure reason'],
  ['an interval that is text', { interval: '1800' }, 'interval'],
  ['a part of a peer', { peers: 'abc' }, 'peers'],
  ['a part of an IPv6 peer', { peers6: 'abc' }, 'peers6'],
  ['peers a number', { peers: 5 }, 'peers'],
  ['a peer that is no dictionary', { peers: [1] }, 'peers[0]'],
  ['a peer without a port', { peers: [{ ip: '1.1.1.1' }] }, 'peers[0].port'],
  ['a port too large', { peers: [{ ip: '1.1.1.1', port: 65_536 }] }, 'peers[0].port'],
  ['an answer too large', { x: new Uint8Array(2 ** 20) }, 'bencode'],
];
for (const [what, value, field] of badAnswers) {
  test(`an answer is refused: ${what}, at ${field}`, () => assert.equal(fieldOf(parse(value)), field));
}

test('an answer that is no bencode at all, such as a web page, is refused', () => {
  assert.equal(parseAnnounce(toUtf8('<html>not found</html>')).ok, false);
});

test('any peers come back', () => {
  fc.assert(fc.property(fc.array(ipv4Peer), fc.array(ipv6Peer), (v4, v6) => {
    const answer: AnnounceAnswer = { kind: 'peers', intervalMs: 60_000, peers: [...v4, ...v6] };
    assert.deepEqual(parseAnnounce(encodeAnnounceAnswer(answer)), { ok: true, value: answer });
  }));
});

// SCRAPE -------------------------------------------------------------------------------

test('the scrape URL (BEP 48)', () => {
  const hash = infoHash('61'.repeat(20));
  const ask = `info_hash=${'a'.repeat(20)}`;
  const urls: readonly (readonly [string, string | undefined])[] = [
    ['http://t/announce', `http://t/scrape?${ask}`],
    ['http://t/x/announce', `http://t/x/scrape?${ask}`],
    ['http://t/announce.php', `http://t/scrape.php?${ask}`],
    ['http://t/announce?x2%0644', `http://t/scrape?x2%0644&${ask}`],
    ['http://t/a', undefined],
    ['http://t/announce?x=2/4', undefined],
    ['http://t/x%064announce', undefined],
    ['http://t/announce/x', undefined],
  ];
  for (const [announce, want] of urls) {
    const result = scrapeUrl(announce, [hash]);
    assert.equal(result.ok ? result.value : undefined, want, announce);
  }
});

test('a tracker reads the scrape a client writes', () => {
  const hashes = [infoHash('00ff2b25'.repeat(5)), infoHash('61'.repeat(20))];
  const url = scrapeUrl('http://t/announce', hashes);
  assert.ok(url.ok);
  assert.deepEqual(parseScrapeQuery(url.value.slice(url.value.indexOf('?'))), { ok: true, value: hashes });
  assert.deepEqual(parseScrapeQuery(''), { ok: true, value: [] });
  assert.equal(fieldOf(parseScrapeQuery('info_hash=abc')), 'info_hash');
});

test('scrape answers come back, whatever bytes the hashes are', () => {
  const hash = fc.oneof(
    fc.uint8Array({ minLength: 20, maxLength: 20 }),
    fc.constantFrom('\xef\xbb\xbf'.padEnd(20, '\xfe'), '\xff'.repeat(20), 'a'.repeat(20)).map(fromLatin1),
  ).map((b) => infoHash(toHex(b)));
  const counts = fc.record({ seeds: fc.nat(), leechers: fc.nat(), downloaded: fc.nat() }, { noNullPrototype: true });
  fc.assert(fc.property(fc.array(fc.tuple(hash, counts)), (entries) => {
    const answer: ScrapeAnswer = { kind: 'files', files: new Map(entries), minIntervalMs: 60_000 };
    assert.deepEqual(parseScrape(encodeScrapeAnswer(answer)), { ok: true, value: answer });
  }));
  const failure: ScrapeAnswer = { kind: 'failure', reason: 'off' };
  assert.deepEqual(parseScrape(encodeScrapeAnswer(failure)), { ok: true, value: failure });
});

const badScrapes: readonly (readonly [text: string, field: string])[] = [
  ['de', 'files'],
  ['d5:files3:abce', 'files'],
  ['d5:filesd3:abcdeee', 'files'],
  [`d5:filesd20:${'a'.repeat(20)}i1eee`, `files.${'61'.repeat(20)}`],
  [`d5:filesd20:${'a'.repeat(20)}d8:completei-1eeee`, `files.${'61'.repeat(20)}.complete`],
  ['d5:filesde5:flagsi1ee', 'flags'],
];
for (const [text, field] of badScrapes) {
  test(`a scrape is refused at ${field}`, () => assert.equal(fieldOf(parseScrape(fromLatin1(text))), field));
}

test('random bytes and queries never throw', () => {
  const noise = fc.string({ unit: fc.constantFrom(...'0123456789:ilde-a'), maxLength: 60 }).map(fromLatin1);
  fc.assert(fc.property(fc.oneof(fc.uint8Array(), noise), fc.string(), (bytes, text) => {
    parseAnnounce(bytes);
    parseScrape(bytes);
    parseAnnounceQuery(text);
    parseScrapeQuery(`info_hash=${text}`);
    scrapeUrl(text, []);
  }));
});
