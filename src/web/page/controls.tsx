/** Controls: wishes in the console's language, and torrent files. What became of the last one is said beside them. */
import type { ComponentChildren } from 'preact';
import { useRef, useState } from 'preact/hooks';
import type { TorrentPicture } from '../../ports/picture.js';
import { Removal } from './removal.js';
import type { Store } from './store.js';

export function Controls({ store, torrent }: { store: Store; torrent: TorrentPicture | undefined }) {
  const { told, notice } = store.view;
  const file = useRef<HTMLInputElement>(null);
  const add = (): void => {
    const chosen = file.current?.files?.[0];
    if (chosen) void store.give(chosen);
    if (file.current) file.current.value = '';
  };
  return <section class="controls" aria-label="Controls">
    <label class="button">Add a torrent
      <input ref={file} type="file" accept=".torrent,application/x-bittorrent" onChange={add} />
    </label>
    {torrent && <button type="button" onClick={() => void store.say(`${torrent.paused ? 'resume' : 'pause'} ${torrent.torrent}`)}>
      {torrent.paused ? 'Resume' : 'Pause'}
    </button>}
    {torrent && <Removal key={torrent.torrent} store={store} torrent={torrent} />}
    <Limit store={store} direction="down" />
    <Limit store={store} direction="up" />
    {torrent && <Limit key={`down ${torrent.torrent}`} store={store} direction="down" torrent={torrent} />}
    {torrent && <Limit key={`up ${torrent.torrent}`} store={store} direction="up" torrent={torrent} />}
    {torrent && told.client && <label>Choking policy
      <select value={told.choker?.policy ?? ''} onChange={(e) => void store.say(`policy ${e.currentTarget.value}`)}>
        {!told.choker && <option value="" />}
        {told.client.policies.map(({ name, summary }) => <option key={name} value={name} title={summary}>{name}</option>)}
      </select>
    </label>}
    <p class={notice?.done === false ? 'notice bad' : 'notice'} role="status">{notice?.lines.join(' ')}</p>
  </section>;
}

/** Of all, or of one torrent. In KB/s, as on the command line; a suffix may follow. */
function Limit({ store, direction, torrent }: { store: Store; direction: 'up' | 'down'; torrent?: TorrentPicture }) {
  const [typed, type] = useState<string>();
  const level = torrent ? torrent.limits?.[direction]?.torrent : store.view.told.buckets?.[direction].bucket;
  const now = level === undefined ? '' : String(level.limit / 1000);
  const send = (): void => {
    if (typed === undefined) return;
    void store.say(`limit ${direction} ${typed.trim() || '0'} ${torrent?.torrent ?? ''}`).then(() => type(undefined));
  };
  const name = `${direction === 'up' ? 'Upload' : 'Download'} limit${torrent ? ' of this torrent' : ''}, KB/s`;
  return <Form onSubmit={send}>
    <label>{name}
      <input inputMode="decimal" size={7} placeholder="none" value={typed ?? now} onInput={(e) => type(e.currentTarget.value)} onBlur={send} />
    </label>
  </Form>;
}

function Form({ onSubmit, children }: { onSubmit: () => void; children: ComponentChildren }) {
  return <form onSubmit={(e) => {
    e.preventDefault();
    onSubmit();
  }}>{children}</form>;
}
