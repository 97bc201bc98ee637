/**
 * What a choker knows: peers and torrents as they were reported, the uplink, the rounds that have passed. It decides nothing; a policy
 * (seat.ts) is shown it, and so is one that only looks on.
 */
import type { PeerKey, TorrentKey } from '../../base/brand.js';
import type { Bytes, BytesPerSec, Millis } from '../../base/units.js';
import { createRate } from '../../model/rate.js';
import type { Wanted } from './gauges.js';
import type { LinkView, PeerView, TorrentView, Trigger, Verdict } from './policy.js';
import { RosterEntry, type Introduction, type Lead, type PeerReport, type Share } from './roster.js';

export interface Occasion {
  readonly trigger: Trigger;
  readonly subjects: readonly PeerKey[];
  readonly now: Millis;
}
/** What a report may be to a policy that reacts. */
export type News = Trigger & ('interested' | 'uninterested' | 'spent');
/** All that is known at one moment, as one watcher sees it; peers by key. */
export interface Scene extends Occasion {
  readonly round: number;
  readonly sinceLastRound: Millis;
  readonly peers: readonly PeerView[];
  readonly torrents: ReadonlyMap<TorrentKey, TorrentView>;
  readonly link: LinkView;
}
/** A torrent with its peers, on the way from one choker to another. */
export interface Handover {
  readonly view: TorrentView | undefined;
  readonly peers: readonly RosterEntry[];
}
export interface Watcher {
  /** Its number. */
  readonly watcher: number;
  /** What the first round counts as. */
  readonly tickMs: Millis;
}

/** The session's own upload rate is smoothed like a peer's. */
const LINK_RATE = { kind: 'window', ms: 10_000, bucketMs: 1000 } as const;
/** At this share of the limit the link counts as full. */
const SATURATED = 0.95;

export class Known {
  private readonly peers = new Map<PeerKey, RosterEntry>();
  private readonly torrents = new Map<TorrentKey, TorrentView>();
  private readonly uplink = createRate(LINK_RATE, 0);
  private watchers: readonly Wanted[];
  private upLimit: BytesPerSec | null = null;
  private upPeak: BytesPerSec = 0;
  private round = 0;
  private roundAt: Millis | undefined;

  constructor(watchers: readonly Wanted[]) {
    this.watchers = watchers;
  }

  watchedBy(watchers: readonly Wanted[]): void {
    this.watchers = watchers;
    for (const entry of this.peers.values()) entry.watchedBy(watchers);
  }

  join(peer: Introduction): void {
    this.peers.set(peer.key, new RosterEntry(peer, this.watchers));
  }

  leave(peer: PeerKey): void {
    this.peers.delete(peer);
  }

  /** What the report means for a policy that reacts. */
  report(peer: PeerKey, report: PeerReport, now: Millis): News | undefined {
    const entry = this.peers.get(peer);
    if (!entry) return undefined;
    const { uploaded, was } = entry.take(report, now);
    this.uplink.add(now, uploaded);
    if (!was && report.peerInterested) return 'interested';
    // Of a choked peer it is no news: it makes no slot free. In a large swarm interest comes and goes with every piece.
    if (was && !report.peerInterested && !entry.isChoked) return 'uninterested';
    return entry.isSpent ? 'spent' : undefined;
  }

  /** True where this is news of its completion. */
  torrent(view: TorrentView): boolean {
    const before = this.torrents.get(view.key);
    this.torrents.set(view.key, view);
    return view.seeding && before !== undefined && !before.seeding;
  }

  /** Its peers are gone with it: their keys. */
  torrentLeft(torrent: TorrentKey): PeerKey[] {
    this.torrents.delete(torrent);
    const gone = [...this.peers.values()].filter((e) => e.torrent === torrent).map((e) => e.key);
    for (const key of gone) this.peers.delete(key);
    return gone;
  }

  handOver(torrent: TorrentKey): Handover {
    return { view: this.torrents.get(torrent), peers: [...this.peers.values()].filter((e) => e.torrent === torrent) };
  }

  takeOver({ view, peers }: Handover): void {
    if (view) this.torrents.set(view.key, view);
    for (const entry of peers) {
      entry.watchedBy(this.watchers);
      this.peers.set(entry.key, entry);
    }
  }

  linkLimit(limit: BytesPerSec | null): void {
    this.upLimit = limit;
  }

  ordered(peer: PeerKey, choke: boolean, now: Millis): void {
    this.peers.get(peer)?.ordered(choke, now);
  }

  /** What changes in the division of the uplink. */
  divide(unchoked: ReadonlyMap<PeerKey, Verdict>): Share[] {
    return [...this.peers.values()].flatMap((entry) => entry.divide(unchoked.get(entry.key)) ?? []);
  }

  /** What changes in how far each may be ahead. */
  trust(unchoked: ReadonlyMap<PeerKey, Verdict>): Lead[] {
    return [...this.peers.values()].flatMap((entry) => entry.trust(unchoked.get(entry.key)) ?? []);
  }

  mayUpload(torrent: TorrentKey): boolean {
    return this.torrents.get(torrent)?.uploadAllowed ?? true;
  }

  /** At a tick, before anybody looks: what was moved since the last one is that of the last round. */
  endRound(): void {
    for (const entry of this.peers.values()) entry.endRound();
  }

  /** At a tick, when all have looked. */
  beginRound(now: Millis): void {
    this.round++;
    this.roundAt = now;
  }

  scene(occasion: Occasion, { watcher, tickMs }: Watcher): Scene {
    const { now } = occasion;
    return {
      round: this.round, torrents: this.torrents, link: this.link(now),
      sinceLastRound: this.roundAt === undefined ? tickMs : now - this.roundAt,
      peers: [...this.peers.values()].map((e) => e.view(now, watcher)).sort((a, b) => a.key - b.key),
      ...occasion,
    };
  }

  private link(now: Millis): LinkView {
    const upMeasured: Bytes = this.uplink.at(now);
    this.upPeak = Math.max(this.upPeak, upMeasured);
    const { upLimit, upPeak } = this;
    return { upLimit, upMeasured, upPeak, upSaturated: upLimit !== null && upMeasured >= SATURATED * upLimit };
  }
}
