/** To the metainfo of a magnet link: whom it can come from. There is no DHT that would find peers for a hash alone. */
import type { Endpoint } from '../base/endpoint.js';
import { readRecord } from '../edge/record.js';
import type { Magnet } from '../protocol/magnet.js';
import { keptName } from '../protocol/metadata.js';

/** Beside what the link says. */
export interface Ways {
  readonly peers?: readonly Endpoint[];
  /** Where an earlier run may have kept it, and where it is kept. */
  readonly folder?: string;
}

export async function hasWay({ infoHash, trackers, peers }: Magnet, { peers: others = [], folder }: Ways): Promise<boolean> {
  if (trackers.length + peers.length + others.length > 0) return true;
  return folder !== undefined && await readRecord(folder, keptName(infoHash)) !== undefined;
}
