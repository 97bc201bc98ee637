/**
 * The record of a choker: all that it was told and all that it decided, one fact a line, as JSON. From it any other policy can be asked
 * later what it would have done (replay.ts). Times in ms of the run's clock, payload in bytes. What is read from a file is checked field by
 * field: a line that does not fit gives a flaw that names it.
 */
import type { PeerKey, TorrentKey } from '../../base/brand.js';
import { flaw, ok, type Result } from '../../base/result.js';
import type { BytesPerSec, Millis } from '../../base/units.js';
import type { Occasion } from './known.js';
import type { Params, TorrentView, Why } from './policy.js';
import type { Introduction, PeerReport } from './roster.js';
import { isRecord, wrong, type Fields } from './validate-shape.js';

export type Fact =
  | { readonly fact: 'policy'; readonly name: string; readonly params: Params; readonly tickMs: Millis }
  | { readonly fact: 'join'; readonly peer: Introduction }
  | { readonly fact: 'leave'; readonly peer: PeerKey }
  | { readonly fact: 'report'; readonly peer: PeerKey; readonly report: PeerReport; readonly now: Millis }
  | { readonly fact: 'torrent'; readonly view: TorrentView }
  | { readonly fact: 'torrentLeft'; readonly torrent: TorrentKey }
  | { readonly fact: 'limit'; readonly limit: BytesPerSec | null }
  | Decided;
/** What the policy chose, and which choke bits changed by it: null is a choke. */
export interface Decided extends Occasion {
  readonly fact: 'decided';
  readonly entropy: readonly [number, number];
  readonly unchoked: readonly (readonly [PeerKey, Why])[];
  readonly untouched: readonly PeerKey[];
  readonly orders: readonly (readonly [PeerKey, Why | null])[];
}

export const encodeFact = (fact: Fact): string => JSON.stringify(fact);

/** Longer than any line of a few thousand peers. */
const LONGEST_LINE = 1 << 20;

export function parseFact(line: string): Result<Fact> {
  if (line.length > LONGEST_LINE) return flaw('line', `at most ${LONGEST_LINE} characters`, String(line.length));
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return flaw('line', 'JSON', JSON.stringify(line.slice(0, 40)));
  }
  if (!isRecord(value)) return wrong('line', 'an object', value);
  const shape = SHAPES[value['fact'] as Fact['fact']] as Shape | undefined;
  if (!shape || !Object.hasOwn(SHAPES, String(value['fact']))) return wrong('fact', Object.keys(SHAPES).join(', '), value['fact']);
  const bad = misfit(value, shape, '');
  return bad ?? ok(value as unknown as Fact);
}

// SHAPES -----------------------------------------------------------------------------

type Check = readonly [expected: string, is: (v: unknown) => boolean];
type Shape = { readonly [field: string]: Check | Shape };

const isNumber = (v: unknown): v is number => typeof v === 'number' && Number.isFinite(v);
const isNumbers = (v: unknown): boolean => Array.isArray(v) && v.every(isNumber);
const arePairs = (isSecond: (v: unknown) => boolean) => (v: unknown): boolean =>
  Array.isArray(v) && v.every((pair) => Array.isArray(pair) && pair.length === 2 && isNumber(pair[0]) && isSecond(pair[1]));
const isText = (v: unknown): boolean => typeof v === 'string';

const number: Check = ['a number', isNumber];
const numberOrNull: Check = ['a number or null', (v) => v === null || isNumber(v)];
const flag: Check = ['true or false', (v) => typeof v === 'boolean'];
const text: Check = ['a text', isText];

const SHAPES: Readonly<Record<Fact['fact'], Shape>> = {
  policy: { name: text, params: ['an object', isRecord], tickMs: number },
  join: { peer: { key: number, torrent: number, connectedAt: number, outgoing: flag, local: flag, fastExtension: flag } },
  leave: { peer: number },
  report: { peer: number, now: number, report: {
    peerInterested: flag, amInterested: flag, peerChoking: flag, peerIsSeed: flag, peerUploadOnly: flag, havePieces: number,
    peerHasWanted: flag, downTotal: number, upTotal: number, lastPieceAt: numberOrNull, peerUnchokedUsSince: numberOrNull,
    outstandingToPeer: number, queuedFromPeer: number, socketDrained: flag,
  } satisfies Record<keyof PeerReport, Check> },
  torrent: { view: {
    key: number, seeding: flag, seededFromStart: flag, private: flag, totalSize: number, pieceLength: number, pieceCount: number,
    pieces: number, uploadAllowed: flag,
  } satisfies Record<keyof TorrentView, Check> },
  torrentLeft: { torrent: number },
  limit: { limit: numberOrNull },
  decided: {
    now: number, trigger: text, subjects: ['numbers', isNumbers], entropy: ['two numbers', (v) => isNumbers(v) && (v as unknown[]).length === 2],
    unchoked: ['pairs of a peer and a reason', arePairs(isText)], untouched: ['numbers', isNumbers],
    orders: ['pairs of a peer and a reason, or null', arePairs((v) => v === null || isText(v))],
  },
};

function misfit(value: Fields, shape: Shape, path: string): ReturnType<typeof flaw> | undefined {
  for (const [field, expected] of Object.entries(shape)) {
    const found = value[field];
    const name = `${path}${field}`;
    if (isCheck(expected)) {
      if (!expected[1](found)) return wrong(name, expected[0], found);
      continue;
    }
    if (!isRecord(found)) return wrong(name, 'an object', found);
    const bad = misfit(found, expected, `${name}.`);
    if (bad) return bad;
  }
  return undefined;
}

const isCheck = (of: Check | Shape): of is Check => Array.isArray(of);
