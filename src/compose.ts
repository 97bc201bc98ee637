/**
 * The composition root: ports and configuration in, a running client out. Everything that knows more than one process is here: who is
 * made, in which order, under which supervisor, and with whose mailboxes. The simulator composes the same with other ports.
 * Who owns whom is in process/groups.ts.
 */
import { torrentKey, type InfoHash, type TorrentKey } from './base/brand.js';
import { SECOND } from './base/units.js';
import { atMost } from './bounds/connections.js';
import { fewAtOnce } from './bounds/asking.js';
import type { Client, ClientConfig, MagnetRequest, TorrentRequest } from './client.js';
import { Kernel } from './kernel/kernel.js';
import type { Mailbox } from './kernel/mailbox.js';
import { child, type Child, type Failure, type Plan, type Planner } from './kernel/process.js';
import { Layout } from './model/layout.js';
import { listPolicies } from './policy/choke/registry.js';
import type { ClientPicture } from './ports/picture.js';
import type { Ports } from './ports/ports.js';
import type { Terminal } from './ports/terminal.js';
import { CLIENT, MAGNET, PEER, TORRENT } from './process/groups.js';
import { tiersOf } from './protocol/magnet.js';
import type { Metainfo } from './protocol/metainfo.js';
import {
  api, chokeMgr, consoleProcess, controller, files, limiter, listener, metadata, peerMgr, pieceMgr, receiver, sender, senderQueue, status,
  timer, torrentMgr, tracker, watch,
} from './process/index.js';
import type { ChokeMsg } from './process/choke-mgr.js';
import type { ConsoleMsg } from './process/console.js';
import { SAVE_EVERY, type FilesMsg } from './process/files-state.js';
import type { LimiterMsg } from './process/limiter.js';
import type { ControllerMsg } from './process/peer/controller.js';
import type { Found, NewPeer, PeerMgrMsg } from './process/peer-mgr.js';
import type { PieceMgrMsg } from './process/piece-mgr.js';
import type { StatusMsg } from './process/status.js';
import type { TimerMsg } from './process/timer.js';
import type { TorrentMgrMsg, TorrentParts } from './process/torrent-mgr.js';

export function startClient(config: ClientConfig, ports: Ports): Client {
  const { clock } = ports;
  let lastKey = 0;
  const kernel = new Kernel({
    now: () => clock.now(),
    seed: config.seed,
    strict: config.strict ?? false,
    chaos: config.chaos ?? false,
    counting: config.counting ?? true,
    ...(config.tap && { tap: config.tap }),
    onCrash: (failure) => ports.terminal.show({ event: 'warning', reason: crashLine(failure) }),
    onPanic: (error) => {
      ports.terminal.show({ event: 'error', reason: `nothing runs any more: ${String(error)}` });
      ports.terminal.show({ event: 'stopped' });
    },
  });
  const terminal: Terminal = {
    lines: (onLine) => ports.terminal.lines(onLine),
    show(event) {
      if (event.event !== 'stopped') return ports.terminal.show(event);
      // Everybody has said goodbye: the processes end when the step that said so has, and then it is so.
      clock.after(0, () => {
        kernel.shutDown(root.mailbox);
        ports.terminal.show(event);
      });
    },
  };
  const shared: Ports = { ...ports, terminal, ...fewAtOnce(ports, ANNOUNCES), net: atMost(ports.net, CONNECTIONS) };
  const newKey = (): TorrentKey => torrentKey(++lastKey);
  const root = kernel.boot('Client', planClient({ config, ports: shared, kernel, newKey }));
  const { torrentMgr: torrents, limiter: limits, chokeMgr: choker } = root.exports;
  return {
    kernel,
    add(request) {
      const key = newKey();
      kernel.send(torrents, { type: 'add', key, request });
      return key;
    },
    remove: (torrent, { withData }) => kernel.send(torrents, { type: 'remove', torrent, withData }),
    pause: (torrent) => kernel.send(torrents, { type: 'pause', ...(torrent !== undefined && { torrent }) }),
    resume: (torrent) => kernel.send(torrents, { type: 'resume', ...(torrent !== undefined && { torrent }) }),
    setPriority: (glob, priority, torrent) =>
      kernel.send(torrents, { type: 'prioritize', glob, priority, ...(torrent !== undefined && { torrent }) }),
    setLimit: (direction, limit, of = 'all') => kernel.send(limits, { type: 'setLimit', direction, limit, of }),
    setPolicy: (chosen, torrent) => kernel.send(choker, { type: 'setPolicy', chosen, ...(torrent !== undefined && { torrent }) }),
    stop: () => kernel.send(torrents, { type: 'stop' }),
  };
}

/** Under way at once: hundreds of torrents must not fall upon one tracker, and dead trackers must not keep the living waiting. */
const ANNOUNCES = { all: 200, host: 20 };
/** Of all torrents together: they must not take every descriptor of the machine. */
const CONNECTIONS = 2000;

const crashLine = (f: Failure): string => `${f.id} crashed after ${f.lastMail.slice(-5).map((m) => m.kind).join(', ')}: ${String(f.error)}`;

/** Where processes are killed on purpose, many crashes are no sign that something is beyond rescue. */
const restartsOf = ({ chaos }: ClientConfig): Pick<Plan, 'restarts'> => (chaos ? { restarts: { most: 1000, withinMs: 10 * SECOND } } : {});

// CLIENT -----------------------------------------------------------------------------

/** The mailboxes of the client that torrents and peers are given. */
interface ClientParts {
  readonly timer: Mailbox<TimerMsg, 'Timer'>;
  readonly limiter: Mailbox<LimiterMsg, 'Limiter'>;
  readonly chokeMgr: Mailbox<ChokeMsg, 'ChokeMgr'>;
  readonly console: Mailbox<ConsoleMsg, 'Console'>;
  readonly torrentMgr: Mailbox<TorrentMgrMsg, 'TorrentMgr'>;
}

interface ClientContext {
  readonly config: ClientConfig;
  readonly ports: Ports;
  readonly kernel: Kernel;
  readonly newKey: () => TorrentKey;
}

const planClient = ({ config, ports, kernel, newKey }: ClientContext): Planner<ClientParts> => (reserve) => {
  const parts: ClientParts = {
    timer: reserve(timer), limiter: reserve(limiter), chokeMgr: reserve(chokeMgr), console: reserve(consoleProcess),
    torrentMgr: reserve(torrentMgr),
  };
  const ears = reserve(listener);
  const { timer: clock, console } = parts;
  const { newTorrent = () => 'no torrents are taken while it runs' } = config;
  const adding = { ...parts, newKey, newTorrent, sha1: ports.sha1 };
  return {
    exports: parts,
    plan: {
      strategy: CLIENT.strategy, ...restartsOf(config),
      children: [
        child(timer, parts.timer, () => ({ clock: ports.clock })),
        child(limiter, parts.limiter, () => ({ ...config, timer: clock, chokeMgr: parts.chokeMgr })),
        child(chokeMgr, parts.chokeMgr, () => ({
          choke: config.choke, limiter: parts.limiter, timer: clock, console,
          ...(config.shadow && { shadow: config.shadow }), ...(ports.record && { record: ports.record }),
        })),
        child(consoleProcess, parts.console, () => ({
          kernel, terminal: ports.terminal, ...parts, ...(ports.modules && { modules: ports.modules }),
        })),
        child(torrentMgr, parts.torrentMgr, () => ({
          console, timer: clock, maxActive: config.maxActive ?? Infinity,
          plan: (key, request, port) => 'magnet' in request ? planMagnet({ config, ports, client: parts, request, port })
            : planTorrent({ config, ports, client: parts, key, request, port }),
        })),
        child(listener, ears, () => ({ net: ports.net, at: config.listen, torrentMgr: parts.torrentMgr, console, timer: clock })),
        ...present(ports.page, (page) => child(api, reserve(api), () => ({ ...adding, page, kernel, client: pictureOf(config) }))),
        ...present(ports.watched, (folder) => child(watch, reserve(watch), () => ({ ...adding, folder }))),
      ],
    },
  };
};

const present = <P>(port: P | undefined, start: (port: P) => Child): Child[] => (port === undefined ? [] : [start(port)]);

const pictureOf = ({ agent, chaos = false }: ClientConfig): ClientPicture =>
  ({ agent, chaos, policies: listPolicies().map(({ name, summary }) => ({ name, summary })) });

// TORRENT ----------------------------------------------------------------------------

interface MagnetContext {
  readonly config: ClientConfig;
  readonly ports: Ports;
  readonly client: ClientParts;
  readonly request: MagnetRequest;
  readonly port: number;
}

/** Until the metainfo is known: then TorrentMgr plans the torrent. */
const planMagnet = ({ config, ports, client, request, port }: MagnetContext): Planner<TorrentParts> => (reserve) => {
  const { magnet, folder, peers } = request;
  const { infoHash: torrent, name = torrent, webSeeds } = magnet;
  const tiers = tiersOf(magnet);
  const boxes = { status: reserve(status), peers: reserve(metadata), trackers: tiers.map((_, tier) => reserve(tracker, `Tracker-${tier}`)) };
  const { timer: clock, torrentMgr: manager } = client;
  return {
    exports: boxes,
    plan: {
      strategy: MAGNET.strategy, ...restartsOf(config),
      children: [
        child(metadata, boxes.peers, () => ({
          torrent, outside: { trackers: tiers, webSeeds }, ownId: config.peerId, agent: config.agent, port, maxPeers: config.maxPeers,
          endpoints: [...peers, ...magnet.peers], net: ports.net, disk: ports.disk, sha1: ports.sha1, trackers: boxes.trackers,
          status: boxes.status, torrentMgr: manager, timer: clock, ...(folder !== undefined && { folder }),
        })),
        ...planTrackers({ config, ports, client, torrent, port, tiers, boxes }),
        child(status, boxes.status, () => ({ torrent, name, goals: {}, trackers: boxes.trackers, ...client })),
      ],
    },
  };
};

interface TrackersContext extends Omit<MagnetContext, 'request'> {
  readonly torrent: InfoHash;
  readonly tiers: Metainfo['trackers'];
  readonly boxes: Pick<TorrentParts, 'trackers' | 'status'> & { readonly peers: Mailbox<Found, 'PeerMgr' | 'Metadata'> };
}

const planTrackers = ({ config, ports, client, torrent, port, tiers, boxes }: TrackersContext): Child[] =>
  boxes.trackers.map((box, tier) => child(tracker, box, () => ({
    urls: tiers[tier] ?? [], torrent, peerId: config.peerId, port, http: ports.http, peers: boxes.peers, status: boxes.status,
    torrentMgr: client.torrentMgr, timer: client.timer, ...(ports.udp && { udp: ports.udp }),
    // At one address we are reached over its family only: the other need not be told.
    families: config.listen.host === undefined ? ports.families ?? [] : [],
  })));

interface TorrentContext extends Omit<MagnetContext, 'request'> {
  readonly key: TorrentKey;
  readonly request: TorrentRequest;
}

const planTorrent = (context: TorrentContext): Planner<TorrentParts> => (reserve) => {
  const { config, ports, client, key, request, port } = context;
  const { meta } = request;
  const { infoHash: torrent, name } = meta;
  const layout = new Layout(meta);
  const boxes = {
    status: reserve(status), files: reserve(files), pieceMgr: reserve(pieceMgr), peerMgr: reserve(peerMgr),
    trackers: meta.trackers.map((_, tier) => reserve(tracker, `Tracker-${tier}`)),
  };
  const exports = { ...boxes, peers: boxes.peerMgr };
  const { timer: clock, torrentMgr: manager } = client;
  return {
    exports,
    plan: {
      strategy: TORRENT.strategy, ...restartsOf(config),
      children: [
        child(files, boxes.files, () => ({
          torrent, layout, files: meta.files, hashes: meta.hashes, folder: request.folder, check: request.check,
          overwrite: request.overwrite ?? false, said: request.priorities ?? [],
          ...(request.preallocate && { allocate: request.preallocate }), saveEvery: config.saveEvery ?? SAVE_EVERY,
          disk: ports.disk, pieceMgr: boxes.pieceMgr, status: boxes.status, torrentMgr: manager, timer: clock,
        })),
        child(peerMgr, boxes.peerMgr, () => ({
          torrent, key, ownId: config.peerId, maxPeers: config.maxPeers, net: ports.net,
          view: {
            key, private: meta.private, totalSize: meta.totalBytes, pieceLength: meta.pieceLength, pieceCount: meta.pieceCount,
          },
          plan: (peer) => planPeer({ config, ports, client, boxes, layout, meta, port, peer }),
          chokeMgr: client.chokeMgr, torrentMgr: manager, timer: clock, peers: request.peers, banned: request.banned ?? [], ...boxes,
          ...(request.choke && { choke: request.choke }),
        })),
        child(pieceMgr, boxes.pieceMgr, () => ({
          layout, order: request.order, pieceMemory: config.pieceMemory(meta.pieceLength), timer: clock,
          firstLast: request.firstLast ?? false, ...boxes,
        })),
        ...planTrackers({ config, ports, client, torrent, port, tiers: meta.trackers, boxes: exports }),
        child(status, boxes.status, () => ({
          torrent, name, goals: request.goals ?? {}, trackers: boxes.trackers, ...client,
        })),
      ],
    },
  };
};

// PEER -------------------------------------------------------------------------------

interface PeerContext {
  readonly config: ClientConfig;
  readonly ports: Ports;
  readonly client: ClientParts;
  readonly boxes: {
    readonly status: Mailbox<StatusMsg, 'Status'>;
    readonly files: Mailbox<FilesMsg, 'Files'>;
    readonly pieceMgr: Mailbox<PieceMgrMsg, 'PieceMgr'>;
    readonly peerMgr: Mailbox<PeerMgrMsg, 'PeerMgr'>;
  };
  readonly layout: Layout;
  readonly meta: Metainfo;
  readonly port: number;
  readonly peer: NewPeer;
}

const planPeer = (context: PeerContext): Planner<Mailbox<ControllerMsg, 'Controller'>> => (reserve) => {
  const { config, ports, client, boxes, layout, meta: { infoHash: torrent, infoBytes }, port } = context;
  const { peer, connection, incoming } = context.peer;
  const { limiter: credit } = client;
  const mover = { peer, torrent, host: connection.remote.host };
  const own = { controller: reserve(controller), senderQueue: reserve(senderQueue), sender: reserve(sender), receiver: reserve(receiver) };
  return {
    exports: own.controller,
    plan: {
      strategy: PEER.strategy,
      children: [
        child(controller, own.controller, () => ({
          peer, endpoint: connection.remote, torrent, ownId: config.peerId, agent: config.agent, port, layout, infoBytes, sha1: ports.sha1,
          allowedFast: config.allowedFast, ...boxes, ...client, ...own, ...(incoming && { said: incoming.handshake }),
        })),
        child(senderQueue, own.senderQueue, () => own),
        child(sender, own.sender, () => ({ mover, connection, limiter: credit, ...boxes, ...own })),
        child(receiver, own.receiver, () => ({
          mover, connection, limiter: credit, ...own, ...(incoming && { afterHandshake: incoming.rest }),
        })),
      ],
    },
  };
};
