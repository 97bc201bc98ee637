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
  /** The info-hash of the torrent looked at. */
  readonly torrent: string | undefined;
  readonly told: Partial<Omit<Told, 'decisions'>>;
  readonly decisions: readonly Decision[];
  /** By info-hash, one a second. */
  readonly samples: ReadonlyMap<string, readonly Sample[]>;
  readonly notice: Reply | undefined;
}

const TOPICS: Readonly<Record<Topic, true>> =
  { client: true, torrents: true, peers: true, pieces: true, choker: true, decisions: true, buckets: true };
const MOST_DECISIONS = 30;
const MOST_SAMPLES = 300;

export class Store {
  view: View = { link: 'connecting', torrent: undefined, told: {}, decisions: [], samples: new Map(), notice: undefined };
  private events: EventSource | undefined;
  private readonly changed: () => void;

  constructor(changed: () => void) {
    this.changed = changed;
    setInterval(() => this.sample(), 1000);
    this.connect();
  }

  lookAt(torrent: string): void {
    if (torrent === this.view.torrent) return;
    const { peers: _peers, pieces: _pieces, choker: _choker, ...told } = this.view.told;
    this.set({ torrent, told, decisions: [] });
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

  private connect(): void {
    this.events?.close();
    const { torrent } = this.view;
    const events = new EventSource(torrent === undefined ? 'events' : `events?torrent=${torrent}`);
    this.events = events;
    events.onopen = () => this.set({ link: 'open', decisions: [] });
    events.onerror = () => this.set({ link: 'lost' });
    for (const topic of Object.keys(TOPICS) as Topic[]) {
      events.addEventListener(topic, (e: MessageEvent<string>) => this.hear(topic, JSON.parse(e.data)));
    }
  }

  private hear(topic: Topic, picture: Told[Topic]): void {
    if (topic === 'decisions') this.set({ decisions: [...this.view.decisions, ...picture as Told['decisions']].slice(-MOST_DECISIONS) });
    else this.set({ told: { ...this.view.told, [topic]: picture } });
    const first = this.view.told.torrents?.[0];
    if (this.view.torrent === undefined && first) this.lookAt(first.torrent);
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
