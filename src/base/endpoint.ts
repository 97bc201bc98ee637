/**
 * Endpoint: where a peer or tracker listens. `host` is a canonical IP address (see ip.ts) or a lower-case DNS name,
 * `port` is 1..65535, so equal endpoints have equal text. As text: `host:port`, and `[address]:port` for IPv6.
 */
import { ipBytes, ipText } from './ip.js';
import { flaw, ok, type Result } from './result.js';

export interface Endpoint {
  readonly host: string;
  readonly port: number;
}

export const isPort = (n: number): boolean => Number.isInteger(n) && n >= 1 && n <= 65_535;

export function parseEndpoint(text: string, field = 'endpoint'): Result<Endpoint> {
  const [, bracketed, plain, digits] = /^(?:\[([^\]]*)\]|([^:[\]]*)):(\d{1,5})$/.exec(text) ?? [];
  const found = JSON.stringify(text.slice(0, 80));
  if (digits === undefined) return flaw(field, 'HOST:PORT or [IPV6]:PORT', found);
  const port = Number(digits);
  if (!isPort(port)) return flaw(`${field}.port`, 'a port from 1 to 65535', digits);
  const host = parseHost(bracketed ?? plain ?? '');
  const sound = host !== undefined && host.includes(':') === (bracketed !== undefined);
  return sound ? ok({ host, port }) : flaw(`${field}.host`, 'an IP address or a host name', found);
}

export const formatEndpoint = ({ host, port }: Endpoint): string =>
  host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;

/** Canonical form of an address or a DNS name; undefined where it is neither. A name's last label is not all digits. */
export function parseHost(text: string): string | undefined {
  const address = ipBytes(text);
  if (address !== undefined) return ipText(address);
  const name = text.toLowerCase();
  const labels = name.split('.');
  const sound = name.length <= 253 && labels.every((l) => /^[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?$/.test(l));
  return sound && !/^\d+$/.test(labels.at(-1)!) ? name : undefined;
}
