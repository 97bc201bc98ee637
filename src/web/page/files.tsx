/** The files of a torrent, a page full at a time: how far each is, and how much it is wanted, which can be changed. */
import { useState } from 'preact/hooks';
import { FILE_PRIORITIES, type FilePriority } from '../../base/file-priority.js';
import { count, size } from '../../base/format.js';
import type { TorrentPicture } from '../../ports/picture.js';
import { Bar } from './bar.js';
import { ALL_FILES, type Store } from './store.js';

const LEVELS = FILE_PRIORITIES.toReversed();

export function Files({ store, torrent: { torrent, files } }: { store: Store; torrent: TorrentPicture }) {
  const { told: { files: picture }, focus: { files: looked = ALL_FILES } } = store.view;
  const [asked, ask] = useState<Asked>();
  if (!picture) return <p class="soft">They are being looked up.</p>;
  const { find, from, matching, shown } = picture;
  const set = (which: string, level: FilePriority): void => {
    ask({ which, level, picture });
    void store.say(`priority ${which} ${level} for ${torrent}`);
  };
  /** Until it is told anew, as it was asked for. */
  const levelOf = (which: string, now: FilePriority): FilePriority =>
    (asked?.picture === picture && asked.which === which ? asked.level : now);
  const turn = (to: number): void => store.lookAt({ files: { find, from: to } });
  return <>
    {files > 1 && <div class="controls">
      <Find key={torrent} onFind={(text) => store.lookAt({ files: { find: globOf(text), from: 0 } })} />
      <label>All {count(matching)} {find === ALL_FILES.find ? 'files' : 'that are found'}
        <select value="" disabled={matching === 0} onChange={(e) => set(find, e.currentTarget.value as FilePriority)}>
          <option value="">as they are</option>
          {LEVELS.map((level) => <option key={level}>{level}</option>)}
        </select>
      </label>
      {matching > shown.length && <span class="pages">
        <button type="button" disabled={looked.from === 0} onClick={() => turn(Math.max(0, from - SHOWN))}>Previous</button>
        {count(from + 1)} to {count(from + shown.length)} of {count(matching)}
        <button type="button" disabled={from + shown.length >= matching} onClick={() => turn(from + SHOWN)}>Next</button>
      </span>}
    </div>}
    <div class="scroll" tabIndex={0} role="region" aria-labelledby="files"><table>
      <thead><tr>
        <th scope="col">File</th><th scope="col">Wanted</th><th scope="col">Here</th><th scope="col" class="number">Size</th>
      </tr></thead>
      <tbody>{shown.map(({ number, path, length, had, priority }) => <tr key={number} class={priority === 'skip' ? 'soft' : ''}>
        <th scope="row" class="path">{path}</th>
        <td><select aria-label={`How much ${path} is wanted`} value={levelOf(`#${number}`, priority)}
          onChange={(e) => set(`#${number}`, e.currentTarget.value as FilePriority)}>
          {LEVELS.map((level) => <option key={level}>{level}</option>)}
        </select></td>
        <td><Bar part={length === 0 ? 1 : had / length} /></td>
        <td class="number">{size(length)}</td>
      </tr>)}</tbody>
    </table></div>
  </>;
}

interface Asked {
  readonly which: string;
  readonly level: FilePriority;
  /** What was told by then. */
  readonly picture: object;
}

/** As many as are told at a time. */
const SHOWN = 100;

function Find({ onFind }: { onFind: (text: string) => void }) {
  return <form onSubmit={(e) => e.preventDefault()}>
    <label>Find
      <input type="search" placeholder="name, or *.mkv" maxLength={100} onInput={(e) => onFind(e.currentTarget.value.trim())} />
    </label>
  </form>;
}

/** A part of a name, or of a path where there is a slash; or a glob already. */
function globOf(text: string): string {
  if (text === '') return ALL_FILES.find;
  if (/[*?[]|^#\d+$/.test(text)) return text;
  return text.includes('/') ? `**${text}**` : `*${text}*`;
}
