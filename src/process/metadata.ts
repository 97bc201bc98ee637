/**
 * Metadata: fetches the info dictionary of a torrent of which only the info-hash is known, from a magnet link.
 * Hears:  Tracker (candidates), TorrentMgr (incoming, pause, resume, stop), Timer (tick), the disk (recalled, kept), its dials (dialed,
 *         dialFailed), its connections (data, ended).
 * Tells:  Tracker (totals, start, wantPeers), Status (note), TorrentMgr (metainfo, closed), Timer (register).
 * Owns:   candidates, dials, and its connections whole: there are no blocks on them, so no process of a peer has a say. What was fetched is
 *         kept on disk for the next start. When it is there, this process ends, and the torrent begins.
 * Source: BEP 9 (ut_metadata), BEP 10. Whom to ask for what, and who lied: model/metadata-copies.ts.
 */
import type { Endpoint } from '../base/endpoint.js';
import { ok } from '../base/result.js';
import { BLOCK_BYTES, SECOND, type Millis } from '../base/units.js';
import type { Mailbox } from '../kernel/mailbox.js';
import { defineProcess } from '../kernel/process.js';
import type { Trouble } from '../ports/disk.js';
import { keptName } from '../protocol/metadata.js';
import { metainfoFile } from '../protocol/metainfo-build.js';
import { parseInfo, parseMetainfo } from '../protocol/metainfo.js';
import { dialed, incoming, part, say, take } from './metadata-peers.js';
import {
  declaration, initialState, isRunning, type Me, type MetadataInput, type MetadataMsg, type State,
} from './metadata-state.js';
import type { TrackerMsg } from './tracker.js';

export type { MetadataInput, MetadataMsg } from './metadata-state.js';

const DIAL_TIMEOUT: Millis = 10 * SECOND;
/** A peer says within this time that it has the info dictionary, or goes. */
const TELL_MS: Millis = 15 * SECOND;
const TICK = 'second';
/** What is left is not known; trackers take any number but 0 for that of a leecher. */
const TOTALS = { uploaded: 0, downloaded: 0, left: BLOCK_BYTES, complete: false };

// CORE -------------------------------------------------------------------------------
function init(input: MetadataInput, self: Me): State {
  const s = initialState(input, self);
  const recalling = s.folder === undefined ? Promise.resolve(undefined) : s.disk.readRecord(s.folder, keptName(s.torrent));
  void recalling.then((torrentFile) => self.post({ type: 'recalled', torrentFile }));
  return s;
}

function step(s: State, m: MetadataMsg, self: Me): void {
  switch (m.type) {
    case 'recalled': return recalled(s, m.torrentFile, self);
    case 'candidates':
      s.candidates.add(m.endpoints, m.from);
      return goOn(s, self);
    case 'incoming':
      incoming(s, m.incoming, self);
      return heard(s, self);
    case 'dialed': return dialed(s, m.to, m.connection, self);
    case 'dialFailed':
      s.dialing--;
      s.candidates.failed(m.to, self.now());
      return goOn(s, self);
    case 'data':
      take(s, m.peer, m.data, self);
      return heard(s, self);
    case 'ended':
      part(s, m.peer, { reason: m.reason, how: 'failed' }, self);
      return goOn(s, self);
    case 'pause': return halt(s, 'paused', self);
    case 'resume':
      s.halted = false;
      return start(s, self);
    case 'stop':
      halt(s, 'stopping', self);
      return self.tell(s.torrentMgr, { type: 'closed', torrent: s.torrent, part: self.id });
    case 'kept': return kept(s, m.trouble, self);
    case 'tick': return tick(s, self);
  }
}

// BEGINNING AND END

function recalled(s: State, torrentFile: Uint8Array | undefined, self: Me): void {
  s.recalled = true;
  const meta = torrentFile && parseMetainfo(torrentFile, s.sha1);
  if (!meta?.ok || meta.value.infoHash !== s.torrent) return start(s, self);
  s.whole = meta.value.infoBytes;
  // A hash alone names none: then those of the link that was fetched hold.
  const { trackers, webSeeds } = s.outside;
  s.metainfo = ok({ ...meta.value, ...(trackers.length > 0 && { trackers }), ...(webSeeds.length > 0 && { webSeeds }) });
  tellMetainfo(s, [], self);
}

function start(s: State, self: Me): void {
  if (!isRunning(s)) return;
  for (const tracker of s.trackers) tellTracker(tracker, self);
  s.noted = '';
  tick(s, self);
}

function tellTracker(tracker: Mailbox<TrackerMsg, 'Tracker'>, self: Me): void {
  self.tell(tracker, { type: 'totals', totals: TOTALS });
  self.tell(tracker, { type: 'start' });
}

function halt(s: State, reason: string, self: Me): void {
  s.halted = true;
  for (const peer of [...s.peers.keys()]) part(s, peer, { reason, how: 'released' }, self);
}

/** What a peer said may have been all that was missing. */
function heard(s: State, self: Me): void {
  if (s.whole && !s.metainfo) return found(s, s.whole, self);
  goOn(s, self);
}

function found(s: State, whole: Uint8Array, self: Me): void {
  const info = parseInfo(whole, s.sha1);
  s.metainfo = info.ok ? ok({ ...info.value, ...s.outside }) : info;
  const { disk, folder, metainfo } = s;
  note(s, self);
  if (!metainfo.ok || folder === undefined) return kept(s, undefined, self);
  void disk.writeRecord(folder, keptName(s.torrent), metainfoFile(metainfo.value)).then((trouble) => self.post({ type: 'kept', trouble }));
}

/** The peers that have it are the first of the torrent. */
function kept(s: State, trouble: Trouble | undefined, self: Me): void {
  if (trouble) {
    const reason = `metadata not kept for the next start: ${trouble.file}: ${trouble.detail}`;
    self.tell(s.status, { type: 'note', note: { event: 'warning', reason } });
  }
  const known = [...s.peers.values()].flatMap((p) => p.extension !== undefined && p.home ? [p.home] : []);
  halt(s, 'the metadata is here', self);
  tellMetainfo(s, known, self);
}

function tellMetainfo({ torrent, torrentMgr, metainfo, banned }: State, peers: readonly Endpoint[], self: Me): void {
  if (metainfo) self.tell(torrentMgr, { type: 'metainfo', torrent, metainfo, peers, banned: [...banned] });
}

// RUNNING

/** Dials and asks, as far as there is anybody. */
function goOn(s: State, self: Me): void {
  if (!isRunning(s)) return;
  const now = self.now();
  while (s.peers.size + s.dialing < s.maxPeers) {
    const to = s.candidates.next(now);
    if (!to) break;
    s.dialing++;
    s.net.dial(to, DIAL_TIMEOUT).then(
      (connection) => self.post({ type: 'dialed', to, connection }),
      () => self.post({ type: 'dialFailed', to }),
    );
  }
  for (const { peer, piece } of s.copies.questions(now)) say(s.peers.get(peer)!, { type: 'request', piece });
}

/** Once a second, while it runs. */
function tick(s: State, self: Me): void {
  if (!isRunning(s)) return;
  const now = self.now();
  for (const [peer, { since, extension }] of s.peers) {
    if (extension === undefined && now - since >= TELL_MS) part(s, peer, { reason: 'told of no metadata', how: 'failed' }, self);
  }
  for (const peer of s.copies.late(now)) part(s, peer, { reason: 'gave no metadata', how: 'failed' }, self);
  goOn(s, self);
  if (now >= s.seeking.at && s.peers.size + s.dialing < s.maxPeers / 2) {
    s.seeking.asked(now);
    for (const tracker of s.trackers) self.tell(tracker, { type: 'wantPeers', count: s.maxPeers });
  }
  note(s, self);
  self.tell(s.timer, { type: 'register', replyTo: self.mailbox, after: SECOND, tag: TICK });
}

function note(s: State, self: Me): void {
  const { have, pieces } = s.metainfo ? { have: 1, pieces: 1 } : s.copies.progress;
  const said = { event: 'metadata', peers: s.peers.size, have, pieces } as const;
  const noted = JSON.stringify(said);
  if (noted !== s.noted) self.tell(s.status, { type: 'note', note: said });
  s.noted = noted;
}

// WHO HAS STARTED AGAIN

function trackerIsNew(s: State, self: Me, who: Mailbox<never>): void {
  for (const tracker of s.trackers) if (isRunning(s) && tracker.id === who.id) tellTracker(tracker, self);
}

const leave = (s: State): void => {
  for (const { connection } of s.peers.values()) connection.close();
};

function lost(m: MetadataMsg): void {
  if (m.type === 'incoming') m.incoming.connection.close();
  if (m.type === 'dialed') m.connection.close();
}

// ACTOR ------------------------------------------------------------------------------
export const metadata = defineProcess({
  declaration, init, step, end: leave, lost, reminds: { Timer: tick, Tracker: trackerIsNew },
});
