/**
 * Udp: a conversation of small packets with one remote, as trackers hold it. What to say and how long to wait for an answer is the
 * talker's decision; the socket and the clock are behind this port.
 */
import type { Endpoint } from '../base/endpoint.js';
import type { IpFamily } from '../base/ip.js';
import type { Millis } from '../base/units.js';

export type Move<T> =
  /** Say this; when nothing that matters is heard within `wait`, `next` is asked. */
  | { readonly kind: 'send'; readonly packet: Uint8Array; readonly wait: Millis }
  | { readonly kind: 'done'; readonly reply: T }
  | { readonly kind: 'failed'; readonly reason: string }
  /** What was heard does not matter: the waiting goes on. */
  | { readonly kind: 'ignored' };

export interface Talker<T> {
  /** At the start, and whenever a wait is over. */
  next(): Move<T>;
  /** `family` is that of the remote's address. The packet is the talker's to keep. */
  heard(packet: Uint8Array, family: IpFamily): Move<T>;
}

export interface UdpBounds {
  readonly timeout: Millis;
  readonly family?: IpFamily;
}

export interface Udp {
  /**
   * Only packets from `to` are heard; `family`: to an address of it only. Rejects with an Error that says why: no such host, nobody listens,
   * no answer in time.
   */
  converse<T>(to: Endpoint, talker: Talker<T>, bounds: UdpBounds): Promise<T>;
}
