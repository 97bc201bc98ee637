/** A Tracker on a stage of its own, before HTTP trackers that answer when the test says so. */
import { infoHash, peerId } from '../../src/base/brand.js';
import type { IpFamily } from '../../src/base/ip.js';
import { SECOND } from '../../src/base/units.js';
import type { Http, HttpAnswer, HttpBounds } from '../../src/ports/http.js';
import type { Udp } from '../../src/ports/udp.js';
import { tracker, type TrackerMsg } from '../../src/process/tracker.js';
import type { AnnouncePeers } from '../../src/protocol/announce.js';
import { encodeAnnounceAnswer } from '../../src/protocol/tracker-http.js';
import { Stage } from './stage.js';

export const TORRENT = infoHash('ab'.repeat(20));

/** Answers when the test says so. */
class SlowHttp implements Http {
  readonly asked: { readonly url: URL; readonly timeout: number; readonly family: IpFamily | undefined }[] = [];
  private readonly waiting: { resolve: (a: HttpAnswer) => void; reject: (e: Error) => void }[] = [];

  get(url: string, { timeout, family }: HttpBounds): Promise<HttpAnswer> {
    this.asked.push({ url: new URL(url), timeout, family });
    return new Promise((resolve, reject) => this.waiting.push({ resolve, reject }));
  }

  /** The oldest that is under way, or the `nth` of them. */
  answer(body: Uint8Array, status = 200, nth = 0): void {
    this.waiting.splice(nth, 1)[0]!.resolve({ status, body });
  }

  fail(reason = 'no answer', nth = 0): void {
    this.waiting.splice(nth, 1)[0]!.reject(new Error(reason));
  }

  get underWay(): number {
    return this.waiting.length;
  }
}

const PEERS: AnnouncePeers = { kind: 'peers', intervalMs: 1800 * SECOND, peers: [{ host: '1.2.3.4', port: 5 }] };
export const totals = (left: number, complete = left === 0): TrackerMsg =>
  ({ type: 'totals', totals: { uploaded: 1, downloaded: 2, left, complete } });

interface Outside {
  readonly udp?: Udp;
  readonly families?: readonly IpFamily[];
}

export function start(urls: readonly string[] = ['http://a/announce'], { udp, families = [] }: Outside = {}) {
  const http = new SlowHttp();
  const stage: Stage<typeof tracker> = new Stage(tracker, (cast) => ({
    urls, torrent: TORRENT, peerId: peerId('cd'.repeat(20)), port: 6881, http, ...(udp && { udp }), families, peers: cast('PeerMgr'),
    status: cast('Status'), torrentMgr: cast('TorrentMgr'), timer: cast('Timer'),
  }));
  const answer = async (over: Partial<AnnouncePeers> = {}, nth = 0): Promise<void> => {
    http.answer(encodeAnnounceAnswer({ ...PEERS, ...over }), 200, nth);
    await stage.settle();
  };
  const fail = async (reason?: string, nth = 0): Promise<void> => {
    http.fail(reason, nth);
    await stage.settle();
  };
  const event = (at = -1): string | null => http.asked.at(at)!.url.searchParams.get('event');
  const asked = (): number => http.asked.length;
  const host = (at = -1): string => http.asked.at(at)!.url.host;
  return { stage, http, answer, fail, event, asked, host };
}

/** The wait that the last failure was told with. */
export const nextIn = (stage: { all: (kind: string) => any[] }): number => stage.all('note').at(-1).note.nextInMs;
