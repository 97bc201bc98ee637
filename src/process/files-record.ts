/**
 * When the resume record is saved. Used by the Files process only. First the blocks of unfinished pieces are written, then everything is
 * forced to the device, then the record names it. The first record comes before all blocks: it tells what is ours from what others have put
 * here. While it is in doubt what is on disk, the record stays as it is.
 */
import { goodbye } from './files-leaving.js';
import { isStoring, keepBlocks } from './files-pieces.js';
import { remember, type Remembered } from './files-recovery.js';
import type { FilesState, Me } from './files-state.js';
import { trouble } from './files-trouble.js';

export function save(s: FilesState, self: Me): void {
  if (s.saving || (s.closing !== 'no' && isStoring(s))) return;
  if (!isWorthSaving(s)) return goodbye(s, self);
  s.saving = true;
  s.dirty = false;
  if (!s.ailment && s.recorded) keepBlocks(s, self);
  if (s.keeping === 0) writeRecord(s, self);
}

const isWorthSaving = (s: FilesState): boolean =>
  s.dirty && s.known && s.ailment?.doubt !== true && (s.closing === 'no' || s.closing === 'stays');

export function writeRecord(s: FilesState, self: Me): void {
  void remember(s).then((remembered) => self.post({ type: 'remembered', remembered }));
}

export function remembered(s: FilesState, { gone, unsaved = s.unkept }: Remembered, self: Me): void {
  s.saving = false;
  s.unkept = undefined;
  if (gone) trouble(s, gone.what, self, gone.where);
  else if (unsaved) {
    self.tell(s.status, { type: 'note', note: { event: 'warning', reason: `resume record not saved: ${unsaved.file}: ${unsaved.detail}` } });
  }
  const saved = !gone && !unsaved;
  const blocksWait = saved && !s.recorded && s.assemblies.size > 0;
  if (saved) s.recorded = true;
  if (blocksWait) s.dirty = true;
  // Also where something came while the record was being written: once more.
  if ((blocksWait || (saved && s.closing !== 'no')) && isWorthSaving(s)) return save(s, self);
  // Tried again with the next.
  if (!saved) s.dirty = true;
  if (!isStoring(s)) goodbye(s, self);
}
