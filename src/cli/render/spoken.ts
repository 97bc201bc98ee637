/** Answers to what was typed, for people: as many lines as there is to tell, to be printed as they are. */
import { percent, size } from '../../base/format.js';
import type { ClientEvent } from '../../ports/events.js';
import { printable } from './text.js';

export function spoken(e: ClientEvent): readonly string[] {
  switch (e.event) {
    case 'answer': return e.lines.map(printable);
    case 'files': return [`${e.name}:`, ...fileTable(e)].map(printable);
    default: return [];
  }
}

/** Numbers and paths as `priority` takes them: below the torrent's name. */
function fileTable({ files, name }: ClientEvent & { event: 'files' }): readonly string[] {
  const width = `${files.at(-1)?.number}`.length + 1;
  return files.map(({ number, path, length, had, priority }) => {
    const shown = path.startsWith(`${name}/`) ? path.slice(name.length + 1) : path;
    const done = percent(length === 0 ? 1 : had / length);
    return [`#${number}`.padStart(width), priority.padEnd(6), done.padStart(7), size(length).padStart(8), shown].join('  ');
  });
}
