/** Bencode as it comes from outside, and SHA-1 as the measure of what no structure can save. */
import { MIB } from '../../src/base/units.js';
import { nodeSha1 } from '../../src/edge/sha1.js';
import { decode } from '../../src/protocol/bencode.js';
import { buildMetainfo } from '../../src/protocol/metainfo-build.js';
import { HASH_BYTES } from '../../src/protocol/metainfo.js';
import { encodeAnnounceAnswer, parseAnnounce } from '../../src/protocol/tracker-http.js';
import type { Case } from './measure.js';

const FILES = 8_000;
const PIECES = 26_000;

/** Half of it piece hashes, half of it file names: 1 MiB in all. */
const metainfo = buildMetainfo({
  name: 'album', pieceLength: MIB, hashes: new Uint8Array(PIECES * HASH_BYTES),
  files: Array.from({ length: FILES }, (_, i) => ({
    path: ['album', `disc ${i % 20}`, `track ${i}.flac`], length: i === 0 ? PIECES * MIB - FILES + 1 : 1, padding: false,
  })),
});
/** The most peers that a client asks for, in compact form (BEP 23). */
const answer = encodeAnnounceAnswer({
  kind: 'peers', intervalMs: 1_800_000, minIntervalMs: 60_000,
  peers: Array.from({ length: 200 }, (_, i) => ({ host: `10.0.0.${i + 1}`, port: 6881 })),
});
const piece = new Uint8Array(MIB);

const repeat = (o: Omit<Case, 'prepare' | 'unit'> & { readonly times: number; readonly work: () => number }): Case => ({
  ...o, unit: 'time',
  prepare: () => ({
    operations: o.times,
    run() {
      let sum = 0;
      for (let i = 0; i < o.times; i++) sum += o.work();
      return sum;
    },
  }),
});

export const CODECS: readonly Case[] = [
  repeat({
    name: `bencode: scan and decode metainfo of ${(metainfo.length / MIB).toFixed(1)} MiB`, bytes: metainfo.length, times: 1,
    work: () => Object.keys(decoded(metainfo)).length,
  }),
  repeat({
    name: 'bencode: answer of a tracker, 200 peers', bytes: answer.length, times: 100,
    work: () => {
      const parsed = parseAnnounce(answer);
      return parsed.ok && parsed.value.kind === 'peers' ? parsed.value.peers.length : 0;
    },
  }),
  repeat({ name: 'SHA-1 of 1 MiB, for comparison', bytes: MIB, times: 4, work: () => nodeSha1(piece)[0]! }),
];

function decoded(bytes: Uint8Array): object {
  const value = decode(bytes);
  if (!value.ok) throw new Error(JSON.stringify(value.error));
  return value.value as object;
}
