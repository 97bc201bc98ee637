/**
 * The extension protocol (BEP 10): its handshake, a bencoded dictionary in extended message 0, and the shape an
 * extension takes to plug in. `m` maps an extension's name to the id its sender wants to receive it under (1..255; 0
 * turns it off). A broken dictionary or `m` is refused; the other fields are advice, and one that makes no sense
 * counts as missing.
 */
import type { Result } from '../base/result.js';
import { fromUtf8Lossy } from '../base/bytes.js';
import { isPort } from '../base/endpoint.js';
import { ipBytes, ipText, isIpLength } from '../base/ip.js';
import { KIB, MIB } from '../base/units.js';
import { decode, encode, type BValue } from './bencode.js';
import { Fields, present } from './fields.js';

export interface ExtendedHandshake {
  /** Ids by extension name, e.g. `ut_metadata` -> 3. */
  readonly m: ReadonlyMap<string, number>;
  /** `v`: client name and version, as claimed. */
  readonly client?: string;
  /** How many requests its sender queues without dropping any. */
  readonly reqq?: number;
  /** `p`: where its sender listens. */
  readonly port?: number;
  /** BEP 21: wants nothing of this torrent any more. */
  readonly uploadOnly?: boolean;
  /** BEP 9: bytes of `info`. */
  readonly metadataSize?: number;
  /** The address its sender sees us at. */
  readonly yourIp?: string;
}

const LIMITS = { maxBytes: 64 * KIB, maxDepth: 8, maxItems: 2000, lenientOrder: true };
const MAX_EXTENSIONS = 200;
const MAX_CLIENT_CHARS = 200;
/** The info dictionary of a million pieces and many files; who claims a larger one is not asked. */
export const MAX_METADATA_BYTES = 32 * MIB;

/** `payload` as the extended message with id 0 brings it. */
export function parseExtendedHandshake(payload: Uint8Array): Result<ExtendedHandshake> {
  const decoded = decode(payload, LIMITS);
  if (!decoded.ok) return decoded;
  const fields = new Fields(decoded.value);
  const m = readIds(fields.maybeDict('m'));
  const client = fields.get('v');
  const uploadOnly = fields.get('upload_only');
  const handshake = {
    m,
    ...present({
      client: client instanceof Uint8Array ? fromUtf8Lossy(client).slice(0, MAX_CLIENT_CHARS) : undefined,
      reqq: integer(fields.get('reqq'), (n) => n >= 1),
      port: integer(fields.get('p'), isPort),
      uploadOnly: typeof uploadOnly === 'number' ? uploadOnly !== 0 : undefined,
      metadataSize: integer(fields.get('metadata_size'), (n) => n >= 1 && n <= MAX_METADATA_BYTES),
      yourIp: address(fields.get('yourip')),
    }),
  };
  return fields.flaws.result(handshake);
}

export function encodeExtendedHandshake(h: ExtendedHandshake): Uint8Array {
  return encode({
    m: h.m,
    v: h.client,
    reqq: h.reqq,
    p: h.port,
    upload_only: h.uploadOnly === undefined ? undefined : Number(h.uploadOnly),
    metadata_size: h.metadataSize,
    yourip: h.yourIp === undefined ? undefined : ipBytes(h.yourIp),
  });
}

function readIds(m: Fields | undefined): ReadonlyMap<string, number> {
  const names = m?.keys() ?? [];
  if (names.length > MAX_EXTENSIONS) m?.flaws.add('m', `at most ${MAX_EXTENSIONS} extensions`, `${names.length}`);
  return new Map(names.slice(0, MAX_EXTENSIONS).map((name) => [name, m!.int(name, 0, 255)]));
}

const integer = (value: BValue | undefined, sound: (n: number) => boolean): number | undefined =>
  typeof value === 'number' && sound(value) ? value : undefined;

const address = (value: BValue | undefined): string | undefined =>
  value instanceof Uint8Array && isIpLength(value.length) ? ipText(value) : undefined;

// EXTENSIONS ---------------------------------------------------------------------------

/** A message kind that travels in extended messages, e.g. `ut_pex`. */
export interface Extension<T> {
  readonly name: string;
  /** The id we ask to receive it under, 1..255. */
  readonly id: number;
  parse(payload: Uint8Array): Result<T>;
  encode(message: T): Uint8Array;
}

/** The extensions we speak, and what goes to `m` of our handshake. */
export interface ExtensionRegistry<T> {
  readonly m: ReadonlyMap<string, number>;
  /** Reads an extended message that is not the handshake; undefined where its id is none of our `m`. */
  parse(id: number, payload: Uint8Array): Result<T> | undefined;
}

/** Throws where two extensions share a name or an id. */
export function extensionRegistry<T>(extensions: readonly Extension<T>[]): ExtensionRegistry<T> {
  const byId = new Map(extensions.map((e) => [e.id, e]));
  const m = new Map(extensions.map((e) => [e.name, e.id]));
  if (byId.size !== extensions.length || m.size !== extensions.length || byId.has(0)) {
    throw new Error('extensions need names and ids of their own, and ids from 1');
  }
  return {
    m,
    parse: (id, payload) => byId.get(id)?.parse(payload),
  };
}
