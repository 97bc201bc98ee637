/**
 * The roll call: every process of a client, client-wide ones first. The graph, the tests and the composition root read the
 * declarations from here.
 */
import type { AnyProcess } from '../kernel/process.js';
import type { Declaration } from '../kernel/topology.js';
import { api } from './api.js';
import { chokeMgr } from './choke-mgr.js';
import { consoleProcess } from './console.js';
import { files } from './files.js';
import { limiter } from './limiter.js';
import { listener } from './listener.js';
import { metadata } from './metadata.js';
import { controller } from './peer/controller.js';
import { receiver } from './peer/receiver.js';
import { senderQueue } from './peer/sender-queue.js';
import { sender } from './peer/sender.js';
import { peerMgr } from './peer-mgr.js';
import { pieceMgr } from './piece-mgr.js';
import { status } from './status.js';
import { timer } from './timer.js';
import { torrentMgr } from './torrent-mgr.js';
import { tracker } from './tracker.js';
import { watch } from './watch.js';

/** In the order in which their picture has few crossings: tools/roll-call.ts looks for one. */
export const PROCESSES: readonly AnyProcess[] = [
  consoleProcess, limiter, listener, chokeMgr, api, timer, watch, torrentMgr,
  peerMgr, pieceMgr, metadata, tracker, status, files,
  controller, receiver, senderQueue, sender,
];
export const TOPOLOGY: readonly Declaration[] = PROCESSES.map((p) => p.declaration as Declaration);

export {
  api, chokeMgr, consoleProcess, controller, files, limiter, listener, metadata, peerMgr, pieceMgr, receiver, sender, senderQueue, status, timer,
  torrentMgr, tracker, watch,
};
