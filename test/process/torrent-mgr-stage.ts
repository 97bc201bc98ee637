/** TorrentMgr on the stage, with stand-ins for the processes of its torrents, and mail for it. */
import { infoHash, torrentKey, type InfoHash } from '../../src/base/brand.js';
import type { AnyRequest, MagnetRequest, TorrentRequest } from '../../src/client.js';
import { child, type Child } from '../../src/kernel/process.js';
import type { Mailbox } from '../../src/kernel/mailbox.js';
import type { ApiMsg } from '../../src/process/api.js';
import type { Metainfo } from '../../src/protocol/metainfo.js';
import { torrentMgr, type TorrentMgrMsg } from '../../src/process/torrent-mgr.js';
import { Stage } from './stage.js';

export const hashOf = (n: number): InfoHash => infoHash(n.toString(16).padStart(40, '0'));
export const requestOf = (n: number): TorrentRequest => ({
  meta: { infoHash: hashOf(n), name: `T${n}`, totalBytes: 10, pieceCount: 1, files: [] }, folder: '/f', peers: [],
  order: 'rarest', check: 'record',
} as unknown as TorrentRequest);
export const add = (n: number): TorrentMgrMsg => ({ type: 'add', key: torrentKey(n), request: requestOf(n) });
export const remove = (n: number, withData = false): TorrentMgrMsg => ({ type: 'remove', torrent: hashOf(n), withData });
export const LISTENING: TorrentMgrMsg = { type: 'listening', port: 6881 };
export const STOP: TorrentMgrMsg = { type: 'stop' };

/** Torrent n as a link alone; once it is known, it is said what becomes of it. */
export const link = (n: number, whenKnown: MagnetRequest['whenKnown'] = () => requestOf(n)): TorrentMgrMsg => ({
  type: 'add', key: torrentKey(n), request: { magnet: { infoHash: hashOf(n), trackers: [], peers: [], webSeeds: [] }, peers: [], whenKnown },
});
export const metainfo = (n: number): TorrentMgrMsg =>
  ({ type: 'metainfo', torrent: hashOf(n), metainfo: { ok: true, value: {} as Metainfo }, peers: [{ host: '10.0.0.1', port: 1 }],
    banned: ['10.0.0.2'] });

/**
 * Each torrent is a group of stand-ins: PeerMgr, PieceMgr, Files, Status and one Tracker; of a link Metadata, Status and one Tracker. It ends
 * with more than `restarts`.
 */
export function start(restarts = 0, maxActive = Infinity) {
  const ports: number[] = [];
  const parts: any[] = [];
  const requests: AnyRequest[] = [];
  let page!: Mailbox<ApiMsg, 'Api'>;
  const stage: Stage<typeof torrentMgr> = new Stage(torrentMgr, (cast, self) => (page = cast('Api'), {
    plan: (key, request, port) => (reserve) => {
      ports.push(port);
      requests.push(request);
      const children: Child[] = [];
      const standIn = (name: string): any => {
        const definition = self.standIn(name);
        const box = reserve(definition as any) as any;
        children.push(child(definition as any, box, () => undefined));
        return box;
      };
      const whole = 'meta' in request;
      const exports = {
        peers: standIn(whole ? 'PeerMgr' : 'Metadata'), ...(whole && { pieceMgr: standIn('PieceMgr'), files: standIn('Files') }),
        status: standIn('Status'), trackers: [standIn('Tracker')],
      };
      parts[key] = exports;
      return { plan: { strategy: 'rest-for-one', children, restarts: { most: restarts, withinMs: 1 } }, exports };
    },
    maxActive, console: cast('Console'), timer: cast('Timer'),
  }));
  const closed = (n: number, part: 'PeerMgr' | 'Files' | 'Tracker'): TorrentMgrMsg =>
    ({ type: 'closed', torrent: hashOf(n), part: `Torrent/TorrentMgr/Torrent-${n}/${part}` });
  const living = (): string[] => stage.kernel.processes().map((p) => p.process).filter((name) => name === 'PeerMgr');
  const events = (): string[] => stage.all('event').map(({ event }) =>
    [event.event, event.name, event.reason].filter((x) => x !== undefined).join(' '));
  return { stage, page, ports, parts, requests, closed, living, events };
}
