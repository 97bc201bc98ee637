/**
 * The process graph, alive: who tells whom and who owns whom, lines as thick as their messages are many, and on each box how many there
 * are of it, what waits in their mailboxes, and restarts. A box that is chosen shows its processes one by one, and each of them in full.
 */
import { useEffect, useState } from 'preact/hooks';
import { count, plural } from '../../base/format.js';
import type { Layout } from '../../graph/layout.js';
import type { KindPicture, ProcessPicture } from '../../ports/picture.js';
import type { Graphs } from '../server.js';
import type { Store, View } from './store.js';

const VIEWS = [['talks', 'Who tells whom'], ['owns', 'Who owns whom']] as const;

export function Processes({ store }: { store: Store }) {
  const [graphs, know] = useState<Graphs>();
  const [shown, show] = useState<keyof Graphs>('talks');
  useEffect(() => void fetch('graphs').then(async (answer) => know(await answer.json() as Graphs)), []);
  const { view } = store;
  const { kind } = view.focus;
  const layout = graphs?.[shown];
  const kinds = new Map((view.told.processes?.kinds ?? []).map((k) => [k.process, k]));
  const choose = (name: string): void => store.lookAt({ kind: name, process: undefined });
  return <div class="panel graph">
    <section class="wide" aria-labelledby="graph">
      <h2 id="graph">Processes</h2>
      <p class="views" role="group" aria-label="View">{VIEWS.map(([id, name]) =>
        <button key={id} type="button" aria-pressed={shown === id} onClick={() => show(id)}>{name}</button>)}</p>
      {layout ? <div class="scroll"><Picture layout={layout} kinds={kinds} flows={view.flows} chosen={kind} choose={choose} /></div>
        : <p class="soft">It is laid out.</p>}
      <details><summary>The same as a table</summary><Kinds kinds={[...kinds.values()]} choose={choose} /></details>
    </section>
    {kind !== undefined && <section class="wide" aria-labelledby="kind">
      <h2 id="kind">{kind}</h2>
      <p>{layout?.nodes.find((n) => n.id === kind)?.doc}</p>
      <Instances store={store} />
    </section>}
    {view.told.process && view.told.process.id === view.focus.process && <One store={store} one={view.told.process} />}
  </div>;
}

interface PictureProps {
  layout: Layout;
  kinds: ReadonlyMap<string, KindPicture>;
  flows: View['flows'];
  chosen: string | undefined;
  choose: (kind: string) => void;
}

function Picture({ layout, kinds, flows, chosen, choose }: PictureProps) {
  return <svg class="graph" viewBox={`0 0 ${layout.width} ${layout.height}`} width={layout.width} height={layout.height} role="group" aria-label={layout.title}>
    {layout.frames.map((f) => <g key={f.id} class={f.scope}>
      <rect class="frame" x={f.x} y={f.y} width={f.width} height={f.height} rx={12} />
      <text class="scope" x={f.words.x} y={f.words.y}>{f.title}</text>
    </g>)}
    {layout.edges.map((e) => {
      const flow = (flows.get(`${e.from} ${e.to}`) ?? 0) + (flows.get(`${e.to} ${e.from}`) ?? 0);
      return <path key={`${e.from} ${e.to}`} class={`line ${e.scope}${flow > 0.2 ? ' busy' : ''}`} d={e.path}
        style={{ strokeWidth: `${(1.2 + 1.1 * Math.log10(1 + flow) ** 1.5).toFixed(2)}px` }}>
        <title>{`${e.from} and ${e.to}: ${count(Math.round(flow))} messages a second`}</title>
      </path>;
    })}
    {layout.nodes.map((n) => <Box key={n.id} node={n} kind={kinds.get(n.id)} isKnown={kinds.size > 0} isChosen={n.id === chosen} choose={() => choose(n.id)} />)}
  </svg>;
}

interface BoxProps {
  node: Layout['nodes'][number];
  kind: KindPicture | undefined;
  /** How many there are has been told. */
  isKnown: boolean;
  isChosen: boolean;
  choose: () => void;
}

function Box({ node: { title, scope, x, y, width, height }, kind, isKnown, isChosen, choose }: BoxProps) {
  const many = kind?.count ?? 0;
  const words = kind ? [many > 1 && `${count(many)} of them`, kind.depth > 0 && `${count(kind.depth)} wait`,
    kind.restarts > 0 && plural(kind.restarts, 'restart')].filter(Boolean).join(', ') : isKnown ? 'none runs' : '';
  return <g class={`box ${scope}${kind || !isKnown ? '' : ' none'}${isChosen ? ' chosen' : ''}`} role="button" tabindex={0} aria-pressed={isChosen}
    aria-label={`${title}${words && `: ${words}`}`} onClick={choose} onKeyDown={(e) => {
      if (e.key !== 'Enter' && e.key !== ' ') return;
      e.preventDefault();
      choose();
    }}>
    {many > 1 && <rect class="behind" x={x + 5} y={y + 5} width={width} height={height} rx={9} />}
    <rect x={x} y={y} width={width} height={height} rx={9} />
    <text class="title" x={x + width / 2} y={y + height / 2 + (words ? -2 : 5)}>{title}</text>
    {words && <text class="note" x={x + width / 2} y={y + height / 2 + 14}>{words}</text>}
  </g>;
}

function Kinds({ kinds, choose }: { kinds: readonly KindPicture[]; choose: (kind: string) => void }) {
  return <div class="scroll"><table>
    <thead><tr><th scope="col">Process</th><th scope="col" class="number">How many</th><th scope="col" class="number">Messages taken</th>
      <th scope="col" class="number">Waiting</th><th scope="col" class="number">Restarts</th></tr></thead>
    <tbody>{kinds.map((k) => <tr key={k.process}>
      <th scope="row"><button type="button" class="plain" onClick={() => choose(k.process)}>{k.process}</button></th>
      <td class="number">{count(k.count)}</td><td class="number">{count(k.handled)}</td>
      <td class="number">{count(k.depth)}</td><td class="number">{count(k.restarts)}</td>
    </tr>)}</tbody>
  </table></div>;
}

function Instances({ store }: { store: Store }) {
  const instances = store.view.told.processes?.instances ?? [];
  if (instances.length === 0) return <p class="soft">None runs.</p>;
  return <div class="scroll instances" tabIndex={0} role="region" aria-labelledby="kind"><table>
    <thead><tr><th scope="col">Where</th><th scope="col">State</th><th scope="col" class="number">Taken</th><th scope="col" class="number">Waiting</th>
      <th scope="col" class="number">Restarts</th></tr></thead>
    <tbody>{instances.map((p) => <tr key={p.id}>
      <th scope="row"><button type="button" class="plain" aria-pressed={p.id === store.view.focus.process}
        onClick={() => store.lookAt({ process: p.id })}>{ownersOf(p.id)}</button></th>
      <td>{p.states.join(', ')}</td><td class="number">{count(p.handled)}</td><td class="number">{count(p.depth)}</td><td class="number">{count(p.restarts)}</td>
    </tr>)}</tbody>
  </table></div>;
}

/** `Client/TorrentMgr/Torrent-1/PeerMgr/Peer-3/Sender` -> `Torrent-1 Peer-3`. */
const ownersOf = (id: string): string => id.split('/').slice(0, -1).filter((part) => part.includes('-')).join(' ') || 'Client';

function One({ store, one }: { store: Store; one: ProcessPicture }) {
  const latest = one.mail.at(-1)?.at ?? 0;
  return <section class="wide" aria-labelledby="one">
    <h2 id="one">{one.id}</h2>
    <p>{count(one.handled)} messages taken, {count(one.depth)} waiting, {plural(one.restarts, 'restart')}
      {one.states.length > 0 && `, in ${one.states.join(' and ')}`}.</p>
    {store.view.told.client?.chaos && <p><button type="button" onClick={() => void store.say(`kill ${one.id}`)}>Kill this process</button></p>}
    <div class="scroll"><table>
      <caption>Its last messages, the newest first</caption>
      <thead><tr><th scope="col" class="number">Before</th><th scope="col">From</th><th scope="col">Message</th></tr></thead>
      <tbody>{one.mail.toReversed().map((m, i) => <tr key={i}>
        <td class="number">{((latest - m.at) / 1000).toFixed(2)} s</td><td>{m.from.split('/').at(-1)}</td><td>{m.kind}</td>
      </tr>)}</tbody>
    </table></div>
  </section>;
}
