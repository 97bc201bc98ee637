/** VirtualTracker: the tracker of a simulated swarm, as the Http port of each client: a GET is answered on the spot. */
import { describe } from '../base/result.js';
import type { Random } from '../base/random.js';
import type { Millis } from '../base/units.js';
import { SwarmTable } from '../model/swarm-table.js';
import type { Http } from '../ports/http.js';
import type { AnnounceAnswer } from '../protocol/announce.js';
import { encodeAnnounceAnswer, parseAnnounceQuery } from '../protocol/tracker-http.js';
import type { VirtualClock } from './virtual-clock.js';

export const TRACKER_URL = 'http://tracker.example/announce';

/** To a tracker and back. */
const ROUND_TRIP: Millis = 100;
const MOST_PEERS = 1_000_000;
/** As most trackers have it. */
const MOST_IN_ANSWER = 200;
const DEFAULT_WANT = 50;

export class VirtualTracker {
  readonly #clock: VirtualClock;
  readonly #random: Random;
  readonly #interval: Millis;
  readonly #table: SwarmTable;
  #completions = 0;

  constructor(o: { readonly clock: VirtualClock; readonly random: Random; readonly interval: Millis }) {
    this.#clock = o.clock;
    this.#random = o.random;
    this.#interval = o.interval;
    this.#table = new SwarmTable({
      maxSwarms: 1, maxPeers: MOST_PEERS, maxTotal: MOST_PEERS, maxAnswer: MOST_IN_ANSWER, expireMs: 3 * o.interval,
    });
  }

  /** How often somebody has announced that it completed. */
  get completions(): number {
    return this.#completions;
  }

  /** For the client at this address. */
  httpFor(address: string): Http {
    return {
      get: (url) => this.#clock.later(ROUND_TRIP, () => {
        const query = url.slice(TRACKER_URL.length);
        return { status: 200, body: encodeAnnounceAnswer(this.#answer(query, address)) };
      }),
    };
  }

  #answer(query: string, host: string): AnnounceAnswer {
    const parsed = parseAnnounceQuery(query);
    if (!parsed.ok) return { kind: 'failure', reason: describe(parsed.error) };
    const { infoHash: torrent, peerId: id, port, left, event, numwant = DEFAULT_WANT } = parsed.value;
    const announced = { torrent, id, endpoint: { host, port }, left, numwant, ...(event !== undefined && { event }) };
    const { peers, seeds, leechers, downloaded } = this.#table.announce(announced, this.#clock.now(), this.#random);
    this.#completions = downloaded;
    return { kind: 'peers', intervalMs: this.#interval, seeds, leechers, peers };
  }
}
