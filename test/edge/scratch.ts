/**
 * A folder for one test, removed after it; and promises of the ports' callbacks, so that tests read from top to bottom.
 */
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import type { CheckOutcome, ReadOutcome, Span, Storage, StoreOutcome } from '../../src/ports/disk.js';

type Spans = readonly Span[];

export function scratch(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'actorrent-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

export const sha1 = (bytes: Uint8Array): Uint8Array => createHash('sha1').update(bytes).digest();

/** Bytes that differ from place to place. */
export const content = (length: number, salt = 0): Uint8Array =>
  Uint8Array.from({ length }, (_, i) => (i * 31 + (i >> 8) * 7 + salt) & 255);

export const span = (file: number, offset: number, length: number): Span => ({ file, offset, length });

export const stored = (s: Storage, bytes: Uint8Array, spans: Spans, expected = sha1(bytes)): Promise<StoreOutcome> =>
  new Promise((resolve) => {
    const piece = s.buffer(bytes.length);
    piece.set(bytes);
    s.store({ bytes: piece, expected, spans }, (outcome) => {
      s.release(piece);
      resolve(outcome);
    });
  });

export const checked = (s: Storage, spans: Spans, expected: Uint8Array): Promise<CheckOutcome> =>
  new Promise((resolve) => s.check({ expected, spans }, resolve));

export const read = (s: Storage, spans: Spans): Promise<ReadOutcome> =>
  new Promise((resolve) => s.read(spans, resolve));
