import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import fc from 'fast-check';
import { concat, toHex, toUtf8 } from '../../src/base/bytes.js';
import { encode, rangeOf, type BInputDict } from '../../src/protocol/bencode.js';
import { buildMetainfo, choosePieceLength } from '../../src/protocol/metainfo-build.js';
import {
  parseInfo, parseMetainfo, pieceBytes, pieceHash, type Metainfo, type MetainfoLimits,
} from '../../src/protocol/metainfo.js';

const sha1 = (bytes: Uint8Array): Uint8Array => createHash('sha1').update(bytes).digest();
const hashes = (n: number): Uint8Array => Uint8Array.from({ length: 20 * n }, (_, i) => Math.floor(i / 20));
const single: BInputDict = { length: 100, name: 'a.bin', 'piece length': 32, pieces: hashes(4) };
const multi = (...paths: readonly (readonly string[])[]): BInputDict => ({
  files: paths.map((path) => ({ length: 10, path })),
  name: 'folder',
  'piece length': 32,
  pieces: hashes(Math.ceil((paths.length * 10) / 32)),
});

function parsed(top: BInputDict, limits: Partial<MetainfoLimits> = {}): Metainfo {
  const result = parseMetainfo(encode(top), sha1, limits);
  assert.ok(result.ok, result.ok ? '' : JSON.stringify(result.error));
  return result.value;
}

test('a single-file torrent', () => {
  const m = parsed({ announce: 'http://t/announce', info: single });
  assert.equal(m.infoHash, toHex(sha1(encode(single))));
  assert.deepEqual(m.files, [{ path: ['a.bin'], length: 100, padding: false }]);
  assert.deepEqual([m.name, m.pieceLength, m.pieceCount, m.totalBytes, m.private], ['a.bin', 32, 4, 100, false]);
  assert.deepEqual([m.trackers, m.webSeeds], [[['http://t/announce']], []]);
  assert.deepEqual([0, 1, 2, 3].map((i) => pieceBytes(m, i)), [32, 32, 32, 4]);
  assert.deepEqual(pieceHash(m, 2), new Uint8Array(20).fill(2));
  assert.deepEqual(m.infoBytes, encode(single));
});

test('a multi-file torrent: paths begin with its name; padding files may share a path (BEP 47)', () => {
  const info = {
    ...multi(['x'], ['d', 'y']),
    files: [
      { length: 5, path: ['x'] },
      { attr: 'p', length: 27, path: ['.pad', '27'] },
      { attr: 'xp', length: 27, path: ['.pad', '27'] },
      { attr: 'x', length: 5, path: ['d', 'y'] },
    ],
    pieces: hashes(2),
  };
  const m = parsed({ info });
  assert.deepEqual(m.files.map((f) => `${f.path.join('/')} ${f.length} ${f.padding}`), [
    'folder/x 5 false', 'folder/.pad/27 27 true', 'folder/.pad/27 27 true', 'folder/d/y 5 false',
  ]);
});

test('the info-hash is that of the raw bytes, whatever fields we do not know', () => {
  const info = { ...single, 'x-unknown': ['\u{10000}', 3, { a: 1 }] };
  const bytes = encode({ info });
  const range = rangeOf(bytes, 'info')!;
  assert.equal(parsed({ info }).infoHash, toHex(sha1(bytes.subarray(range.from, range.to))));
});

test('everything around info', () => {
  const m = parsed({
    announce: 'http://ignored/',
    'announce-list': [['http://a/', ' ', 'udp://b:1'], [], ['http://c/ ']],
    comment: 'hi',
    'created by': 'someone',
    'creation date': 1_700_000_000,
    info: { ...single, 'name.utf-8': 'ü.bin', private: 1, source: 'S' },
    'url-list': 'http://seed/',
  });
  assert.deepEqual(m.trackers, [['http://a/', 'udp://b:1'], ['http://c/']]);
  assert.deepEqual([m.name, m.private, m.source], ['ü.bin', true, 'S']);
  assert.deepEqual([m.comment, m.createdBy, m.creationDate], ['hi', 'someone', 1_700_000_000]);
  assert.deepEqual(m.webSeeds, ['http://seed/']);
  assert.deepEqual(parsed({ info: single, 'url-list': ['a', '', 'b'] }).webSeeds, ['a', 'b']);
  assert.deepEqual(parsed({ announce: 'x', 'announce-list': [[]], info: single }).trackers, [['x']]);
});

test('info alone (BEP 9) gives the same torrent without what stands around it', () => {
  const whole = parsed({ announce: 'http://t/', comment: 'c', info: single });
  const result = parseInfo(encode(single), sha1);
  const { comment: _, ...rest } = whole;
  assert.deepEqual(result, { ok: true, value: { ...rest, trackers: [] } });
});

test('the input may be overwritten afterwards', () => {
  const bytes = encode({ info: single });
  const result = parseMetainfo(bytes, sha1);
  assert.ok(result.ok);
  bytes.fill(0);
  assert.deepEqual([result.value.infoBytes, result.value.hashes], [encode(single), hashes(4)]);
});

test('no bytes at all are no pieces', () => {
  const m = parsed({ info: { ...single, length: 0, pieces: '' } });
  assert.deepEqual([m.pieceCount, m.totalBytes], [0, 0]);
});

// HOSTILE ------------------------------------------------------------------------------

const { length: _length, ...noLength } = single;
const { name: _name, ...noName } = single;
const { pieces: _pieces, ...noPieces } = single;
const { 'piece length': _pieceLength, ...noPieceLength } = single;
const file = (fields: BInputDict): BInputDict => ({ ...multi(['x']), files: [{ length: 10, path: ['x'], ...fields }] });
const latin1 = (...codes: readonly number[]): Uint8Array => Uint8Array.from(codes);

const refused: readonly (readonly [what: string, info: BInputDict | string, field: string])[] = [
  ['info missing', 'de', 'info'],
  ['info a string', 'd4:info3:abce', 'info'],
  ['no dictionary', 'i1e', 'bencode'],
  ['not canonical', 'd4:infod6:lengthi01eee', 'info.length'],
  ['trailing bytes', 'd4:infodee0:', 'bencode'],
  ['unsorted', 'd4:infod4:name1:a6:lengthi1eee', 'info.length'],
  ['name missing', noName, 'info.name'],
  ['name a number', { ...single, name: 1 }, 'info.name'],
  ['name empty', { ...single, name: '' }, 'info.name'],
  ['name only a byte order mark', { ...single, name: '\uFEFF' }, 'info.name'],
  ['name ..', { ...single, name: '..' }, 'info.name'],
  ['name absolute', { ...single, name: '/etc' }, 'info.name'],
  ['name with a folder', { ...single, name: 'a/b' }, 'info.name'],
  ['name with a backslash', { ...single, name: '..\\a' }, 'info.name'],
  ['name with NUL', { ...single, name: 'a\0b' }, 'info.name'],
  ['name too long', { ...single, name: 'ü'.repeat(128) }, 'info.name'],
  ['name.utf-8 ..', { ...single, 'name.utf-8': '..' }, 'info.name.utf-8'],
  ['length missing', noLength, 'info.length'],
  ['length negative', { ...single, length: -1 }, 'info.length'],
  ['length a string', { ...single, length: '100' }, 'info.length'],
  ['length and files', { ...multi(['x']), length: 10 }, 'info.length'],
  ['piece length missing', noPieceLength, 'info.piece length'],
  ['piece length 0', { ...single, 'piece length': 0 }, 'info.piece length'],
  ['piece length negative', { ...single, 'piece length': -32 }, 'info.piece length'],
  ['piece length beyond 256 MiB', { ...single, 'piece length': 2 ** 28 + 1 }, 'info.piece length'],
  ['pieces missing', noPieces, 'info.pieces'],
  ['pieces a list', { ...single, pieces: [] }, 'info.pieces'],
  ['pieces no multiple of 20', { ...single, pieces: new Uint8Array(79) }, 'info.pieces'],
  ['a piece too few', { ...single, pieces: hashes(3) }, 'info.pieces'],
  ['a piece too many', { ...single, pieces: hashes(5) }, 'info.pieces'],
  ['version 2 only', { ...noPieces, 'meta version': 2 }, 'info.pieces'],
  ['more pieces than allowed', { ...single, length: 2 ** 50 }, 'info.pieces'],
  ['private a string', { ...single, private: 'yes' }, 'info.private'],
  ['source a number', { ...single, source: 3 }, 'info.source'],
  ['files no list', { ...multi(['x']), files: 'x' }, 'info.files'],
  ['files empty', { ...multi(), files: [] }, 'info.files'],
  ['a file no dictionary', { ...multi(['x']), files: ['x'] }, 'info.files[0]'],
  ['a file without length', { ...multi(['x']), files: [{ path: ['x'] }] }, 'info.files[0].length'],
  ['a file of negative length', file({ length: -10 }), 'info.files[0].length'],
  ['a file without a path', { ...multi(['x']), files: [{ length: 10 }] }, 'info.files[0].path'],
  ['an empty path', file({ path: [] }), 'info.files[0].path'],
  ['a path that is text', file({ path: 'x' }), 'info.files[0].path'],
  ['a path of numbers', file({ path: [1] }), 'info.files[0].path[0]'],
  ['a path with ..', multi(['x'], ['d', '..', '..', 'y']), 'info.files[1].path[1]'],
  ['a path with .', file({ path: ['.', 'x'] }), 'info.files[0].path[0]'],
  ['a path with an empty part', file({ path: ['d', ''] }), 'info.files[0].path[1]'],
  ['an absolute part', file({ path: ['/etc/passwd'] }), 'info.files[0].path[0]'],
  ['a backslash in a part', file({ path: ['d', 'C:\\x'] }), 'info.files[0].path[1]'],
  ['NUL in a part', file({ path: ['x\0'] }), 'info.files[0].path[0]'],
  ['a part too long', file({ path: ['x'.repeat(256)] }), 'info.files[0].path[0]'],
  ['path.utf-8 unsafe', file({ 'path.utf-8': ['..'] }), 'info.files[0].path.utf-8[0]'],
  ['a path too deep', file({ path: new Array<string>(65).fill('d') }), 'info.files[0].path'],
  ['a path twice', multi(['x'], ['y'], ['x']), 'info.files[2].path'],
  ['a path twice after decoding', multi(['x'], ['\uFEFFx']), 'info.files[1].path'],
  ['a file below a file', multi(['d'], ['d', 'x']), 'info.files[1].path'],
  ['a file where a folder is', multi(['d', 'x'], ['d']), 'info.files[1].path'],
  ['padding with an unsafe path', file({ attr: 'p', path: ['..'] }), 'info.files[0].path[0]'],
  ['attr a number', file({ attr: 1 }), 'info.files[0].attr'],
  ['lengths beyond 2^53 together', {
    ...multi(['x'], ['y']),
    files: ['x', 'y'].map((name) => ({ length: Number.MAX_SAFE_INTEGER, path: [name] })),
  }, 'info.files'],
];
for (const [what, info, field] of refused) {
  test(`refused: ${what}, at ${field}`, () => {
    const result = parseMetainfo(typeof info === 'string' ? toUtf8(info) : encode({ info }), sha1);
    assert.equal(result.ok ? 'taken' : result.error.field, field);
  });
}

const around: readonly (readonly [what: string, top: BInputDict, field: string])[] = [
  ['announce a number', { announce: 1 }, 'announce'],
  ['announce-list text', { 'announce-list': 'x' }, 'announce-list'],
  ['a tier that is text', { 'announce-list': ['x'] }, 'announce-list[0]'],
  ['a tracker that is a number', { 'announce-list': [['x'], [1]] }, 'announce-list[1][0]'],
  ['url-list a dictionary', { 'url-list': {} }, 'url-list'],
  ['a web seed that is a list', { 'url-list': [[]] }, 'url-list[0]'],
  ['comment a list', { comment: [] }, 'comment'],
  ['creation date text', { 'creation date': 'today' }, 'creation date'],
  ['a URL without end', { announce: 'x'.repeat(10_000) }, 'announce'],
  ['thousands of trackers', { 'announce-list': [new Array<string>(1001).fill('x')] }, 'announce-list'],
];
for (const [what, top, field] of around) {
  test(`refused: ${what}, at ${field}`, () => {
    const result = parseMetainfo(encode({ ...top, info: single }), sha1);
    assert.equal(result.ok ? 'taken' : result.error.field, field);
  });
}

test('limits can be set, and hold at their edge', () => {
  const info = multi(['x'], ['y'], ['d', 'zz']);
  const size = encode({ info }).length;
  const exact = { maxBytes: size, maxFiles: 3, maxPieces: 1, maxPathDepth: 2, maxNameBytes: 6, maxPieceLength: 32 };
  parsed({ info }, exact);
  for (const [key, n] of Object.entries(exact)) {
    assert.equal(parseMetainfo(encode({ info }), sha1, { ...exact, [key]: n - 1 }).ok, false, key);
  }
});

test('text that is not UTF-8 shows as U+FFFD, and stays safe', () => {
  assert.equal(parsed({ info: { ...single, name: latin1(0x61, 0xff) } }).name, 'a\uFFFD');
  const over = parseMetainfo(encode({ info: { ...single, name: latin1(0xc0, 0xae, 0xc0, 0xae) } }), sha1);
  assert.ok(over.ok && over.value.name !== '..', 'an overlong encoding is no dot');
});

test('random and damaged metainfo never throws', () => {
  const good = encode({ announce: 'http://t/', info: multi(['x'], ['d', 'y']) });
  const damage = fc.array(fc.tuple(fc.nat(good.length - 1), fc.nat(255)), { maxLength: 4 });
  fc.assert(fc.property(damage, fc.nat(good.length), (edits, end) => {
    const bytes = good.slice(0, end < good.length / 2 ? undefined : end);
    for (const [at, byte] of edits) bytes[at] = byte;
    const result = parseMetainfo(bytes, sha1);
    if (result.ok) assert.equal(result.value.hashes.length, 20 * result.value.pieceCount);
  }));
});

// BUILDING -----------------------------------------------------------------------------

const name = fc.stringMatching(/^[a-zü]{1,8}$/);
test('what is built parses to the same, and builds to the same bytes again', () => {
  const paths = fc.uniqueArray(name, { minLength: 1, maxLength: 6 });
  fc.assert(fc.property(name, paths, fc.array(fc.nat(1000)), fc.boolean(), (root, names, lengths, flat) => {
    const files = flat
      ? [{ path: [root], length: lengths[0] ?? 0, padding: false }]
      : names.map((n, i) => ({ path: [root, 'd', n], length: lengths[i] ?? 1, padding: i % 3 === 2 }));
    const total = files.reduce((sum, f) => sum + f.length, 0);
    const parts = {
      name: root, files, pieceLength: 64, hashes: hashes(Math.ceil(total / 64)), private: flat,
      trackers: [['http://a/', 'http://b/'], ['http://c/']], webSeeds: ['http://w/'],
      source: 's', comment: 'c', createdBy: 'x', creationDate: 7,
    };
    const bytes = buildMetainfo(parts);
    const result = parseMetainfo(bytes, sha1);
    assert.ok(result.ok);
    assert.deepEqual({ ...result.value, ...parts }, result.value);
    assert.deepEqual(buildMetainfo(result.value), bytes);
  }));
});

test('our own mistakes throw: hashes that do not fit, stray paths, a single file with folders', () => {
  const files = [{ path: ['n', 'x'], length: 10, padding: false }];
  const parts = { name: 'n', files, pieceLength: 16, hashes: hashes(1) };
  assert.doesNotThrow(() => buildMetainfo(parts));
  assert.throws(() => buildMetainfo({ ...parts, hashes: hashes(2) }), /do not fit/);
  assert.throws(() => buildMetainfo({ ...parts, name: 'm' }), /does not begin with/);
  assert.throws(() => buildMetainfo({ ...parts, single: true }), /single-file/);
});

test('the piece length is a power of two that gives about 1000 to 2000 pieces', () => {
  assert.equal(choosePieceLength(0), 16_384);
  assert.equal(choosePieceLength(2 ** 50), 2 ** 24);
  for (let total = 40_000_000; total < 2 ** 34; total *= 1.3) {
    const length = choosePieceLength(total);
    assert.equal(Math.log2(length) % 1, 0);
    assert.ok(total / length <= 2000 && total / length > 999, `${total} / ${length}`);
  }
});

test('raw bytes join into a file that parses', () => {
  const info = encode(single);
  const bytes = concat([toUtf8('d4:info'), info, toUtf8('e')]);
  assert.equal(parseMetainfo(bytes, sha1).ok, true);
});
