/** The live page: what is common to all its panels, and which of them is shown. */
import { render } from 'preact';
import { useEffect, useReducer, useState } from 'preact/hooks';
import { percent, rate } from '../../base/format.js';
import type { TorrentPicture } from '../../ports/picture.js';
import { ChokeBoard } from './choke-board.js';
import { Controls } from './controls.js';
import { Limits } from './limits.js';
import { Processes } from './processes.js';
import { ALL_FILES, Store, type View } from './store.js';
import { isKnown, Torrent } from './torrent.js';

const PANELS = [['torrent', 'Torrent'], ['choking', 'Choking'], ['limits', 'Limits'], ['processes', 'Processes']] as const;
type Panel = (typeof PANELS)[number][0];

const panelOf = (hash: string): Panel => PANELS.find(([id]) => hash === `#${id}`)?.[0] ?? 'torrent';

function Page() {
  const [, draw] = useReducer((n: number, _: undefined) => n + 1, 0);
  const [store] = useState(() => new Store(oncePerFrame(() => draw(undefined))));
  const [panel, show] = useState(panelOf(location.hash));
  useEffect(() => {
    const follow = () => show(panelOf(location.hash));
    addEventListener('hashchange', follow);
    return () => removeEventListener('hashchange', follow);
  }, []);
  useEffect(() => store.lookAt({ processes: panel === 'processes', files: panel === 'torrent' ? ALL_FILES : undefined }), [panel]);
  const { view } = store;
  const torrent = view.told.torrents?.find((t) => t.torrent === view.focus.torrent);
  return <>
    <a class="skip" href="#main">To the panel</a>
    <header>
      <h1>actorrent</h1>
      <nav aria-label="Panels">
        {PANELS.map(([id, name]) => <a key={id} href={`#${id}`} aria-current={panel === id ? 'page' : undefined}>{name}</a>)}
      </nav>
      <Link link={view.link} agent={view.told.client?.agent} />
    </header>
    <Controls store={store} torrent={torrent} />
    <Torrents view={view} choose={(hash) => store.lookAt({ torrent: hash })} />
    <main id="main" tabIndex={-1}>
      {panel === 'torrent' && <Torrent store={store} torrent={torrent} />}
      {panel === 'choking' && <ChokeBoard view={view} torrent={torrent} />}
      {panel === 'limits' && <Limits view={view} />}
      {panel === 'processes' && <Processes store={store} />}
    </main>
  </>;
}

/** However much is told in between. */
function oncePerFrame(draw: () => void): () => void {
  let due = false;
  return () => {
    if (due) return;
    due = true;
    requestAnimationFrame(() => {
      due = false;
      draw();
    });
  };
}

const WORDS: Readonly<Record<View['link'], string>> = { connecting: 'connecting', open: 'live', lost: 'not running' };

function Link({ link, agent }: { link: View['link']; agent: string | undefined }) {
  return <p class={`link ${link}`} role="status"><span class="dot" aria-hidden="true" />{WORDS[link]}<span class="soft"> {agent}</span></p>;
}

function Torrents({ view, choose }: { view: View; choose: (torrent: string) => void }) {
  const { torrents } = view.told;
  if (!torrents) return null;
  if (torrents.length === 0) return <p class="soft pad">No torrent yet. Add one above.</p>;
  return <ul class="torrents" aria-label="Torrents">
    {torrents.map((t) => <li key={t.torrent}>
      <button type="button" aria-pressed={t.torrent === view.focus.torrent} onClick={() => choose(t.torrent)}>
        <span class="name">{t.name}</span>
        <span class="soft">{stateOf(t)}</span>
        <progress max={1} value={t.checked ?? t.progress} aria-label={`${t.name}: ${stateOf(t)}`} />
      </button>
    </li>)}
  </ul>;
}

function stateOf(t: TorrentPicture): string {
  if (t.leaving) return 'being removed';
  if (t.paused) return `paused at ${percent(t.progress)}`;
  if (!isKnown(t)) return 'fetching metadata';
  if (t.checked !== undefined) return `checking ${percent(t.checked)}`;
  if (t.queued) return `queued at ${percent(t.progress)}`;
  return t.progress === 1 ? `seeding, up ${rate(t.uploadRate)}` : `${percent(t.progress)}, down ${rate(t.downloadRate)}`;
}

render(<Page />, document.getElementById('page')!);
