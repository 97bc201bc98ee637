/** The token buckets: how full they are, and who waits for what is in them. */
import { plural, rate, size } from '../../base/format.js';
import type { Bucket } from '../../ports/picture.js';
import type { View } from './store.js';

export function Limits({ view: { told } }: { view: View }) {
  if (!told.buckets) return null;
  return <div class="panel">
    <Way name="Download" bucket={told.buckets.down} />
    <Way name="Upload" bucket={told.buckets.up} />
  </div>;
}

function Way({ name, bucket }: { name: string; bucket: Bucket }) {
  const id = name.toLowerCase();
  return <section aria-labelledby={id}>
    <h2 id={id}>{name}</h2>
    {bucket.limit === null ? <p>No limit. {plural(bucket.free, 'peer moves', 'peers move')} as fast as they can.</p> : <>
      <p>{rate(bucket.limit)}; {plural(bucket.waiting, 'peer waits', 'peers wait')} for credit.</p>
      <Level bucket={bucket} />
      {bucket.first.length > 0 && <Waiters bucket={bucket} />}
    </>}
  </section>;
}

function Level({ bucket: { level, burst } }: { bucket: Bucket }) {
  return <div class="bucket">
    <div class="vessel" role="meter" aria-label="tokens" aria-valuemin={0} aria-valuemax={burst} aria-valuenow={level}>
      <div class="water" style={{ height: `${Math.round((level / burst) * 100)}%` }} />
    </div>
    <p><b>{size(level)}</b><br /><span class="soft">of at most {size(burst)}</span></p>
  </div>;
}

function Waiters({ bucket }: { bucket: Bucket }) {
  return <table>
    <caption>Who waits, the next first</caption>
    <thead><tr><th scope="col">Process</th><th scope="col" class="number">Wants</th></tr></thead>
    <tbody>{bucket.first.map(({ who, wants }) => <tr key={who}>
      <th scope="row">{who.split('/').slice(-2).join(' ')}</th><td class="number">{size(wants)}</td>
    </tr>)}</tbody>
  </table>;
}
