/** The built-in policies by name; the first is the default. A policy is one file in this folder and one entry here. */
import { flaw, ok, type Result } from '../../base/result.js';
import { all } from './all.js';
import { bep3 } from './bep3.js';
import { bittyrant } from './bittyrant.js';
import { blockTft } from './block-tft.js';
import { cohen2003 } from './cohen-2003.js';
import { credit } from './credit.js';
import { etorrent } from './etorrent.js';
import { fairtorrent } from './fairtorrent.js';
import { fibrillating } from './fibrillating.js';
import { freerider } from './freerider.js';
import { haskellTorrent } from './haskell-torrent.js';
import { libtorrentFixed } from './libtorrent-fixed.js';
import { libtorrentRate } from './libtorrent-rate.js';
import { ltBittyrant } from './lt-bittyrant.js';
import { mainline4 } from './mainline-4.js';
import { didYouMean } from './nearest.js';
import type { ChokePolicy } from './policy.js';
import { propshare } from './propshare.js';
import { rain } from './rain.js';
import { random } from './random.js';
import { roundRobin } from './round-robin.js';
import { seedAntileech } from './seed-antileech.js';
import { taipei } from './taipei.js';
import { titForTat } from './tit-for-tat.js';
import { transmission } from './transmission.js';
import { webtorrent } from './webtorrent.js';
import { wgoFixed } from './wgo-fixed.js';
import { wgo } from './wgo.js';

const POLICIES: readonly ChokePolicy[] = [
  titForTat,
  // The specification, and what clients do.
  bep3, cohen2003, mainline4, wgo, wgoFixed, haskellTorrent, etorrent, transmission, libtorrentFixed, libtorrentRate, rain, webtorrent,
  ltBittyrant, taipei, credit,
  // What research proposed.
  bittyrant, propshare, fairtorrent, blockTft, seedAntileech,
  // What to compare with.
  roundRobin, random, all, freerider, fibrillating,
];

export const listPolicies = (): readonly ChokePolicy[] => POLICIES;

export function findPolicy(name: string): Result<ChokePolicy> {
  const found = POLICIES.find((policy) => policy.name === name);
  if (found) return ok(found);
  const guess = didYouMean(name, POLICIES.map((policy) => policy.name));
  return flaw('choke policy', `a name that \`actorrent policies\` lists${guess}`, JSON.stringify(name.slice(0, 80)));
}
