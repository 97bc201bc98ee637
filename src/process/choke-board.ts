/**
 * ChokeBoard: ChokeMgr's notes for people who look: who was unchoked and why, beside the rates that decided it, torrent by torrent. It
 * notes for the torrents that are looked at, and nothing where nobody looks.
 */
import type { InfoHash, PeerKey, TorrentKey } from '../base/brand.js';
import type { BytesPerSec, Millis } from '../base/units.js';
import type { Occasion, Outcome } from '../policy/choke/engine.js';
import type { PeerView } from '../policy/choke/policy.js';
import type { Decision, Judged } from '../ports/picture.js';

/** What was decided, as the engine saw it. */
export interface Judgement {
  readonly policy: string;
  readonly tickMs: Millis;
  readonly occasion: Occasion;
  readonly outcome: Pick<Outcome, 'peers' | 'unchoked' | 'orders'>;
}

/** If whoever looks does not come back for them. */
const MOST_NOTED = 200;

export class ChokeBoard {
  private watched: ReadonlyMap<TorrentKey, InfoHash> = new Map();
  private noted: Decision[] = [];
  private readonly addressOf: (peer: PeerKey) => string | undefined;

  /** Peers without an address have left. */
  constructor(addressOf: (peer: PeerKey) => string | undefined) {
    this.addressOf = addressOf;
  }

  /** From now on these are looked at. `latest` is what was decided last of one that was not before. */
  watch(torrents: ReadonlyMap<TorrentKey, InfoHash>, latest: (torrent: TorrentKey) => Judgement | undefined): void {
    const before = this.watched;
    this.watched = torrents;
    for (const [key, torrent] of torrents) {
      const judgement = before.has(key) ? undefined : latest(key);
      if (judgement) this.add(key, torrent, judgement);
    }
  }

  /** A round is noted for each torrent it was about; what was decided in between, where it changed something. */
  note(judgement: Judgement): void {
    const { occasion, outcome } = judgement;
    const changed = new Set(outcome.orders.map(({ peer }) => peer));
    for (const [key, torrent] of this.watched) {
      const isRound = occasion.trigger === 'tick';
      if (outcome.peers.some((p) => p.torrent === key && (isRound || changed.has(p.key)))) this.add(key, torrent, judgement);
    }
  }

  /** What was noted since the last call. */
  take(): readonly Decision[] {
    const { noted } = this;
    this.noted = [];
    return noted;
  }

  private add(key: TorrentKey, torrent: InfoHash, { policy, tickMs, occasion, outcome }: Judgement): void {
    const orders = new Map(outcome.orders.map(({ peer, why }) => [peer, why ?? 'choked'] as const));
    const peers = outcome.peers.filter((p) => p.torrent === key).flatMap((view): Judged[] => {
      const address = this.addressOf(view.key);
      if (address === undefined) return [];
      const standing = orders.get(view.key) ?? (view.amChoking ? 'choked' : outcome.unchoked.get(view.key)?.why ?? 'as before');
      return [{
        peer: view.key, address, standing, changed: orders.has(view.key), interested: view.peerInterested, ...ratesOf(view, tickMs),
      }];
    });
    if (this.noted.length === MOST_NOTED) this.noted.shift();
    this.noted.push({ torrent, at: occasion.now, policy, trigger: occasion.trigger, tickMs, peers });
  }
}

/** The policy's first estimate; of one that asks for none, what the last round moved. */
function ratesOf(view: PeerView, tickMs: Millis): { readonly downloadRate: BytesPerSec; readonly uploadRate: BytesPerSec } {
  const perSecond = 1000 / tickMs;
  return {
    downloadRate: Math.round(view.down[0] ?? view.downLastRound * perSecond),
    uploadRate: Math.round(view.up[0] ?? view.upLastRound * perSecond),
  };
}
