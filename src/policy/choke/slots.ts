/**
 * How many slots there are, and how leeching and seeding torrents share them. A slot is one interested peer that we
 * upload to. Too few leave the uplink idle, too many give each peer so little that nobody returns the favour. Rates
 * in bytes/s. Sources: mainline 4 Choker.py (table); Haskell-Torrent (70:30, surplus).
 */
import { KIB, type BytesPerSec } from '../../base/units.js';
import type { LinkView } from './policy.js';

/**
 * To begin with; more come as the link shows that it carries them. The 8 of libtorrent and Transmission cut the uplink of a home so small
 * that giving is worth less (docs/policies.md has figures).
 */
const SLOTS_WITHOUT_LIMIT = 5;
/** Beyond this a peer's share is no longer worth its bookkeeping. */
const MOST_SLOTS = 64;

/**
 * Mainline's table of the upload limit in KiB/s: below 9 two slots, below 15 three, below 42 four, then sqrt(0.6
 * KiB/s): 5 at 42, 7 at 100, 24 at 1000. Without a limit the same of the highest rate seen, and never fewer than 5.
 */
export function slotsForLink({ upLimit, upPeak }: LinkView): number {
  if (upLimit !== null && upLimit > 0) return Math.min(MOST_SLOTS, mainlineSlots(upLimit));
  const shown = upPeak > 0 ? mainlineSlots(upPeak) : 0;
  return Math.max(SLOTS_WITHOUT_LIMIT, Math.min(MOST_SLOTS, shown));
}

/** Mainline's own reading of the table: what is beyond it is cut to a whole number, and no limit is 7. */
export const mainlineSlots = (rate: BytesPerSec | null): number => tableSlots(rate, (kib) => Math.floor(Math.sqrt(0.6 * kib)));

/** Mainline's table, which others have taken over with a curve of their own `beyond` 42 KiB/s. */
export function tableSlots(rate: BytesPerSec | null, beyond: (kib: number) => number): number {
  const kib = (rate ?? 0) / KIB;
  if (kib <= 0) return 7;
  if (kib < 9) return 2;
  if (kib < 15) return 3;
  if (kib < 42) return 4;
  return beyond(kib);
}

/** Of so many slots, those kept for trying peers out: every fifth (as libtorrent does), and at least one. */
export const optimisticOf = (slots: number): number => Math.max(1, Math.floor(slots / 5));

/** What the uplink is thought to carry; libtorrent's guess where there is no limit. */
export const capacityOf = ({ upLimit, upPeak }: LinkView): BytesPerSec => upLimit ?? Math.max(20_000, upPeak + 10_000);

export interface Demand {
  /** Interested peers of torrents we still download, and of those we seed. */
  readonly leeching: number;
  readonly seeding: number;
}

/**
 * Slots for the torrents we seed; leeching ones have the rest. `seedShare` is between 0 and 1. Where both sides have
 * takers each gets at least one slot (with a single slot leeching goes first), and neither holds what it cannot use.
 */
export function seedSlots(slots: number, demand: Demand, seedShare: number): number {
  const fair = Math.min(Math.max(1, Math.round(slots * seedShare)), slots - 1);
  const spare = Math.max(0, slots - demand.leeching);
  return Math.min(demand.seeding, Math.max(fair, spare));
}
