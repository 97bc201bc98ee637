/**
 * What a tracker answers to a packet (BEP 15). A connection id is a keyed digest of the asker's address and the minute: it proves that
 * the asker receives at the address it writes from, and costs us no memory. It is good for one to two minutes. A packet without
 * a good one is not answered, so nobody can be flooded in another's name.
 */
import { createHmac } from 'node:crypto';
import type { Endpoint } from '../../base/endpoint.js';
import { familyOf } from '../../base/ip.js';
import { MINUTE, type Millis } from '../../base/units.js';
import type { SwarmAnnounce } from '../../model/swarm-table.js';
import { encodeUdpAnswer, parseUdpQuestion, type UdpAnswer } from '../../protocol/tracker-udp.js';
import { countsOf, NOT_TRACKED, take, type Circumstances, type TrackerRules } from './rules.js';

export interface UdpRules extends TrackerRules {
  /** The key of the connection ids, unknown to everybody else. */
  readonly secret: Uint8Array;
}
export interface UdpReply {
  readonly packet: Uint8Array;
  /** An announce that was taken. */
  readonly announced?: SwarmAnnounce;
}

const NOTHING_KNOWN = { seeds: 0, leechers: 0, downloaded: 0 };

/** Undefined: not worth an answer. */
export function answerUdp(packet: Uint8Array, of: Circumstances, rules: UdpRules): UdpReply | undefined {
  const parsed = parseUdpQuestion(packet);
  if (!parsed.ok) return undefined;
  const question = parsed.value;
  const { transaction } = question;
  const family = familyOf(of.from);
  const say = (answer: UdpAnswer): UdpReply => ({ packet: encodeUdpAnswer({ ...answer, transaction }, family) });
  if (question.kind === 'connect') return say({ kind: 'connect', connection: connectionId(of.from, of.now, rules.secret) });
  const good = [of.now, of.now - MINUTE].some((then) => question.connection === connectionId(of.from, then, rules.secret));
  if (!good) return undefined;
  if (question.kind === 'scrape') {
    return say({ kind: 'scrape', swarms: question.torrents.map((torrent) => countsOf(torrent, of.now, rules) ?? NOTHING_KNOWN) });
  }
  const useful = (peer: Endpoint): boolean => familyOf(peer.host) === family;
  const taken = take(question.params, { ...of, useful }, rules);
  if (taken === undefined) return say({ kind: 'error', reason: NOT_TRACKED });
  const { announced, seeds, leechers, peers } = taken;
  return { ...say({ kind: 'announce', intervalMs: rules.intervalMs, seeds, leechers, peers }), announced };
}


const connectionId = (from: string, at: Millis, secret: Uint8Array): string =>
  createHmac('sha256', secret).update(`${from} ${Math.floor(at / MINUTE)}`).digest('hex').slice(0, 16);
