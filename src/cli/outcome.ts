/**
 * When a session is over, and how it went: a pure fold over the client's events. Every torrent is waited for until it
 * is done, seeded, or for ever, also one that comes while it runs; one that fails is waited for no longer, and the others
 * go on.
 */
import type { InfoHash } from '../base/brand.js';
import type { ClientEvent } from '../ports/events.js';

/** `never`: it waits for torrents to come. */
export type Until = 'done' | 'seeded' | 'stopped' | 'never';

export interface Outcome {
  readonly waitingFor: ReadonlySet<InfoHash>;
  /** Why the run has failed: the first reason counts. */
  readonly failure?: string;
  /** Nothing is left to wait for: time to stop the client. */
  readonly over: boolean;
  /** The client has saved and closed everything. */
  readonly stopped: boolean;
}

export const hopes = (torrents: Iterable<InfoHash>): Outcome =>
  ({ waitingFor: new Set(torrents), over: false, stopped: false });

export function after(o: Outcome, e: ClientEvent, until: Until): Outcome {
  switch (e.event) {
    case 'started': return { ...o, waitingFor: new Set([...o.waitingFor, e.torrent]) };
    case 'done': return until === 'done' ? without(o, e.torrent, until) : o;
    case 'seeded': return until === 'seeded' ? without(o, e.torrent, until) : o;
    case 'removed': return without(o, e.torrent, until);
    case 'error': {
      const reason = e.name === undefined ? e.reason : `${e.name}: ${e.reason}`;
      const failed = { ...o, failure: o.failure ?? reason };
      return e.torrent === undefined ? { ...failed, over: true } : without(failed, e.torrent, until);
    }
    case 'stopped': return { ...o, over: true, stopped: true };
    default: return o;
  }
}

function without(o: Outcome, torrent: InfoHash, until: Until): Outcome {
  const waitingFor = new Set([...o.waitingFor].filter((t) => t !== torrent));
  return { ...o, waitingFor, over: o.over || (until !== 'never' && waitingFor.size === 0) };
}
