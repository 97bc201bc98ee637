/**
 * libtorrent-rate: libtorrent's choker with as many slots as the uplink carries. Peers are looked at from the one that takes most; as
 * long as each takes at least its threshold, which rises by 2 KiB/s from one to the next, there is a slot for it, and one more is
 * opened to find out whether there is room for another. `slots` does not count here.
 * Source: libtorrent, src/choker.cpp (`rate_based_choker`).
 */
import { KIB, SECOND } from '../../base/units.js';
import { competing, libtorrentWith } from './libtorrent.js';

const FIRST_THRESHOLD = KIB;
const STEP = 2 * KIB;

export const libtorrentRate = libtorrentWith({
  name: 'libtorrent-rate',
  summary: 'libtorrent-fixed with a slot for every peer that takes enough, and one more',
  source: 'libtorrent, choker.cpp (rate_based_choker)',
  servesAtOnce: false,
}, ({ peers, sinceLastRound }) => {
  const perSecond = SECOND / Math.max(1, sinceLastRound);
  const rates = competing(peers).map((p) => p.upLastRound * perSecond);
  rates.sort((a, b) => b - a);
  const short = rates.findIndex((rate, i) => rate < FIRST_THRESHOLD + i * STEP);
  return 1 + (short < 0 ? rates.length : short);
});
