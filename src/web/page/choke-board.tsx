/**
 * The choke board: a column a decision, a row a peer; who was unchoked and why, and as a bar the rate that spoke for it. One decision
 * can be chosen, and is then told in full.
 */
import { useState } from 'preact/hooks';
import { duration, rate } from '../../base/format.js';
import type { Decision, Judged, Standing, TorrentPicture } from '../../ports/picture.js';
import type { View } from './store.js';

const REASONS: readonly (readonly [Standing, string, string])[] = [
  ['regular', 'R', 'won its slot'], ['optimistic', 'O', 'on trial'], ['kept', 'K', 'left unchoked a while longer'],
  ['idle', 'I', 'wants nothing, so it costs nothing'], ['exempt', 'X', 'of our own network'], ['as before', '=', 'left unchoked as it was'],
  ['choked', '', 'not served'],
];
const LETTERS = new Map(REASONS.map(([standing, letter]) => [standing, letter]));
const TRIGGERS: Readonly<Record<string, string>> = {
  tick: 'a round', optimistic: 'the optimistic round', joined: 'a new peer', left: 'a peer that left', interested: 'new interest',
  uninterested: 'lost interest', completed: 'the last piece',
};

export function ChokeBoard({ view: { decisions }, torrent }: { view: View; torrent: TorrentPicture | undefined }) {
  const [chosen, choose] = useState<number>();
  const latest = decisions.at(-1);
  if (!torrent || !latest) return <p class="soft pad">Nothing was decided yet: there is nobody to serve.</p>;
  const shown = decisions.find((d) => d.at === chosen) ?? latest;
  const seeding = torrent.progress === 1;
  return <div class="panel">
    <section class="wide" aria-labelledby="board">
      <h2 id="board">Whom we serve</h2>
      <p class="soft">By {latest.policy}, a round every {latest.tickMs / 1000} s. The bar is the rate at which a peer {seeding ? 'takes from us' : 'gives to us'}.</p>
      <Timeline decisions={decisions} shown={shown} seeding={seeding} choose={choose} />
      <ul class="legend">{REASONS.map(([standing, letter, meaning]) =>
        <li key={standing}><i class={`standing ${classOf(standing)}`}>{letter}</i>{standing}: {meaning}</li>)}</ul>
    </section>
    <section class="wide" aria-labelledby="decision">
      <h2 id="decision">{shown === latest ? 'The last decision' : `The decision ${ago(shown, latest)} before the last`}</h2>
      <p class="soft">Because of {TRIGGERS[shown.trigger] ?? shown.trigger}; {shown.peers.filter((p) => p.standing !== 'choked').length} of {shown.peers.length} unchoked.</p>
      <Verdicts decision={shown} seeding={seeding} />
    </section>
  </div>;
}

interface TimelineProps {
  decisions: readonly Decision[];
  shown: Decision;
  seeding: boolean;
  choose: (at: number | undefined) => void;
}

function Timeline({ decisions, shown, seeding, choose }: TimelineProps) {
  const latest = decisions.at(-1)!;
  const peers = new Map(decisions.flatMap((d) => d.peers.map((p) => [p.peer, p.address] as const)));
  const speed = (p: Judged): number => seeding ? p.uploadRate : p.downloadRate;
  const most = Math.max(1, ...decisions.flatMap((d) => d.peers.map(speed)));
  const table = decisions.map((d) => ({ decision: d, byPeer: new Map(d.peers.map((p) => [p.peer, p])) }));
  return <div class="scroll" tabIndex={0} role="region" aria-labelledby="board"><table class="board">
    <thead><tr>
      <th scope="col">Peer</th>
      {decisions.map((d) => <th key={d.at} scope="col">
        <button type="button" class={d.trigger === 'tick' ? 'round' : undefined} aria-pressed={d === shown}
          aria-label={`Decision ${d === latest ? 'now' : `${ago(d, latest)} earlier`}: ${TRIGGERS[d.trigger] ?? d.trigger}`}
          onClick={() => choose(d === latest ? undefined : d.at)}>{d === latest ? 'now' : `−${ago(d, latest)}`}</button>
      </th>)}
    </tr></thead>
    <tbody>{[...peers].map(([peer, address]) => <tr key={peer}>
      <th scope="row">{address}</th>
      {table.map(({ decision, byPeer }) => {
        const p = byPeer.get(peer);
        if (!p) return <td key={decision.at} />;
        const label = `${p.standing}${p.changed ? ', changed' : ''}; down ${rate(p.downloadRate)}, up ${rate(p.uploadRate)}`;
        return <td key={decision.at} class={`standing ${classOf(p.standing)}${p.changed ? ' changed' : ''}${decision === shown ? ' shown' : ''}`} title={label}>
          <span class="letter" aria-label={label}>{LETTERS.get(p.standing)}</span>
          <span class="rate" style={{ height: `${Math.round((speed(p) / most) * 100)}%` }} aria-hidden="true" />
        </td>;
      })}
    </tr>)}</tbody>
  </table></div>;
}

function Verdicts({ decision, seeding }: { decision: Decision; seeding: boolean }) {
  const order = decision.peers.toSorted((a, b) =>
    (seeding ? b.uploadRate - a.uploadRate : b.downloadRate - a.downloadRate) || a.peer - b.peer);
  return <div class="scroll" tabIndex={0} role="region" aria-labelledby="decision"><table>
    <thead><tr>
      <th scope="col">Peer</th><th scope="col" class="number">It gives</th><th scope="col" class="number">It takes</th>
      <th scope="col">Interested</th><th scope="col">Verdict</th>
    </tr></thead>
    <tbody>{order.map((p) => <tr key={p.peer}>
      <th scope="row">{p.address}</th>
      <td class="number">{rate(p.downloadRate)}</td>
      <td class="number">{rate(p.uploadRate)}</td>
      <td>{p.interested ? 'yes' : 'no'}</td>
      <td><i class={`standing ${classOf(p.standing)}`} aria-hidden="true">{LETTERS.get(p.standing)}</i>{p.standing}{p.changed ? ', changed' : ''}</td>
    </tr>)}</tbody>
  </table></div>;
}

const ago = (d: Decision, latest: Decision): string => duration(latest.at - d.at);
const classOf = (standing: Standing): string => standing.replace(' ', '-');
