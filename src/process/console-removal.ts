/** What became of a torrent that was removed, in words: for whoever asked for it, and for everybody who listens. */
import { plural, size } from '../base/format.js';
import type { ClientEvent } from '../ports/events.js';

type Removal = Pick<ClientEvent & { event: 'removed' }, 'folder' | 'deleted' | 'reason'>;

export function removalInWords({ folder, deleted, reason }: Removal): string {
  if (folder === undefined) return 'removed';
  if (!deleted) return `removed; its files stay in ${folder}`;
  const { files, bytes, left, shared = 0 } = deleted;
  const gone = files === 0 ? `removed; nothing of it was deleted in ${folder}`
    : `removed, and ${plural(files, 'file')} (${size(bytes)}) deleted in ${folder}`;
  const staying = [
    ...(shared > 0 ? [`${stay(shared)}, which another torrent has too`] : []),
    ...(reason !== undefined ? [`not all: ${reason}`] : left > shared ? [`${stay(left - shared)}, which may be somebody else's`] : []),
  ];
  return [gone, ...staying].join('; ');
}

const stay = (files: number): string => plural(files, 'file stays', 'files stay');
