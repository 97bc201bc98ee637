/**
 * Magnet links (BEP 9) against each foreign client: one has the torrent, the other a link that libtorrent wrote, and in the end the same
 * bytes. Its info dictionary is of several pieces.
 */
import { CONTENT_BYTES } from './settings.js';
import { transferTest } from './transfer.js';

for (const other of ['libtorrent', 'transmission'] as const) {
  transferTest({ from: other, to: 'actorrent', bytes: CONTENT_BYTES, linked: true });
  transferTest({ from: 'actorrent', to: other, bytes: CONTENT_BYTES, linked: true });
}
transferTest({ from: 'libtorrent', to: 'actorrent', bytes: CONTENT_BYTES, ipv6: true, linked: true });
