import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { infoHash } from '../../src/base/brand.js';
import { toUtf8 } from '../../src/base/bytes.js';
import { encodeResumeRecord, parseResumeRecord, type ResumeRecord } from '../../src/protocol/resume-record.js';

const HASH = infoHash('0123456789abcdef'.repeat(3).slice(0, 40));
const EXPECTED = { infoHash: HASH, pieceCount: 12, fileCount: 2 };
const RECORD: ResumeRecord = { infoHash: HASH, pieces: Uint8Array.of(0xff, 0xf0),
  files: [{ length: 5, modifiedAt: 7 }, undefined], unfinished: [] };
const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString('latin1');

describe('resume record', () => {
  it('comes back as it went', () => {
    assert.deepEqual(parseResumeRecord(encodeResumeRecord(RECORD), EXPECTED), { ok: true, value: RECORD });
  });

  it('is bencoded, keys in order', () => {
    assert.equal(text(encodeResumeRecord(RECORD)),
      `d5:filesl${'li5ei7ee'}${'li-1ei-1ee'}e9:info-hash40:${HASH}6:pieces2:\xff\xf07:versioni1ee`);
  });

  it('names the blocks of pieces that were begun', () => {
    const full: ResumeRecord = { ...RECORD, unfinished: [{ piece: 11, blocks: Uint8Array.of(0x80) }] };
    assert.ok(text(encodeResumeRecord(full)).endsWith('10:unfinishedlli11e1:\x80ee7:versioni1ee'));
    assert.deepEqual(parseResumeRecord(encodeResumeRecord(full), EXPECTED), { ok: true, value: full });
  });

  it('names the files that were here before us', () => {
    const full: ResumeRecord = { ...RECORD, others: Uint8Array.of(0x40) };
    assert.ok(text(encodeResumeRecord(full)).endsWith('6:others1:\x406:pieces2:\xff\xf07:versioni1ee'));
    assert.deepEqual(parseResumeRecord(encodeResumeRecord(full), EXPECTED), { ok: true, value: full });
  });

  it('names how much files are wanted, of which something was said', () => {
    const full: ResumeRecord = { ...RECORD, priorities: [undefined, 'high'] };
    assert.ok(text(encodeResumeRecord(full)).endsWith('10:priorities2:\0\x047:versioni1ee'));
    assert.deepEqual(parseResumeRecord(encodeResumeRecord(full), EXPECTED), { ok: true, value: full });
    assert.deepEqual(encodeResumeRecord({ ...RECORD, priorities: [undefined, undefined] }), encodeResumeRecord(RECORD));
  });

  it('keeps whole milliseconds: some file systems say more', () => {
    const bytes = encodeResumeRecord({ ...RECORD, files: [{ length: 5, modifiedAt: 7.9 }, undefined] });
    const parsed = parseResumeRecord(bytes, EXPECTED);
    assert.deepEqual(parsed.ok && parsed.value.files[0], { length: 5, modifiedAt: 7 });
  });

  it('comes back whatever it holds', () => {
    const stamp = fc.record({ length: fc.maxSafeNat(), modifiedAt: fc.nat() }, { noNullPrototype: true });
    const record = fc.record({
      pieces: fc.uint8Array({ minLength: 50, maxLength: 99 }),
      files: fc.array(fc.option(stamp, { nil: undefined }), { maxLength: 20 }),
      unfinished: fc.array(fc.record({ piece: fc.nat(399), blocks: fc.uint8Array({ maxLength: 9 }) }, { noNullPrototype: true }), { maxLength: 9 }),
    });
    fc.assert(fc.property(record, ({ pieces, files, unfinished }) => {
      const full: ResumeRecord = { infoHash: HASH, pieces, files, unfinished };
      const expected = { infoHash: HASH, pieceCount: pieces.length * 8, fileCount: files.length };
      assert.deepEqual(parseResumeRecord(encodeResumeRecord(full), expected), { ok: true, value: full });
    }));
  });

  const unfinished = (piece: number): ResumeRecord => ({ ...RECORD, unfinished: [{ piece, blocks: Uint8Array.of(1) }] });
  const begun = (piece: number): Uint8Array => encodeResumeRecord(unfinished(piece));
  const altered = (record: ResumeRecord, from: string, to: string): Uint8Array =>
    Buffer.from(text(encodeResumeRecord(record)).replace(from, to), 'latin1');
  const refused: readonly (readonly [string, Uint8Array, string])[] = [
    ['another torrent', encodeResumeRecord({ ...RECORD, infoHash: infoHash('ab'.repeat(20)) }), 'info-hash'],
    ['too few pieces', encodeResumeRecord({ ...RECORD, pieces: Uint8Array.of(0xff) }), 'pieces'],
    ['too many pieces', encodeResumeRecord({ ...RECORD, pieces: new Uint8Array(3) }), 'pieces'],
    ['another number of files', encodeResumeRecord({ ...RECORD, files: [undefined] }), 'files'],
    ['another version', toUtf8('d7:versioni2ee'), 'version'],
    ['blocks of a piece that there is not', begun(12), 'unfinished[0]'],
    ['blocks of a piece before the first', begun(-1), 'unfinished[0]'],
    ['blocks that are none', altered(unfinished(3), '1:\x01', 'i1e'), 'unfinished[0]'],
    ['more pieces begun than there are',
      encodeResumeRecord({ ...RECORD, unfinished: new Array(13).fill({ piece: 1, blocks: Uint8Array.of(1) }) }), 'unfinished'],
    ['others that are a number', altered({ ...RECORD, others: Uint8Array.of(0x40) }, '1:@', 'i1e'), 'others'],
    ['priorities of another number of files', encodeResumeRecord({ ...RECORD, priorities: ['low'] }), 'priorities'],
    ['a priority that is none', altered({ ...RECORD, priorities: ['low', 'high'] }, '\x04', '\x05'), 'priorities'],
    ['no version', toUtf8('de'), 'version'],
    ['no hash', toUtf8('d7:versioni1ee'), 'info-hash'],
    ['a list', toUtf8('le'), 'record'],
    ['a file that is a number', toUtf8(`d5:filesli1elee9:info-hash40:${HASH}6:pieces2:xx7:versioni1ee`), 'files[0]'],
    ['a file without a time', toUtf8(`d5:filesll1:xeli1eee9:info-hash40:${HASH}6:pieces2:xx7:versioni1ee`), 'files[0]'],
    ['a time that is text',
      toUtf8(`d5:filesl${'li-1ei-1ee'}${'li1e1:xe'}e9:info-hash40:${HASH}6:pieces2:xx7:versioni1ee`), 'files[1]'],
    ['pieces that are a number', toUtf8(`d5:filesle9:info-hash40:${HASH}6:piecesi3e7:versioni1ee`), 'pieces'],
  ];
  for (const [what, bytes, field] of refused) {
    it(`refuses ${what}`, () => {
      const parsed = parseResumeRecord(bytes, EXPECTED);
      assert.equal(!parsed.ok && parsed.error.field, field, JSON.stringify(parsed));
    });
  }

  it('never throws on bytes from a broken disk', () => {
    const sound = encodeResumeRecord(RECORD);
    fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => void parseResumeRecord(bytes, EXPECTED)));
    fc.assert(fc.property(fc.nat(sound.length - 1), fc.nat(255), (at, byte) => {
      const bytes = sound.slice();
      bytes[at] = byte;
      parseResumeRecord(bytes, EXPECTED);
      assert.equal(parseResumeRecord(sound.subarray(0, at), EXPECTED).ok, false);
    }));
  });
});
