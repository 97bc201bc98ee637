/**
 * Compact peers: 4 bytes of IPv4 address (BEP 23) or 16 of IPv6 (BEP 7), then the port, all in network order.
 * Trackers, PEX and the DHT use this form. Port 0 cannot be dialled: such entries are skipped when reading.
 */
import { ipBytes, ipText, IPV4_BYTES, IPV6_BYTES } from '../base/ip.js';
import { isPort, type Endpoint } from '../base/endpoint.js';
import { concat } from '../base/bytes.js';
import { flaw, ok, type Result } from '../base/result.js';

export const COMPACT4_BYTES = IPV4_BYTES + 2;
export const COMPACT6_BYTES = IPV6_BYTES + 2;

export const parseCompact4 = (bytes: Uint8Array, field = 'peers'): Result<readonly Endpoint[]> =>
  parse(bytes, IPV4_BYTES, field);
export const parseCompact6 = (bytes: Uint8Array, field = 'peers6'): Result<readonly Endpoint[]> =>
  parse(bytes, IPV6_BYTES, field);

/** Only those with an IPv4 address; host names have no compact form. */
export const formatCompact4 = (peers: readonly Endpoint[]): Uint8Array => format(peers, IPV4_BYTES);
/** Only those with an IPv6 address. */
export const formatCompact6 = (peers: readonly Endpoint[]): Uint8Array => format(peers, IPV6_BYTES);

function parse(bytes: Uint8Array, addressBytes: number, field: string): Result<readonly Endpoint[]> {
  const size = addressBytes + 2;
  if (bytes.length % size !== 0) return flaw(field, `a multiple of ${size} bytes`, `${bytes.length} bytes`);
  const peers: Endpoint[] = [];
  for (let at = 0; at < bytes.length; at += size) {
    const port = (bytes[at + size - 2]! << 8) | bytes[at + size - 1]!;
    if (isPort(port)) peers.push({ host: ipText(bytes.subarray(at, at + addressBytes)), port });
  }
  return ok(peers);
}

function format(peers: readonly Endpoint[], addressBytes: number): Uint8Array {
  return concat(peers.flatMap(({ host, port }) => {
    const address = ipBytes(host);
    return address?.length === addressBytes ? [address, Uint8Array.of(port >> 8, port & 255)] : [];
  }));
}
