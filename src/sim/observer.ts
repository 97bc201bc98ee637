/**
 * Observer: watches a swarm and writes down what a RunResult needs. It hears what the clients say of themselves, looks
 * at their links every SAMPLE, and sees what their choking policies see; it touches nothing, so a watched run has the
 * same trace as any.
 */
import { SECOND, type Millis } from '../base/units.js';
import type { ChosenPolicy } from '../client.js';
import type { ClientEvent } from '../ports/events.js';
import type { ChokeInput } from '../policy/choke/policy.js';
import type { Identity, Member } from './member.js';
import type { ClassSeries, PairResult, PeerResult, RunResult } from './result.js';
import type { Swarm, Watch } from './swarm.js';

const SAMPLE: Millis = 5 * SECOND;

/** One connection, as one of its ends sees it. */
interface Contact {
  readonly with: Member;
  readonly since: Millis;
  unchoked: { readonly since: Millis; readonly optimistic: boolean; returned: boolean } | undefined;
}
interface Pair {
  connected: Millis;
  regular: Millis;
  optimistic: Millis;
}
interface Series {
  readonly used: (number | null)[];
  readonly present: number[];
}

export class Observer {
  readonly watch: Watch = {
    begin: (swarm) => this.#begin(swarm),
    heard: (member, event) => this.#heard(member, event),
    policyFor: (identity, chosen) => this.#seeing(identity, chosen),
  };
  #swarm!: Swarm;
  readonly #byAddress = new Map<string, Member>();
  /** By address and port: two may meet twice, until one of the two connections is given up. */
  readonly #contacts = new Map<Member, Map<string, Contact>>();
  readonly #pairs = new Map<string, Pair>();
  readonly #series = new Map<string, Series>();
  readonly #sentBefore = new Map<Member, number>();
  /** By a member's number: samples of other leechers it was connected to, and was interested in. */
  readonly #interest = new Map<number, { met: number; interested: number }>();
  #changes = 0;
  #tried = 0;
  #returned = 0;

  #begin(swarm: Swarm): void {
    this.#swarm = swarm;
    for (const member of swarm.members) {
      this.#byAddress.set(member.address, member);
      this.#contacts.set(member, new Map());
      this.#series.set(member.identity.kind.name, { used: [], present: [] });
    }
    swarm.clock.after(SAMPLE, () => this.#sample());
  }

  // WHOM THEY KNOW AND UNCHOKE -----------------------------------------------------------

  #heard(member: Member, event: ClientEvent): void {
    if (event.event !== 'peer' && event.event !== 'choke') return;
    const { address } = event;
    const contacts = this.#contacts.get(member)!;
    const contact = contacts.get(address);
    if (event.event === 'peer' && event.what === 'connected') {
      const host = address.slice(0, address.lastIndexOf(':'));
      contacts.set(address, { with: this.#byAddress.get(host)!, since: this.#swarm.clock.now(), unchoked: undefined });
    } else if (contact && event.event === 'choke') {
      this.#choke(member, contact, event.choked ? undefined : event.why);
    } else if (contact) {
      contacts.delete(address);
      this.#part(member, contact);
    }
  }

  #choke(member: Member, contact: Contact, why: string | undefined): void {
    this.#changes++;
    this.#endUnchoke(member, contact);
    if (why === undefined) return;
    const back = [...this.#contacts.get(contact.with)!.values()].find((c) => c.with === member && c.unchoked)?.unchoked;
    const optimistic = why === 'optimistic';
    contact.unchoked = { since: this.#swarm.clock.now(), optimistic, returned: back?.optimistic === false };
    if (back && !optimistic) back.returned = true;
  }

  #part(member: Member, contact: Contact): void {
    this.#endUnchoke(member, contact);
    this.#pair(member, contact).connected += this.#swarm.clock.now() - contact.since;
  }

  #endUnchoke(member: Member, contact: Contact): void {
    const { unchoked } = contact;
    if (!unchoked) return;
    const pair = this.#pair(member, contact);
    const lasted = this.#swarm.clock.now() - unchoked.since;
    if (unchoked.optimistic) pair.optimistic += lasted;
    else pair.regular += lasted;
    contact.unchoked = undefined;
    // A seed has nothing to gain by a try.
    if (!unchoked.optimistic || !member.isWaited) return;
    this.#tried++;
    if (unchoked.returned) this.#returned++;
  }

  #pair(member: Member, contact: Contact): Pair {
    const key = `${member.identity.kind.name} ${contact.with.identity.kind.name}`;
    let pair = this.#pairs.get(key);
    if (!pair) this.#pairs.set(key, (pair = { connected: 0, regular: 0, optimistic: 0 }));
    return pair;
  }

  // LINKS --------------------------------------------------------------------------------

  #sample(): void {
    const { members, clock } = this.#swarm;
    const sums = new Map<string, { sent: number; could: number; present: number }>();
    for (const member of members) {
      if (!member.present) continue;
      const { kind, arrivesAt } = member.identity;
      const sum = sums.get(kind.name) ?? { sent: 0, could: 0, present: 0 };
      const sent = member.host!.sent;
      sum.sent += sent - (this.#sentBefore.get(member) ?? 0);
      sum.could += kind.up * Math.min(SAMPLE, clock.now() - arrivesAt) / SECOND;
      sum.present++;
      sums.set(kind.name, sum);
      this.#sentBefore.set(member, sent);
    }
    for (const [name, { used, present }] of this.#series) {
      const sum = sums.get(name);
      used.push(sum && sum.could > 0 ? Math.min(1, sum.sent / sum.could) : null);
      present.push(sum?.present ?? 0);
    }
    clock.after(SAMPLE, () => this.#sample());
  }

  // INTEREST -----------------------------------------------------------------------------

  /** The same policy, which tells us at each of its rounds what it saw. */
  #seeing(identity: Identity, { policy, params }: ChosenPolicy): ChosenPolicy {
    return { params, policy: { ...policy, decide: (input, p) => {
      if (input.trigger === 'tick') this.#round(identity.number, input);
      return policy.decide(input, p);
    } } };
  }

  #round(number: number, { peers, torrents }: ChokeInput<unknown>): void {
    let seen = this.#interest.get(number);
    if (!seen) this.#interest.set(number, (seen = { met: 0, interested: 0 }));
    for (const peer of peers) {
      if (peer.peerIsSeed || torrents.get(peer.torrent)?.seeding !== false) continue;
      seen.met++;
      if (peer.amInterested) seen.interested++;
    }
  }

  // THE RESULT ---------------------------------------------------------------------------

  result(): RunResult {
    const { run, clock, members, trace } = this.#swarm;
    for (const [member, contacts] of this.#contacts) for (const contact of contacts.values()) this.#part(member, contact);
    const pairs = [...this.#pairs].map(([key, pair]): PairResult => {
      const [from = '', to = ''] = key.split(' ');
      return { from, to, connected: pair.connected / SECOND, regular: pair.regular / SECOND, optimistic: pair.optimistic / SECOND };
    });
    const connected = pairs.reduce((n, pair) => n + pair.connected, 0);
    return {
      scenario: run.scenario.name, policy: run.policy.policy.name, seed: run.seed, trace: trace.hash,
      lasted: clock.now() / SECOND, size: run.scenario.size, peers: members.map((m) => this.#peer(m)), pairs,
      sampleEvery: SAMPLE / SECOND, series: [...this.#series].map(([name, s]): ClassSeries => ({ class: name, ...s })),
      optimistic: { tried: this.#tried, returned: this.#returned },
      chokeChanges: connected === 0 ? 0 : this.#changes / connected * 60,
    };
  }

  #peer(member: Member): PeerResult {
    const { kind, policy, arrivesAt, number } = member.identity;
    const seconds = (at: Millis | undefined): number | null => (at === undefined ? null : at / SECOND);
    const seed = kind.has === 1;
    const seen = this.#interest.get(number);
    return {
      class: kind.name, policy: policy.policy.name, arrived: arrivesAt / SECOND, seed,
      completed: seed ? null : seconds(member.completedAt), left: seconds(member.leftAt), ...member.totals,
      sent: member.host?.sent ?? 0, received: member.host?.received ?? 0,
      interested: seen && seen.met > 0 ? seen.interested / seen.met : null,
    };
  }
}
