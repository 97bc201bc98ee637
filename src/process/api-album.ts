/**
 * Album: the pictures that Api has of the client, and who has been shown which. A picture is made into text once, and told to those who
 * look at it and have not seen it. Of the choker's decisions the last HISTORY are kept while their torrent is looked at.
 */
import type { InfoHash } from '../base/brand.js';
import type { Focus, Viewer } from '../ports/live-page.js';
import type {
  Buckets, ChokerPicture, ClientPicture, Decision, FilesPicture, PeerPicture, PiecesPicture, Told, Topic, TorrentEntry, TorrentPicture,
  TorrentStats,
} from '../ports/picture.js';
import { processOf, processesOf, type Onlooker } from './api-processes.js';
import type { FilesLookedAt } from './torrent-mgr-state.js';

/** Rounds of ten seconds make five minutes of these. */
const HISTORY = 30;
const NOTHING_YET: TorrentStats = {
  downloaded: 0, uploaded: 0, left: 0, wanted: 0, downloadRate: 0, uploadRate: 0, peers: 0, seeds: 0, progress: 0, checked: 0,
};

interface Visitor {
  /** By topic: the text it was told last. */
  readonly seen: Map<Topic, string>;
  /** How many of the decisions on its torrent it was told. */
  decisions: number;
}
/** Of a torrent that is looked at. */
interface Page {
  peers: readonly PeerPicture[] | undefined;
  pieces: PiecesPicture | undefined;
  /** By who looks at which. */
  readonly files: Map<string, FilesPicture>;
  choker: ChokerPicture | undefined;
  /** The last of `decided` decisions in all. */
  decisions: Decision[];
  decided: number;
}

export class Album {
  private readonly visitors = new Map<Viewer, Visitor>();
  private readonly pages = new Map<InfoHash, Page>();
  private readonly client: ClientPicture;
  private entries: readonly TorrentEntry[] = [];
  private readonly statsOf = new Map<InfoHash, TorrentStats>();
  private levels: Buckets | undefined;

  constructor(client: ClientPicture) {
    this.client = client;
  }

  // WHO LOOKS --------------------------------------------------------------------------

  admit(viewer: Viewer): void {
    this.visitors.set(viewer, { seen: new Map(), decisions: 0 });
    const { torrent } = viewer.focus;
    if (torrent !== undefined && !this.pages.has(torrent)) {
      this.pages.set(torrent, { peers: undefined, pieces: undefined, files: new Map(), choker: undefined, decisions: [], decided: 0 });
    }
  }

  dismiss(viewer: Viewer): void {
    this.visitors.delete(viewer);
    const { focus } = this;
    for (const torrent of this.pages.keys()) if (!focus.has(torrent)) this.pages.delete(torrent);
    const looked = this.filesLookedAt;
    for (const [torrent, { files }] of this.pages) {
      for (const key of files.keys()) if (!looked.some((at) => at.torrent === torrent && keyOf(at) === key)) files.delete(key);
    }
  }

  get isWatched(): boolean {
    return this.visitors.size > 0;
  }

  /** The torrents that are looked at closely. */
  get focus(): ReadonlySet<InfoHash> {
    return new Set([...this.visitors.keys()].flatMap(({ focus }) => focus.torrent ?? []));
  }

  /** Each once. */
  get filesLookedAt(): readonly FilesLookedAt[] {
    const looked = [...this.visitors.keys()].flatMap(({ focus: { torrent, files } }) =>
      (torrent !== undefined && files ? [{ torrent, ...files }] : []));
    return [...new Map(looked.map((at) => [`${at.torrent} ${keyOf(at)}`, at])).values()];
  }

  knows(torrent: InfoHash): boolean {
    return this.entries.some((entry) => entry.torrent === torrent);
  }

  // WHAT IS SEEN -----------------------------------------------------------------------

  torrents(entries: readonly TorrentEntry[]): void {
    this.entries = entries;
    for (const torrent of this.statsOf.keys()) if (!this.knows(torrent)) this.statsOf.delete(torrent);
  }

  stats(torrent: InfoHash, stats: TorrentStats): void {
    this.statsOf.set(torrent, stats);
  }

  peers(torrent: InfoHash, peers: readonly PeerPicture[]): void {
    const page = this.pages.get(torrent);
    if (page) page.peers = peers;
  }

  pieces(torrent: InfoHash, pieces: PiecesPicture): void {
    const page = this.pages.get(torrent);
    if (page) page.pieces = pieces;
  }

  files(torrent: InfoHash, files: FilesPicture): void {
    this.pages.get(torrent)?.files.set(keyOf(files), files);
  }

  decided(chokers: ReadonlyMap<InfoHash, ChokerPicture>, decisions: readonly Decision[]): void {
    for (const [torrent, page] of this.pages) page.choker = chokers.get(torrent);
    for (const decision of decisions) {
      const page = this.pages.get(decision.torrent);
      if (!page) continue;
      page.decisions = [...page.decisions, decision].slice(-HISTORY);
      page.decided++;
    }
  }

  buckets(buckets: Buckets): void {
    this.levels = buckets;
  }

  // WHAT IS SHOWN ----------------------------------------------------------------------

  show(kernel: Onlooker): void {
    const texts = new Map<unknown, string>();
    const textOf = (picture: unknown): string => {
      const text = texts.get(picture) ?? JSON.stringify(picture);
      texts.set(picture, text);
      return text;
    };
    const torrents = this.entries.map((entry): TorrentPicture => ({ ...entry, ...(this.statsOf.get(entry.torrent) ?? NOTHING_YET) }));
    for (const [viewer, visitor] of this.visitors) {
      for (const [topic, picture] of [...this.picturesFor(viewer.focus, torrents), ...kernelPictures(viewer.focus, kernel)]) {
        const text = textOf(picture);
        if (visitor.seen.get(topic) === text) continue;
        visitor.seen.set(topic, text);
        viewer.tell(topic, text);
      }
      this.showDecisions(viewer, visitor);
    }
  }

  private picturesFor({ torrent, files }: Focus, torrents: Told['torrents']): readonly (readonly [Topic, unknown])[] {
    const page = torrent === undefined ? undefined : this.pages.get(torrent);
    const pictures: readonly (readonly [Topic, unknown])[] = [
      ['client', this.client], ['torrents', torrents], ['buckets', this.levels], ['peers', page?.peers], ['pieces', page?.pieces],
      ['files', files && page?.files.get(keyOf(files))], ['choker', page?.choker],
    ];
    return pictures.filter(([, picture]) => picture !== undefined);
  }

  private showDecisions(viewer: Viewer, visitor: Visitor): void {
    const page = viewer.focus.torrent === undefined ? undefined : this.pages.get(viewer.focus.torrent);
    if (!page || page.decided === visitor.decisions) return;
    const news = page.decisions.slice(-(page.decided - visitor.decisions));
    visitor.decisions = page.decided;
    viewer.tell('decisions', JSON.stringify(news));
  }
}

const keyOf = ({ find, from }: NonNullable<Focus['files']>): string => `${from} ${find}`;

/** The kernel is looked at for those alone who look at the processes. */
function kernelPictures({ processes, kind, process }: Focus, kernel: Onlooker): readonly (readonly [Topic, unknown])[] {
  const one = process === undefined ? undefined : processOf(kernel, process);
  return [
    ...(processes ? [['processes', processesOf(kernel, kind)] as const] : []),
    ...(one ? [['process', one] as const] : []),
  ];
}
