/** What Tracker is given, told and keeps; tracker.ts says what it does with it. */
import type { InfoHash, PeerId } from '../base/brand.js';
import type { IpFamily } from '../base/ip.js';
import { MINUTE, type Millis } from '../base/units.js';
import type { Mailbox } from '../kernel/mailbox.js';
import type { Self } from '../kernel/process.js';
import { declare } from '../kernel/topology.js';
import { Tier } from '../model/tier.js';
import type { Http } from '../ports/http.js';
import type { Udp } from '../ports/udp.js';
import type { AnnounceAnswer, AnnounceEvent } from '../protocol/announce.js';
import type { Found } from './peer-mgr.js';
import type { StatusMsg, Totals } from './status.js';
import type { Tick, TimerMsg } from './timer.js';
import type { TorrentMgrMsg } from './torrent-mgr.js';

// MAILBOX ----------------------------------------------------------------------------
export type TrackerMsg =
  /** What to tell the tracker of ourselves. */
  | { readonly type: 'totals'; readonly totals: Totals }
  /** More candidates would be welcome; asked at most as often as the tracker allows. */
  | { readonly type: 'wantPeers'; readonly count: number }
  /** Announce, now and from now on. */
  | { readonly type: 'start' }
  /** Says goodbye, then `closed` to TorrentMgr. */
  | { readonly type: 'stop' }
  /** An announce got through; `round`: that in which it was sent. */
  | { readonly type: 'answered'; readonly round: number; readonly url: string; readonly answer: AnnounceAnswer }
  /** An announce did not. */
  | { readonly type: 'failed'; readonly round: number; readonly url: string; readonly reason: string }
  | Tick;

export const declaration = declare({
  name: 'Tracker',
  scope: 'torrent',
  doc: 'announces to one tier of trackers',
  tells: { PeerMgr: ['candidates'], Metadata: ['candidates'], Status: ['note'], TorrentMgr: ['closed'], Timer: ['register', 'cancel'] },
});
export type Me = Self<typeof declaration, TrackerMsg>;

// CONFIG, STATE ----------------------------------------------------------------------
export interface TrackerInput {
  readonly urls: readonly string[];
  readonly torrent: InfoHash;
  readonly peerId: PeerId;
  readonly port: number;
  readonly http: Http;
  readonly udp?: Udp;
  /** Each of them is tried with a tracker that has a name; none: whichever leads there. */
  readonly families: readonly IpFamily[];
  /** Who dials. */
  readonly peers: Mailbox<Found, 'PeerMgr' | 'Metadata'>;
  readonly status: Mailbox<StatusMsg, 'Status'>;
  readonly torrentMgr: Mailbox<TorrentMgrMsg, 'TorrentMgr'>;
  readonly timer: Mailbox<TimerMsg, 'Timer'>;
}
/** What we and the tracker know of each other, whatever happens to us. */
interface Relation {
  readonly key: string;
  /** A tracker of the tier knows of us. */
  started: boolean;
  /** Those that do, by URL: one that is asked in the place of another does not yet. */
  readonly met: Set<string>;
  /** `completed` was said, or was never to be: the torrent was complete at the start. Undefined until totals are known. */
  completed: boolean | undefined;
  /** The ids that trackers gave, by URL. */
  readonly trackerIds: Map<string, string>;
}
export interface State extends TrackerInput {
  readonly relation: Relation;
  readonly tier: Tier;
  totals: Totals | undefined;
  /** Asked to run. */
  on: boolean;
  closing: boolean;
  /** What this round is to tell. */
  underWay: AnnounceEvent | 'none' | undefined;
  round: number;
  failures: number;
  askedAt: Millis;
  minInterval: Millis;
  /** When the alarm for the next announce is due. */
  nextAt: Millis | undefined;
}

export function initialState(input: TrackerInput, self: Me): State {
  const relation = self.kept as Relation | undefined ?? {
    key: self.random.u32().toString(16).padStart(8, '0'), started: false, met: new Set(), completed: undefined, trackerIds: new Map(),
  };
  self.keep(relation);
  return {
    relation, tier: new Tier(input.urls, self.random), totals: undefined, on: false, closing: false, underWay: undefined,
    round: 0, failures: 0, askedAt: -Infinity, minInterval: MINUTE, nextAt: undefined, ...input,
  };
}
