/**
 * What the page knows: the pictures it was told last, the rates of the last minutes, and what became of the last wish. One connection
 * tells it (server-sent events); the browser opens it again when it is lost, and is then told everything anew.
 */
import type { Reply } from '../../ports/live-page.js';
import type { Decision, Told, Topic } from '../../ports/picture.js';

export interface Sample {
  /** Seconds since 1970. */
  readonly at: number;
  readonly down: number;
  readonly up: number;
}
export interface View {
  readonly link: 'connecting' | 'open' | 'lost';
  readonly focus: Focus;
  readonly told: Partial<Omit<Told, 'decisions'>>;
  readonly decisions: readonly Decision[];
  /** By info-hash, one a second. */
  readonly samples: ReadonlyMap<string, readonly Sample[]>;
  readonly notice: Reply | undefined;
  /** Messages a second, by `From To`. */
  readonly flows: ReadonlyMap<string, number>;
}
/** What is looked at closely: a torrent by its info-hash, those of its files that match a glob, processes by name and id. */
export interface Focus {
  readonly torrent?: string | undefined;
  readonly files?: { readonly find: string; readonly from: number } | undefined;
  readonly processes?: boolean;
  readonly kind?: string | undefined;
  readonly process?: string | undefined;
}

export const ALL_FILES = { find: '*', from: 0 };

const TOPICS: Readonly<Record<Topic, true>> =
  { client: true, torrents: true, peers: true, pieces: true, files: true, choker: true, decisions: true, buckets: true,
    processes: true, process: true };
const MOST_DECISIONS = 30;
const MOST_SAMPLES = 300;

const queryOf = ({ torrent, files, processes, kind, process }: Focus): string => new URLSearchParams({
  ...(torrent !== undefined && { torrent }), ...(files && { find: files.find, from: String(files.from) }),
  ...(processes && { processes: '' }),
  ...(processes && kind !== undefined && { kind }), ...(processes && process !== undefined && { process }),
}).toString();

export class Store {
  view: View = {
    link: 'connecting', focus: { files: ALL_FILES }, told: {}, decisions: [], samples: new Map(), notice: undefined, flows: new Map(),
  };
  private events: EventSource | undefined;
  /** It is not open yet. */
  private next: EventSource | undefined;
  private counted: { readonly at: number; readonly talks: Told['processes']['talks'] } | undefined;
  private readonly changed: () => void;

  constructor(changed: () => void) {
    this.changed = changed;
    setInterval(() => this.sample(), 1000);
    this.connect();
  }

  lookAt(change: Focus): void {
    const { torrent, files } = this.view.focus;
    const isNew = change.torrent !== undefined && change.torrent !== torrent;
    const focus = { ...this.view.focus, ...(isNew && files && { files: ALL_FILES }), ...change };
    if (queryOf(focus) === queryOf(this.view.focus)) return;
    const { peers: _peers, pieces: _pieces, files: _files, choker: _choker, process: _process, ...told } = this.view.told;
    const isSame = focus.torrent === torrent;
    this.set({ focus, told: isSame ? this.view.told : told, decisions: isSame ? this.view.decisions : [] });
    this.connect();
  }

  /** A line of the console's language, e.g. `limit up 20`. */
  say(line: string): Promise<void> {
    return this.post('line', line);
  }

  give(torrentFile: Blob): Promise<void> {
    return this.post('torrent', torrentFile);
  }

  private async post(path: string, body: string | Blob): Promise<void> {
    try {
      const answer = await fetch(path, { method: 'POST', body });
      const isReply = answer.headers.get('content-type')?.startsWith('application/json');
      this.set({ notice: isReply ? await answer.json() as Reply : { done: false, lines: [await answer.text()] } });
    } catch {
      this.set({ notice: { done: false, lines: ['the client does not answer'] } });
    }
  }

  /** The connection of before is closed when there is another: what nobody looks at is forgotten, such as decisions. */
  private connect(): void {
    this.next?.close();
    const query = queryOf(this.view.focus);
    const events = new EventSource(`events?${query}`);
    this.next = events;
    let decisions: readonly Decision[] = [];
    events.onopen = () => {
      // It is told of all there are.
      decisions = [];
      if (this.next === events) {
        this.events?.close();
        this.events = events;
        this.next = undefined;
      }
      this.set({ link: 'open' });
    };
    events.onerror = () => this.set({ link: 'lost' });
    for (const topic of Object.keys(TOPICS) as Topic[]) {
      events.addEventListener(topic, (e: MessageEvent<string>) => {
        if (query !== queryOf(this.view.focus)) return;
        const picture = JSON.parse(e.data) as Told[Topic];
        if (topic === 'decisions') decisions = [...decisions, ...picture as Told['decisions']].slice(-MOST_DECISIONS);
        this.hear(topic, topic === 'decisions' ? decisions : picture);
      });
    }
  }

  private hear(topic: Topic, picture: Told[Topic]): void {
    if (topic === 'decisions') this.set({ decisions: picture as Told['decisions'] });
    else this.set({ told: { ...this.view.told, [topic]: picture } });
    if (topic === 'processes') this.measure((picture as Told['processes']).talks);
    if (topic === 'torrents') this.keepLooking(picture as Told['torrents']);
  }

  /** At the first, where that which was looked at is gone. */
  private keepLooking(torrents: Told['torrents']): void {
    if (!torrents.some(({ torrent }) => torrent === this.view.focus.torrent)) this.lookAt({ torrent: torrents[0]?.torrent });
  }

  /** Rates from the counts of now and before, smoothed so that lines do not jump. */
  private measure(talks: Told['processes']['talks']): void {
    const at = performance.now() / 1000;
    const { counted } = this;
    this.counted = { at, talks };
    if (!counted || at - counted.at > 5) return;
    const before = new Map(counted.talks.map(({ from, to, count }) => [`${from} ${to}`, count]));
    const flows = talks.map(({ from, to, count }) => {
      const pair = `${from} ${to}`;
      const now = Math.max(0, count - (before.get(pair) ?? 0)) / Math.max(0.05, at - counted.at);
      return [pair, 0.6 * (this.view.flows.get(pair) ?? now) + 0.4 * now] as const;
    });
    this.set({ flows: new Map(flows) });
  }

  private sample(): void {
    if (this.view.link !== 'open') return;
    const at = Date.now() / 1000;
    const samples = new Map((this.view.told.torrents ?? []).map(({ torrent, downloadRate: down, uploadRate: up }) =>
      [torrent as string, [...this.view.samples.get(torrent) ?? [], { at, down, up }].slice(-MOST_SAMPLES)]));
    this.set({ samples });
  }

  private set(change: Partial<View>): void {
    this.view = { ...this.view, ...change };
    this.changed();
  }
}
