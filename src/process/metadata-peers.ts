/**
 * Metadata's connections: whom it is connected to, and what they say. A peer is heard for what it has told of the info dictionary and what
 * it gives of it, and for nothing else.
 */
import { fromHex } from '../base/bytes.js';
import { formatEndpoint, type Endpoint } from '../base/endpoint.js';
import { describe } from '../base/result.js';
import { SECOND, type Millis } from '../base/units.js';
import type { Connection } from '../ports/net.js';
import { encodeExtendedHandshake, parseExtendedHandshake } from '../protocol/extended.js';
import { Framer } from '../protocol/framer.js';
import { encodeHandshake, reservedBits, type Handshake } from '../protocol/handshake.js';
import { UT_METADATA, type MetadataMessage } from '../protocol/metadata.js';
import { clientName } from '../protocol/peer-id.js';
import { encodeMessage } from '../protocol/wire-encode.js';
import type { WireMessage } from '../protocol/wire.js';
import type { Incoming } from './listener.js';
import { isRunning, type Me, type Peer, type State } from './metadata-state.js';

/** Who does not give a piece now is asked again after this. */
const REST_MS: Millis = 5 * SECOND;
/** Refusals, answers to nothing, and questions of its own that we take from a peer. */
const MOST_USELESS = 100;

export function incoming(s: State, arrival: Incoming, self: Me): void {
  const { connection, handshake, rest } = arrival;
  const welcome = isRunning(s) && s.peers.size < s.maxPeers && !s.candidates.isBanned(connection.remote);
  if (!welcome) return connection.close();
  const peer = meet(s, connection, connection.remote, self);
  shakeHands(s, peer, handshake, self);
  take(s, peer, rest, self);
  if (s.peers.has(peer)) connection.reader.resume();
}

export function dialed(s: State, to: Endpoint, connection: Connection, self: Me): void {
  s.dialing--;
  if (isRunning(s) && !s.candidates.isBanned(connection.remote)) return void meet(s, connection, to, self);
  s.candidates.decline(to, connection.remote);
  connection.close();
}

function meet(s: State, connection: Connection, endpoint: Endpoint, self: Me): number {
  const peer = ++s.lastPeer;
  const framer: Framer = new Framer({
    handshake: (h) => shakeHands(s, peer, h, self),
    message: (m) => hear(s, peer, m, self),
    block: () => undefined,
  }, { expectHandshake: !connection.incoming });
  s.peers.set(peer, {
    connection, endpoint, framer, since: self.now(), home: connection.incoming ? undefined : endpoint, peerId: undefined,
    extension: undefined, useless: 0,
  });
  connection.reader.read({
    data: (data) => self.post({ type: 'data', peer, data }),
    end: (reason) => self.post({ type: 'ended', peer, reason }),
  });
  const reserved = reservedBits({ extensions: true });
  write(connection, encodeHandshake({ infoHash: s.torrent, peerId: s.ownId, reserved }));
  return peer;
}

type Parting = { readonly reason: string; readonly how: 'failed' | 'banned' | 'released' };

export function part(s: State, peer: number, { reason, how }: Parting, self: Me): void {
  const p = s.peers.get(peer);
  if (!p) return;
  const { connection, endpoint, framer } = p;
  s.peers.delete(peer);
  s.copies.leave(peer);
  framer.stop();
  connection.close();
  if (how === 'banned') s.candidates.ban(endpoint, connection.remote);
  else if (how === 'failed') s.candidates.failed(endpoint, self.now());
  else s.candidates.release(endpoint);
  const what = how === 'banned' ? 'banned' : 'disconnected';
  self.tell(s.status, { type: 'note', note: { event: 'peer', what, address: formatEndpoint(endpoint), reason } });
}

// WHAT PEERS SAY

export function take(s: State, peer: number, data: Uint8Array, self: Me): void {
  const p = s.peers.get(peer);
  if (!p) return;
  p.framer.feed(data, 0, 0);
  const { flaw, payloadPending } = p.framer;
  if (flaw) part(s, peer, { reason: describe(flaw), how: 'failed' }, self);
  else if (payloadPending > 0) part(s, peer, { reason: 'sent a block that was not asked for', how: 'failed' }, self);
}

function shakeHands(s: State, peer: number, h: Handshake, self: Me): void {
  const p = s.peers.get(peer)!;
  const reason = refusalOf(s, h);
  if (reason !== undefined) return part(s, peer, { reason, how: 'failed' }, self);
  p.peerId = h.peerId;
  s.seeking.reached(self.now());
  const { agent: client, port } = s;
  const m = new Map([[UT_METADATA.name, UT_METADATA.id]]);
  const payload = encodeExtendedHandshake({ m, client, yourIp: p.endpoint.host, ...(port > 0 && { port }) });
  write(p.connection, encodeMessage({ type: 'extended', id: 0, payload }));
  const theirs = clientName(fromHex(h.peerId));
  self.tell(s.status, { type: 'note', note: { event: 'peer', what: 'connected', address: formatEndpoint(p.endpoint), client: theirs } });
}

function refusalOf(s: State, { infoHash, peerId, extensions }: Handshake): string | undefined {
  if (infoHash !== s.torrent) return `speaks of torrent ${infoHash}`;
  if (peerId === s.ownId) return 'it is ourselves';
  if ([...s.peers.values()].some((other) => other.peerId === peerId)) return 'connected already';
  return extensions ? undefined : 'speaks no extensions, so it cannot give metadata';
}

function hear(s: State, peer: number, m: WireMessage, self: Me): void {
  const p = s.peers.get(peer);
  if (!p || s.whole || m.type !== 'extended') return;
  if (m.id === 0) return extended(s, peer, m.payload, self);
  if (m.id !== UT_METADATA.id) return;
  const parsed = UT_METADATA.parse(m.payload);
  if (!parsed.ok) return part(s, peer, { reason: describe(parsed.error), how: 'failed' }, self);
  if (!answer(s, peer, parsed.value, self) && ++p.useless > MOST_USELESS) {
    part(s, peer, { reason: 'sends what nobody asked for', how: 'failed' }, self);
  }
}

function extended(s: State, peer: number, payload: Uint8Array, self: Me): void {
  const parsed = parseExtendedHandshake(payload);
  if (!parsed.ok) return part(s, peer, { reason: describe(parsed.error), how: 'failed' }, self);
  const { m, metadataSize, port } = parsed.value;
  const extension = m.get(UT_METADATA.name) ?? 0;
  // It may be fetching too, and tell of it when it has it.
  if (extension === 0 || metadataSize === undefined) return;
  const p = s.peers.get(peer)!;
  p.extension = extension;
  if (port !== undefined) p.home ??= { host: p.endpoint.host, port };
  s.copies.join(peer, metadataSize);
}

/** False for what is of no use. */
function answer(s: State, peer: number, m: MetadataMessage, self: Me): boolean {
  switch (m.type) {
    case 'unknown': return false;
    case 'request':
      say(s.peers.get(peer)!, { type: 'reject', piece: m.piece });
      return false;
    case 'reject':
      s.copies.refused(peer, m.piece, self.now() + REST_MS);
      return false;
    case 'data': {
      const arrival = s.copies.arrived(peer, m.piece, m.bytes);
      if (arrival.type === 'whole') s.whole = arrival.bytes;
      if (arrival.type === 'wrong' && arrival.liar !== undefined) {
        part(s, arrival.liar, { reason: 'gave metadata that does not match the info-hash', how: 'banned' }, self);
      }
      return arrival.type !== 'unasked';
    }
  }
}

export function say({ connection, extension }: Peer, message: MetadataMessage): void {
  if (extension !== undefined) write(connection, encodeMessage({ type: 'extended', id: extension, payload: UT_METADATA.encode(message) }));
}

/** Few and small: what a peer makes us say is counted. */
const write = (connection: Connection, bytes: Uint8Array): void => connection.writer.write([bytes], () => undefined);

