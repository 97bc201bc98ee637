/**
 * The port to listen on where the user names none: the first of the usual ones (6881 to 6889) that is free, else any.
 */
import { createServer } from 'node:net';

export const DEFAULT_PORT = 6881;
const USUAL_PORTS = 9;

export async function usualPort(host: string | undefined): Promise<number> {
  for (let port = DEFAULT_PORT; port < DEFAULT_PORT + USUAL_PORTS; port++) if (await isFree(port, host)) return port;
  return 0;
}

function isFree(port: number, host: string | undefined): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer();
    // Not free, or not ours to take: whatever it is, the next may do.
    probe.once('error', () => resolve(false));
    probe.listen({ port, ...(host !== undefined && { host }) }, () => probe.close(() => resolve(true)));
  });
}
