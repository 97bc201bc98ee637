/**
 * UdpExchange: one question to a UDP tracker, from `connect` to its answer (BEP 15 "time outs"). Says what to send and how long to
 * wait; the socket and the clock are behind the port `Udp`. A lost packet is sent again after 5 s, twice; BEP 15 has 15 s, doubled
 * eight times, but a tier has other trackers, and the tier's own backoff spares a tracker that is down.
 * What is not an answer to us (another transaction, garbage) changes nothing: anyone can send us packets.
 */
import type { IpFamily } from '../base/ip.js';
import type { Random } from '../base/random.js';
import { SECOND, type Millis } from '../base/units.js';
import type { Move, Talker } from '../ports/udp.js';
import { encodeUdpQuestion, parseUdpAnswer, type Of, type UdpAnswer, type UdpQuestion } from '../protocol/tracker-udp.js';

type Unconnected<T> = T extends { readonly connection: string } ? Omit<T, 'connection'> : never;
/** What is asked once connected. */
export type UdpRequest = Unconnected<UdpQuestion>;
export type UdpReply = Exclude<UdpAnswer, { kind: 'connect' }>;

const WAITS: readonly Millis[] = [5 * SECOND, 5 * SECOND, 10 * SECOND];

export class UdpExchange implements Talker<UdpReply> {
  readonly #request: UdpRequest;
  readonly #random: Random;
  #pending: Of<UdpQuestion>;
  #tries = 0;

  constructor(request: UdpRequest, random: Random) {
    this.#request = request;
    this.#random = random;
    this.#pending = { kind: 'connect', transaction: random.u32() };
  }

  next(): Move<UdpReply> {
    const wait = WAITS[this.#tries++];
    if (wait === undefined) return { kind: 'failed', reason: `no answer to ${this.#tries - 1} packets` };
    return { kind: 'send', packet: encodeUdpQuestion(this.#pending), wait };
  }

  heard(packet: Uint8Array, family: IpFamily): Move<UdpReply> {
    const parsed = parseUdpAnswer(packet, family);
    if (!parsed.ok || parsed.value.transaction !== this.#pending.transaction) return { kind: 'ignored' };
    const { transaction: _, ...answer } = parsed.value;
    if (answer.kind === 'error') return { kind: 'done', reply: answer };
    if (answer.kind !== this.#pending.kind) return { kind: 'failed', reason: `answered ${answer.kind} to ${this.#pending.kind}` };
    if (answer.kind !== 'connect') return { kind: 'done', reply: answer };
    // It answers: the packets lost on the way here are not held against the question.
    this.#tries = 0;
    this.#pending = { ...this.#request, connection: answer.connection, transaction: this.#random.u32() };
    return this.next();
  }
}
