/**
 * VirtualNet: hosts with access links and nothing but delay between them. `join` adds a host and gives the Net port of
 * the client that lives there. A connection is open one round trip after it was dialled. A host behind NAT dials and
 * cannot be dialled; a connection may be broken by chance, after an exponentially distributed time.
 */
import type { Endpoint } from '../../base/endpoint.js';
import type { Random } from '../../base/random.js';
import { SECOND, type Millis } from '../../base/units.js';
import type { Connection, Net } from '../../ports/net.js';
import type { VirtualClock } from '../virtual-clock.js';
import { connect, End } from './connection.js';
import { Host, type Link } from './host.js';

export interface NetConditions {
  /** New connections begin slowly, as TCP does. */
  readonly slowStart: boolean;
  /** Mean time until a connection breaks by itself; Infinity: never. */
  readonly breakAfter: Millis;
}

export interface Resident {
  readonly host: Host;
  readonly net: Net;
  /** How many of its connections are open. */
  readonly connections: number;
  /** Ends all its connections, and takes none any more. */
  unplug(): void;
}

interface Home {
  readonly host: Host;
  readonly behindNat: boolean;
  readonly ends: Set<End>;
  accept: ((c: Connection) => void) | undefined;
  unplugged: boolean;
}

/** Dialled connections come from here on up, as on most systems. */
const FIRST_EPHEMERAL_PORT = 32_768;
const EPHEMERAL_PORTS = 28_232;

export class VirtualNet {
  readonly #clock: VirtualClock;
  readonly #conditions: NetConditions;
  readonly #random: Random;
  readonly #homes = new Map<string, Home>();
  #dialled = 0;

  constructor(o: { readonly clock: VirtualClock; readonly conditions: NetConditions; readonly random: Random }) {
    this.#clock = o.clock;
    this.#conditions = o.conditions;
    this.#random = o.random;
  }

  join(address: string, link: Link, behindNat = false): Resident {
    const home: Home = {
      host: new Host(address, link, this.#clock), behindNat, ends: new Set(), accept: undefined, unplugged: false,
    };
    this.#homes.set(address, home);
    return {
      host: home.host,
      get connections() { return home.ends.size; },
      net: { listen: ({ port }, accept) => this.#listen(home, port, accept), dial: (to, timeout) => this.#dial(home, to, timeout) },
      unplug: () => {
        home.unplugged = true;
        home.accept = undefined;
        for (const end of [...home.ends]) end.close();
      },
    };
  }

  #listen(home: Home, port: number, accept: (c: Connection) => void): Promise<{ port: number; close(): void }> {
    return this.#clock.later(0, () => {
      home.accept = accept;
      return { port, close: () => { if (home.accept === accept) home.accept = undefined; } };
    });
  }

  #dial(from: Home, to: Endpoint, timeout: Millis): Promise<Connection> {
    const home = this.#homes.get(to.host);
    if (!home || home.unplugged || home.behindNat) {
      return this.#clock.later(timeout, () => { throw new Error(`${to.host}: no answer in ${timeout / SECOND} s`); });
    }
    const oneWay = from.host.link.delay + home.host.link.delay;
    return this.#clock.later(2 * oneWay, () => {
      if (!home.accept || from.unplugged) throw new Error(`${to.host}: connection refused`);
      return this.#open(from, home, to, home.accept);
    });
  }

  #open(from: Home, to: Home, at: Endpoint, accept: (c: Connection) => void): Connection {
    const port = FIRST_EPHEMERAL_PORT + this.#dialled++ % EPHEMERAL_PORTS;
    const here = this.#end(from, at, false);
    const there = this.#end(to, { host: from.host.address, port }, true);
    const { slowStart, breakAfter } = this.#conditions;
    connect({
      dialer: { host: from.host, end: here }, listener: { host: to.host, end: there }, clock: this.#clock, slowStart,
    });
    if (breakAfter < Infinity) {
      this.#clock.after(-Math.log(1 - this.#random.unit()) * breakAfter, () => {
        here.finish('connection reset');
        there.finish('connection reset');
      });
    }
    accept(there);
    return here;
  }

  #end(home: Home, remote: Endpoint, incoming: boolean): End {
    const end: End = new End({ remote, incoming, clock: this.#clock, onOver: () => home.ends.delete(end) });
    home.ends.add(end);
    return end;
  }
}
