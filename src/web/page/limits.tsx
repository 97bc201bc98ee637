/** The token buckets: how full they are, and who waits for what is in them. */
import { plural, rate, size } from '../../base/format.js';
import type { Level } from '../../base/units.js';
import type { Bucket, BucketTree } from '../../ports/picture.js';
import type { View } from './store.js';

export function Limits({ view }: { view: View }) {
  const { buckets } = view.told;
  if (!buckets) return null;
  return <div class="panel">
    <Way name="Download" tree={buckets.down} view={view} />
    <Way name="Upload" tree={buckets.up} view={view} />
  </div>;
}

function Way({ name, tree, view: { told } }: { name: string; tree: BucketTree; view: View }) {
  const id = name.toLowerCase();
  const nameOf = (hash: string) => told.torrents?.find(({ torrent }) => torrent === hash)?.name ?? hash;
  return <section aria-labelledby={id}>
    <h2 id={id}>{name}</h2>
    <Holder bucket={tree} />
    {tree.eachPeer !== null && <p>Each peer: {rate(tree.eachPeer)}.</p>}
    {tree.torrents.map((bucket) => <section key={bucket.torrent} aria-label={`${name} of ${nameOf(bucket.torrent)}`}>
      <h3>{nameOf(bucket.torrent)}</h3>
      <Holder bucket={bucket} />
    </section>)}
  </section>;
}

function Holder({ bucket: { bucket, waiting, first, endless } }: { bucket: Bucket }) {
  return <>
    {bucket ? <p>{rate(bucket.limit)}; {plural(waiting, 'peer waits', 'peers wait')} for credit.</p>
      : <p>No limit. {plural(endless, 'peer moves', 'peers move')} as fast as they can.</p>}
    {bucket && <Tokens bucket={bucket} />}
    {bucket && first.length > 0 && <Waiters first={first} />}
  </>;
}

function Tokens({ bucket: { level, burst } }: { bucket: Level }) {
  return <div class="bucket">
    <div class="vessel" role="meter" aria-label="tokens" aria-valuemin={0} aria-valuemax={burst} aria-valuenow={level}>
      <div class="water" style={{ height: `${Math.round((level / burst) * 100)}%` }} />
    </div>
    <p><b>{size(level)}</b><br /><span class="soft">of at most {size(burst)}</span></p>
  </div>;
}

function Waiters({ first }: Pick<Bucket, 'first'>) {
  return <table>
    <caption>Who waits, the next first</caption>
    <thead><tr><th scope="col">Process</th><th scope="col" class="number">Wants</th></tr></thead>
    <tbody>{first.map(({ who, wants }) => <tr key={who}>
      <th scope="row">{who.split('/').slice(-2).join(' ')}</th><td class="number">{size(wants)}</td>
    </tr>)}</tbody>
  </table>;
}
