/**
 * Who owns whom, as data: each group is a supervisor with the processes below it. The composition root plans by it, the pictures show it,
 * and a test holds it against the tree of a run.
 */
import type { Group } from '../kernel/topology.js';

export const CLIENT: Group = {
  name: 'Client', scope: 'client', owner: undefined, strategy: 'one-for-one',
  owns: ['Timer', 'Limiter', 'ChokeMgr', 'Console', 'TorrentMgr', 'Listener', 'Api', 'Watch'],
};
export const TORRENT: Group = {
  name: 'Torrent', scope: 'torrent', owner: 'TorrentMgr', strategy: 'rest-for-one',
  owns: ['Files', 'PeerMgr', 'PieceMgr', 'Tracker', 'Status'],
};
/** A torrent of which only a link is known: until Metadata has fetched the rest. */
export const MAGNET: Group = {
  name: 'Magnet', scope: 'torrent', owner: 'TorrentMgr', strategy: 'rest-for-one',
  owns: ['Metadata', 'Tracker', 'Status'],
};
export const PEER: Group = {
  name: 'Peer', scope: 'peer', owner: 'PeerMgr', strategy: 'all-or-nothing',
  owns: ['Controller', 'SenderQueue', 'Sender', 'Receiver'],
};
export const GROUPS: readonly Group[] = [CLIENT, MAGNET, TORRENT, PEER];
