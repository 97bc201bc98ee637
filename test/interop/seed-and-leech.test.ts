/**
 * actorrent against each foreign client, in both directions: whole torrents, compared byte for byte, with our memory
 * watched. Through a tracker over IPv4, and once each way over IPv6 between peers who are told of each other.
 */
import { CONTENT_BYTES } from './settings.js';
import { transferTest } from './transfer.js';

for (const other of ['libtorrent', 'transmission'] as const) {
  transferTest({ from: other, to: 'actorrent', bytes: CONTENT_BYTES });
  transferTest({ from: 'actorrent', to: other, bytes: CONTENT_BYTES });
}
transferTest({ from: 'libtorrent', to: 'actorrent', bytes: CONTENT_BYTES, ipv6: true });
transferTest({ from: 'actorrent', to: 'libtorrent', bytes: CONTENT_BYTES, ipv6: true });
