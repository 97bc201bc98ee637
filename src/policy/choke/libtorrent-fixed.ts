/** libtorrent-fixed: libtorrent's default choker, with a fixed number of slots. Source: libtorrent, `fixed_slots_choker`. */
import { libtorrentWith, optimisticSlots } from './libtorrent.js';

export const libtorrentFixed = libtorrentWith({
  name: 'libtorrent-fixed',
  summary: 'eight slots by bytes of the last round; a choice of three rules for seeding',
  source: 'libtorrent, session_impl.cpp and choker.cpp (fixed_slots_choker)',
  servesAtOnce: true,
  slotBound: (p) => Math.max(p.slots, optimisticSlots(p, p.slots)),
}, (_, p) => p.slots);
