/**
 * Candidates: addresses where peers of a torrent may be, and when each may be tried (again). Bounded at MOST addresses; who was of no use
 * when it was tried last goes first when it is full. A ban is by host, so that a new port does not undo it; on loopback, where one host is
 * many peers, it is by address.
 * Cost: `next` and whatever happens to one address are O(log n), `nextAt` is O(1); only a ban, and room for one more when full, look at all.
 * Times never go back.
 */
import { formatEndpoint, type Endpoint } from '../base/endpoint.js';
import type { Random } from '../base/random.js';
import { MINUTE, SECOND, type Millis } from '../base/units.js';
import { backoffMs } from './backoff.js';
import { Heap } from './heap.js';

const MOST = 2000;
const RETRY = { baseMs: 5 * SECOND, capMs: 30 * MINUTE };
/** Soon: who has let us go may have room again. */
const AGAIN_MS = 30 * SECOND;
/** A connection that lasted no longer was of no use. Most who end one so soon are full, and are so for all who ask: they are asked less and less. */
const BRIEF_MS = AGAIN_MS;
const BRIEF = { baseMs: 2 * AGAIN_MS, capMs: 10 * MINUTE };
/** Unreachable this often in a row: not worth another try, until somebody names it again. */
const GIVE_UP_AFTER = 5;

interface Candidate {
  readonly endpoint: Endpoint;
  /** Never given up. */
  readonly byUser: boolean;
  /** Of several alike, who came first. */
  readonly number: number;
  /** Tries in a row that came to nothing. */
  failures: number;
  /** We parted in good order last. */
  parted: boolean;
  /** When it may be tried; Infinity while it is dialled or connected. */
  tryAt: Millis;
  /** Undefined while it is taken. */
  queue: Heap<Candidate> | undefined;
  place: number;
}

const sooner = (a: Candidate, b: Candidate): boolean => (a.tryAt === b.tryAt ? a.number < b.number : a.tryAt < b.tryAt);
const better = (a: Candidate, b: Candidate): boolean => (a.failures === b.failures ? sooner(a, b) : a.failures < b.failures);

export class Candidates {
  private readonly random: Random;
  private readonly byAddress = new Map<string, Candidate>();
  /** Those whose time has come, as of the last `next`, and the others. */
  private readonly due = new Heap<Candidate>(better);
  private readonly waiting = new Heap<Candidate>(sooner);
  private added = 0;
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
      const candidate = { endpoint, byUser, number: this.added++, failures: 0, parted: false, tryAt: Infinity, queue: undefined, place: -1 };
      this.byAddress.set(address, candidate);
      this.schedule(candidate, byUser ? -Infinity : 0);
    }
  }

  /** The one to dial now: it is taken until `failed` or `left`. */
  next(now: Millis): Endpoint | undefined {
    for (let c = this.waiting.first; c && c.tryAt <= now; c = this.waiting.first) this.enqueue(c, this.due);
    const best = this.due.first;
    if (best) this.schedule(best, Infinity);
    return best?.endpoint;
  }

  /** When the next may be tried: some time past, if one may now; Infinity: there is none but who is taken. */
  get nextAt(): Millis {
    return (this.due.first ?? this.waiting.first)?.tryAt ?? Infinity;
  }

  /** It could not be reached, or broke the rules after a connection that `lasted` so long. */
  failed(endpoint: Endpoint, now: Millis, lasted: Millis = 0): void {
    const address = formatEndpoint(endpoint);
    const c = this.byAddress.get(address);
    if (!c) return;
    c.parted = false;
    const failures = (lasted < BRIEF_MS ? c.failures : 0) + 1;
    this.schedule(c, now + backoffMs(RETRY, failures, this.random), failures);
    if (failures >= GIVE_UP_AFTER && !c.byUser) this.remove(address, c);
  }

  /** It let us go in good order after a connection that `lasted` so long: it may be tried again after `wait`, or later if that was brief. */
  left(endpoint: Endpoint, now: Millis, { lasted, wait = AGAIN_MS }: { readonly lasted: Millis; readonly wait?: Millis | undefined }): void {
    const c = this.byAddress.get(formatEndpoint(endpoint));
    if (c?.tryAt !== Infinity) return;
    c.parted = true;
    const failures = lasted < BRIEF_MS ? c.failures + 1 : 0;
    const after = failures > 0 ? Math.max(wait, backoffMs(BRIEF, failures, this.random)) : wait;
    this.schedule(c, now + after, failures);
  }

  /** We ended it, or did not take it, for reasons of our own: it may be tried at once. */
  release(endpoint: Endpoint): void {
    const c = this.byAddress.get(formatEndpoint(endpoint));
    if (c) this.schedule(c, 0);
  }

  /** It was reached at `remote`, and we did not take it: it may be tried at once, unless who is there is banned. */
  decline(endpoint: Endpoint, remote: Endpoint): void {
    if (this.isBanned(remote)) this.avoid(endpoint);
    else this.release(endpoint);
  }

  /** Whoever waits since we parted in good order may be tried at once. */
  hurry(): void {
    for (const c of this.byAddress.values()) if (c.parted && c.tryAt < Infinity) this.schedule(c, Math.min(c.tryAt, 0));
  }

  /** All that led there: what was dialled, which may be a name, and what it came to. */
  ban(...endpoints: readonly Endpoint[]): void {
    for (const endpoint of endpoints) this.banned.add(banKey(endpoint));
    for (const [address, c] of this.byAddress) if (this.isBanned(c.endpoint)) this.remove(address, c);
  }

  /** This address only: it is our own, or leads to who is banned. Others may live at the same host. */
  avoid(endpoint: Endpoint): void {
    const address = formatEndpoint(endpoint);
    this.banned.add(address);
    const c = this.byAddress.get(address);
    if (c) this.remove(address, c);
  }

  isBanned(endpoint: Endpoint): boolean {
    return this.banned.has(banKey(endpoint)) || this.banned.has(formatEndpoint(endpoint));
  }

  private makeRoom(): boolean {
    for (const [address, c] of this.byAddress) {
      if (c.failures === 0 || c.tryAt === Infinity) continue;
      this.remove(address, c);
      return true;
    }
    return false;
  }

  private schedule(c: Candidate, tryAt: Millis, failures = c.failures): void {
    this.enqueue(c, undefined);
    c.tryAt = tryAt;
    c.failures = failures;
    if (tryAt < Infinity) this.enqueue(c, this.waiting);
  }

  private enqueue(c: Candidate, queue: Heap<Candidate> | undefined): void {
    c.queue?.remove(c);
    c.queue = queue;
    queue?.push(c);
  }

  private remove(address: string, c: Candidate): void {
    this.enqueue(c, undefined);
    this.byAddress.delete(address);
  }
}

const banKey = (e: Endpoint): string => (e.host === '::1' || e.host.startsWith('127.') ? formatEndpoint(e) : e.host);
