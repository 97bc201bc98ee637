/** The end of a torrent: asked for twice, since files that are deleted do not come back. */
import { useRef } from 'preact/hooks';
import { plural, size } from '../../base/format.js';
import type { TorrentPicture } from '../../ports/picture.js';
import type { Store } from './store.js';

export function Removal({ store, torrent }: { store: Store; torrent: TorrentPicture }) {
  const asking = useRef<HTMLDialogElement>(null);
  const { name, files, bytes, folder } = torrent;
  const remove = (how: string) => () => void store.say(`remove ${torrent.torrent} ${how}`);
  return <>
    <button type="button" disabled={torrent.leaving} onClick={() => asking.current?.showModal()}>Remove</button>
    <dialog ref={asking} aria-labelledby="removal">
      <h2 id="removal">Remove {name}?</h2>
      <p>It says goodbye to its peers and trackers, and is forgotten.
        {folder !== undefined && ` Its ${plural(files, 'file')} (${size(bytes)}) in ${folder} can stay, or be deleted as far as they are here,`
          + ' which cannot be undone. What else is there stays.'}</p>
      <form method="dialog">
        <button onClick={remove('')}>{folder === undefined ? 'Remove' : 'Remove, keep the files'}</button>
        {folder !== undefined && <button class="danger" onClick={remove('--with-data')}>Remove and delete the files</button>}
        <button autofocus>Cancel</button>
      </form>
    </dialog>
  </>;
}
