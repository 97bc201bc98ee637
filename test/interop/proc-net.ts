/**
 * What the kernel says of a program's network, read from /proc/PID/net: that view is the one of the program's own
 * namespace, so nothing has to run in there, and neither end's word is taken for what crossed the wire.
 */
import { readFileSync } from 'node:fs';

/** TCP's LISTEN in /proc/net/tcp (include/net/tcp_states.h). */
const LISTEN = '0A';
/**
 * Ethernet, IPv4, and TCP with timestamps. Large sends cross a veth as one packet, so this is charged once for many.
 */
const HEADER_BYTES = 14 + 20 + 32;

/** Whether someone in the program's namespace accepts connections on the port, over IPv4 or IPv6. */
export function isListening(pid: number, port: number): boolean {
  const hexPort = port.toString(16).toUpperCase().padStart(4, '0');
  return ['tcp', 'tcp6'].some((table) => lines(`/proc/${pid}/net/${table}`)
    .some((line) => {
      const [, local, , state] = line.trim().split(/\s+/);
      return state === LISTEN && local?.endsWith(`:${hexPort}`) === true;
    }));
}

export interface Traffic {
  /** Bytes of TCP streams that came in and went out over the host's one interface; IPv4 assumed. */
  readonly received: number;
  readonly sent: number;
}

export function traffic(pid: number): Traffic {
  const line = lines(`/proc/${pid}/net/dev`).find((l) => l.trim().startsWith('eth0:'));
  const n = (line ?? '').split(':')[1]?.trim().split(/\s+/).map(Number) ?? [];
  return {
    received: (n[0] ?? 0) - HEADER_BYTES * (n[1] ?? 0),
    sent: (n[8] ?? 0) - HEADER_BYTES * (n[9] ?? 0),
  };
}

function lines(file: string): string[] {
  try {
    return readFileSync(file, 'utf8').split('\n');
  } catch {
    return []; // the program has just ended
  }
}
