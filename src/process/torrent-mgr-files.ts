/** TorrentMgr's part in which files are wanted: it finds those that are meant, and holds to what the user last said. Files acts by it. */
import type { InfoHash } from '../base/brand.js';
import { matchingFiles, withPriority } from '../policy/pick/priority.js';
import { named, say, type Me, type State, type TorrentMgrMsg } from './torrent-mgr-state.js';

export function prioritize(s: State, { torrent, glob, priority }: TorrentMgrMsg & { type: 'prioritize' }, self: Me): void {
  let found = false;
  for (const [, { order, parts }] of named(s, torrent)) {
    if (!('meta' in order.request) || !parts.files) continue;
    const { meta: { files }, priorities = files.map(() => undefined) } = order.request;
    const changed = matchingFiles(files, glob);
    if (changed.length === 0) continue;
    found = true;
    order.request = { ...order.request, priorities: withPriority(priorities, changed, priority) };
    self.tell(parts.files, { type: 'prioritize', files: changed, priority });
  }
  if (!found) say(s, { event: 'answer', lines: [`no file matches ${glob}; \`files\` lists them`] }, self);
}

export function listFiles(s: State, torrent: InfoHash | undefined, self: Me): void {
  for (const [, { parts }] of named(s, torrent)) if (parts.files) self.tell(parts.files, { type: 'listFiles' });
}
