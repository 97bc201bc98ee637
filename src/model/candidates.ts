/**
 * Candidates: addresses where peers of a torrent may be, and when each may be tried (again). Bounded at MOST addresses; who was never
 * reached goes first when it is full. A ban is by host, so that a new port does not undo it; on loopback, where one host is many peers, it
 * is by address.
 */
import { formatEndpoint, type Endpoint } from '../base/endpoint.js';
import type { Random } from '../base/random.js';
import { MINUTE, SECOND, type Millis } from '../base/units.js';
import { backoffMs } from './backoff.js';

const MOST = 2000;
const RETRY = { baseMs: 5 * SECOND, capMs: 30 * MINUTE };
/** Soon: who has let us go may have room again. */
const AGAIN_MS = 30 * SECOND;
/** Unreachable this often in a row: not worth another try, until somebody names it again. */
const GIVE_UP_AFTER = 5;

interface Candidate {
  readonly endpoint: Endpoint;
  /** Never given up. */
  readonly byUser: boolean;
  failures: number;
  /** When it may be tried; Infinity while it is dialled or connected. */
  tryAt: Millis;
}

export class Candidates {
  private readonly random: Random;
  private readonly byAddress = new Map<string, Candidate>();
  private readonly banned: Set<string>;

  /** `banned`: hosts and addresses; it grows with each ban. */
  constructor(random: Random, banned = new Set<string>()) {
    this.random = random;
    this.banned = banned;
  }

  get size(): number {
    return this.byAddress.size;
  }

  /** `from` the user: tried before all others. */
  add(endpoints: readonly Endpoint[], from: string): void {
    const byUser = from === 'user';
    for (const endpoint of endpoints) {
      const address = formatEndpoint(endpoint);
      if (this.byAddress.has(address) || this.isBanned(endpoint) || endpoint.port === 0) continue;
      if (this.byAddress.size >= MOST && !this.makeRoom()) return;
      this.byAddress.set(address, { endpoint, byUser, failures: 0, tryAt: byUser ? -Infinity : 0 });
    }
  }

  /** The one to dial now: it is taken until `failed` or `left`. */
  next(now: Millis): Endpoint | undefined {
    let best: Candidate | undefined;
    for (const c of this.byAddress.values()) {
      if (c.tryAt > now) continue;
      if (!best || c.failures < best.failures || (c.failures === best.failures && c.tryAt < best.tryAt)) best = c;
    }
    if (!best) return undefined;
    best.tryAt = Infinity;
    return best.endpoint;
  }

  /** When the next may be tried; Infinity: there is none but who is taken. */
  get nextAt(): Millis {
    let earliest = Infinity;
    for (const { tryAt } of this.byAddress.values()) if (tryAt < earliest) earliest = tryAt;
    return earliest;
  }

  connected(endpoint: Endpoint): void {
    const c = this.byAddress.get(formatEndpoint(endpoint));
    if (c) c.failures = 0;
  }

  failed(endpoint: Endpoint, now: Millis): void {
    const address = formatEndpoint(endpoint);
    const c = this.byAddress.get(address);
    if (!c) return;
    c.tryAt = now + backoffMs(RETRY, ++c.failures, this.random);
    if (c.failures >= GIVE_UP_AFTER && !c.byUser) this.byAddress.delete(address);
  }

  /** It let us go in good order: it may be tried again after `wait`. */
  left(endpoint: Endpoint, now: Millis, wait = AGAIN_MS): void {
    const c = this.byAddress.get(formatEndpoint(endpoint));
    if (c && c.tryAt === Infinity) c.tryAt = now + wait;
  }

  /** We ended it, or did not take it, for reasons of our own: it may be tried at once. */
  release(endpoint: Endpoint): void {
    const c = this.byAddress.get(formatEndpoint(endpoint));
    if (c) c.tryAt = 0;
  }

  ban(endpoint: Endpoint): void {
    this.banned.add(banKey(endpoint));
    for (const [address, c] of this.byAddress) if (this.isBanned(c.endpoint)) this.byAddress.delete(address);
  }

  /** This address only: it is our own, and others may live at the same host. */
  avoid(endpoint: Endpoint): void {
    this.banned.add(formatEndpoint(endpoint));
    this.byAddress.delete(formatEndpoint(endpoint));
  }

  isBanned(endpoint: Endpoint): boolean {
    return this.banned.has(banKey(endpoint)) || this.banned.has(formatEndpoint(endpoint));
  }

  private makeRoom(): boolean {
    for (const [address, c] of this.byAddress) {
      if (c.failures > 0 && c.tryAt !== Infinity) return this.byAddress.delete(address);
    }
    return false;
  }
}

const banKey = (e: Endpoint): string => (e.host === '::1' || e.host.startsWith('127.') ? formatEndpoint(e) : e.host);
