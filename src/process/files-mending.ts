/**
 * The end of trouble with the disk. Used by the Files process only.
 * Every few seconds, and when the user says so, we look: whether all that we have is there, whether what could not be read can be, whether
 * folders can be made. If so, what could not be written is written now, and where bytes may have gone meanwhile, the disk is looked at as
 * at a start. What has vanished is fetched again only when the user says so: more often a drive is not mounted.
 */
import type { Trouble } from '../ports/disk.js';
import { begin } from './files-check.js';
import { isStoring, store } from './files-pieces.js';
import { allocate, inTheWay, lacking, readThrough, type MadeRoom } from './files-recovery.js';
import type { FilesMsg, FilesState, Me } from './files-state.js';
import { trouble, type Ailment } from './files-trouble.js';

/** `insisted`: by the user, who takes the loss of what has vanished. */
export function mend(s: FilesState, insisted: boolean, self: Me): void {
  const { ailment } = s;
  if (!ailment) return;
  if (insisted) ailment.insisted = true;
  if (ailment.stage !== 'ill' || !s.known || isStoring(s)) return;
  ailment.stage = 'looking';
  const { insisted: asked } = ailment;
  void look(s, ailment).then((found) => self.post({ type: 'looked', insisted: asked, ...found }));
}

async function look(s: FilesState, { probe, insisted }: Ailment): Promise<MadeRoom> {
  const { storage, touched } = s;
  storage.letGo();
  const trouble = (insisted ? undefined : await lookThrough(s, probe)) ?? await storage.prepare(touched);
  return trouble ? { trouble, room: [] } : allocate(s);
}

async function lookThrough(s: FilesState, probe: Ailment['probe']): Promise<Trouble | undefined> {
  const lost = lacking(s, s.have, await s.storage.facts());
  return await readThrough(s.storage, lost ? [lost, ...probe] : probe) ?? inTheWay(s);
}

export function looked(s: FilesState, { trouble: found, insisted, room }: FilesMsg & { type: 'looked' }, self: Me): void {
  for (const file of room) s.room.add(file);
  if (found && s.ailment!.insisted && !insisted) {
    // The user has spoken during the look.
    s.ailment!.stage = 'ill';
    return mend(s, true, self);
  }
  if (found) return trouble(s, found, self);
  s.ailment!.stage = 'mending';
  for (const [piece, a] of s.assemblies) if (a.stuck) store(s, piece, self);
  caughtUp(s, self);
}

/** To be called when the disk has done something: it may have been the last that was put off. */
export function caughtUp(s: FilesState, self: Me): void {
  const { ailment } = s;
  if (ailment?.stage !== 'mending' || isStoring(s)) return;
  if (ailment.doubt) begin(s, self);
  else mended(s, self);
}

function mended(s: FilesState, self: Me): void {
  s.ailment = undefined;
  self.tell(s.torrentMgr, { type: 'mended', torrent: s.torrent });
}
