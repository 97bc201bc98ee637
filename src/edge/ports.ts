/** All that a client takes of this machine, but the terminal. */
import type { Ports } from '../ports/ports.js';
import { nodeClock } from './clock.js';
import { nodeDisk, type NodeDisk } from './disk.js';
import { nodeHttp } from './http.js';
import { nodeModules } from './modules.js';
import { nodeNet } from './net.js';
import { nodeSha1 } from './sha1.js';
import { nodeUdp } from './udp.js';

export interface NodePorts extends Omit<Ports, 'terminal'> {
  readonly disk: NodeDisk;
}

interface NodePortsOptions {
  /** Hash workers; 0 hashes on the main thread. */
  readonly procs: number;
  /** Who asks, for HTTP. */
  readonly agent: string;
}

export const nodePorts = ({ procs, agent }: NodePortsOptions): NodePorts => ({
  clock: nodeClock(), net: nodeNet(), disk: nodeDisk({ procs }), http: nodeHttp({ agent }), udp: nodeUdp(), families: [4, 6],
  sha1: nodeSha1, modules: nodeModules,
});
