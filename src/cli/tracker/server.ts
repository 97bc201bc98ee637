/** The tracker: HTTP and UDP on one port, over one table, behind one turnstile. */
import { formatEndpoint } from '../../base/endpoint.js';
import type { SwarmAnnounce } from '../../model/swarm-table.js';
import { Turnstile } from '../../model/turnstile.js';
import { startHttpTracker } from './http-server.js';
import type { TrackerRules } from './rules.js';
import { startUdpTracker } from './udp-server.js';

export interface TrackerServer {
  /** For torrents: `http://127.0.0.1:6969/announce`. */
  readonly url: string;
  /** `udp://127.0.0.1:6969`. */
  readonly udpUrl: string;
  readonly port: number;
  close(): Promise<void>;
}

export interface ServerOptions extends TrackerRules {
  /** Absent: all addresses of both families. */
  readonly host?: string;
  /** 0: any free port. */
  readonly port: number;
  readonly onAnnounce?: (announced: SwarmAnnounce) => void;
}
/** What both servers are given. */
export interface Serving extends ServerOptions {
  readonly turnstile: Turnstile;
}

/** A swarm of hundreds behind one address must get through, a flood must not. */
const LIMITS = { perAddress: 1000, addresses: 20_000 };

/** Rejects with the system's error where it cannot listen. */
export async function startTracker(options: ServerOptions): Promise<TrackerServer> {
  const serving = { ...options, turnstile: new Turnstile(LIMITS) };
  const http = await startHttpTracker(serving);
  const { port } = http;
  const udp = await startUdpTracker({ ...serving, port }).catch(async (error: unknown) => {
    await http.close();
    throw error;
  });
  const at = formatEndpoint({ host: options.host ?? '127.0.0.1', port });
  return {
    url: `http://${at}/announce`, udpUrl: `udp://${at}`, port,
    close: async () => void (await Promise.all([http.close(), udp.close()])),
  };
}
