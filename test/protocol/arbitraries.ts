/** Random values of the protocol, for property tests. */
import fc from 'fast-check';
import type { Endpoint } from '../../src/base/endpoint.js';
import { ipText } from '../../src/base/ip.js';
import type { OwnMessage } from '../../src/protocol/wire-encode.js';

const address = (length: number): fc.Arbitrary<string> =>
  fc.uint8Array({ minLength: length, maxLength: length }).map(ipText);
const port = fc.integer({ min: 1, max: 65_535 });
export const ipv4Peer: fc.Arbitrary<Endpoint> = fc.record({ host: address(4), port }, { noNullPrototype: true });
export const ipv6Peer: fc.Arbitrary<Endpoint> = fc.record({ host: address(16), port }, { noNullPrototype: true });

const u32 = fc.nat(0xffffffff);
const bytes = fc.uint8Array({ maxLength: 200 });
const blockKind = fc.constantFrom('request' as const, 'cancel' as const, 'reject' as const);
const pieceKind = fc.constantFrom('have' as const, 'suggest' as const, 'allowedFast' as const);
const plainKind = fc.constantFrom(
  'keepAlive' as const, 'choke' as const, 'unchoke' as const, 'interested' as const, 'notInterested' as const,
  'haveAll' as const, 'haveNone' as const,
);
/** Any message we could send. */
export const ownMessage: fc.Arbitrary<OwnMessage> = fc.oneof(
  fc.record({ type: plainKind }, { noNullPrototype: true }),
  fc.record({ type: pieceKind, piece: u32 }, { noNullPrototype: true }),
  fc.record({ type: blockKind, piece: u32, begin: u32, length: u32 }, { noNullPrototype: true }),
  fc.record({ type: fc.constant('bitfield' as const), bits: bytes }, { noNullPrototype: true }),
  fc.record({ type: fc.constant('extended' as const), id: fc.nat(255), payload: bytes }, { noNullPrototype: true }),
  fc.record({ type: fc.constant('port' as const), port: fc.nat(65_535) }, { noNullPrototype: true }),
);
