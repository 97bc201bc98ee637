/** TorrentMgr's part in which files are wanted: it finds those that are meant, and holds to what the user last said. Files acts by it. */
import type { InfoHash } from '../base/brand.js';
import { plural } from '../base/format.js';
import { matchingFiles, noneMatches, withPriority } from '../policy/pick/priority.js';
import type { Reply } from '../ports/live-page.js';
import type { FileEntry } from '../protocol/metainfo.js';
import type { Asker } from './api.js';
import { named, say, type Me, type State, type TorrentMgrMsg } from './torrent-mgr-state.js';

export function prioritize(s: State, { torrent, glob, priority, asker }: TorrentMgrMsg & { type: 'prioritize' }, self: Me): void {
  let found = 0;
  for (const [, { order, parts }] of named(s, torrent)) {
    if (!('meta' in order.request) || !parts.files) continue;
    const { meta: { files }, priorities = files.map(() => undefined) } = order.request;
    const changed = matchingFiles(files, glob);
    if (changed.length === 0) continue;
    found += changed.length;
    order.request = { ...order.request, priorities: withPriority(priorities, changed, priority) };
    self.tell(parts.files, { type: 'prioritize', files: changed, priority });
  }
  const reply: Reply = found > 0 ? { done: true, lines: [`${glob}: ${priority} (${plural(found, 'file')})`] }
    : { done: false, lines: [noneMatches(filesOf(s, torrent), glob)] };
  answer(s, asker, reply, self);
}

const filesOf = (s: State, torrent: InfoHash | undefined): readonly FileEntry[] =>
  named(s, torrent).flatMap(([, { order: { request } }]) => ('meta' in request ? request.meta.files : []));

/** At the terminal, Files' own event tells what is done. */
function answer(s: State, asker: Asker | undefined, reply: Reply, self: Me): void {
  if (asker) self.tell(asker.replyTo, { type: 'answered', ticket: asker.ticket, reply });
  else if (!reply.done) say(s, { event: 'answer', lines: reply.lines }, self);
}

export function listFiles(s: State, torrent: InfoHash | undefined, self: Me): void {
  for (const [, { parts }] of named(s, torrent)) if (parts.files) self.tell(parts.files, { type: 'listFiles' });
}
