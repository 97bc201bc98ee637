/** One torrent: how far it is, how fast, which pieces and files are here, and who the peers are. */
import { duration, eta, percent, plural, rate, size } from '../../base/format.js';
import type { PeerPicture, TorrentPicture } from '../../ports/picture.js';
import { Bar } from './bar.js';
import { Files } from './files.js';
import { PieceMap } from './piece-map.js';
import { Rates } from './rates.js';
import type { Store } from './store.js';

/** Of a magnet link nothing is, before its metadata is here. */
export const isKnown = ({ pieces }: TorrentPicture): boolean => pieces > 0;

export function Torrent({ store, torrent }: { store: Store; torrent: TorrentPicture | undefined }) {
  const { view } = store;
  if (!torrent) return null;
  if (!isKnown(torrent)) return <Fetching name={torrent.name} />;
  const left = eta(torrent.left, torrent.downloadRate);
  const facts: readonly (readonly [string, string])[] = [
    ['Done', `${percent(torrent.progress)} of ${size(torrent.checked === undefined ? torrent.wanted : torrent.bytes)}`],
    ['Down', rate(torrent.downloadRate)], ['Up', rate(torrent.uploadRate)],
    ['Left', torrent.left === 0 ? 'nothing' : left === undefined ? size(torrent.left) : `${size(torrent.left)}, ${duration(left)}`],
    ['Downloaded', size(torrent.downloaded)], ['Uploaded', size(torrent.uploaded)],
    ['Peers', `${torrent.peers}, ${plural(torrent.seeds, 'seed')}`],
  ];
  return <div class="panel">
    <section aria-labelledby="overview">
      <h2 id="overview">{torrent.name}</h2>
      <dl class="facts">{facts.map(([name, value]) => <div key={name}><dt>{name}</dt><dd>{value}</dd></div>)}</dl>
    </section>
    <section aria-labelledby="rates">
      <h2 id="rates">Rates</h2>
      <Rates samples={view.samples.get(torrent.torrent) ?? []} />
    </section>
    <section aria-labelledby="pieces">
      <h2 id="pieces">Pieces</h2>
      {view.told.pieces ? <PieceMap picture={view.told.pieces} /> : <p class="soft">They are looked through.</p>}
    </section>
    <section aria-labelledby="peers">
      <h2 id="peers">Peers</h2>
      <Peers peers={view.told.peers ?? []} />
    </section>
    <section class="wide" aria-labelledby="files">
      <h2 id="files">Files</h2>
      <Files store={store} torrent={torrent} />
    </section>
  </div>;
}

function Fetching({ name }: { name: string }) {
  return <div class="panel">
    <section aria-labelledby="overview">
      <h2 id="overview">{name}</h2>
      <p class="soft">A magnet link: its metadata is being fetched from peers.</p>
    </section>
  </div>;
}

function Peers({ peers }: { peers: readonly PeerPicture[] }) {
  if (peers.length === 0) return <p class="soft">None.</p>;
  const fastest = peers.toSorted((a, b) => b.downloadRate + b.uploadRate - a.downloadRate - a.uploadRate || a.peer - b.peer);
  return <div class="scroll" tabIndex={0} role="region" aria-labelledby="peers"><table class="peers">
    <thead><tr>
      <th scope="col">Peer</th><th scope="col">Client</th><th scope="col">Flags</th><th scope="col">Has</th>
      <th scope="col" class="number">Down</th><th scope="col" class="number">Up</th><th scope="col">It serves us</th><th scope="col">We serve it</th>
    </tr></thead>
    <tbody>{fastest.map((p) => <tr key={p.peer}>
      <th scope="row">{p.address}</th>
      <td>{p.client}</td>
      <td>{p.incoming && <abbr title="it came to us">in</abbr>}{p.snubbed && <abbr class="bad" title="it owes us blocks and sends none">snub</abbr>}</td>
      <td><Bar part={p.progress} /></td>
      <td class="number">{rate(p.downloadRate)}</td>
      <td class="number">{rate(p.uploadRate)}</td>
      <td><Relation wants={p.amInterested} choked={p.peerChoking} wanting="we want" /></td>
      <td><Relation wants={p.peerInterested} choked={p.amChoking} wanting="it wants" /></td>
    </tr>)}</tbody>
  </table></div>;
}

/** Unchoked and interested is where bytes flow. */
function Relation({ wants, choked, wanting }: { wants: boolean; choked: boolean; wanting: string }) {
  const flows = wants && !choked;
  return <span class={flows ? 'relation flows' : 'relation'}>
    {choked ? 'choked' : 'unchoked'}{wants ? `, ${wanting}` : ''}
  </span>;
}
