/**
 * The sizes of the tests, from the environment: small for CI, `ACTORRENT_INTEROP_MIB=1024 ACTORRENT_INTEROP_RUNS=10`
 * for the promise of ten transfers of 1 GiB in a row.
 */
import { MIB } from '../../src/base/units.js';

/** Content of the transfers. */
export const CONTENT_BYTES = fromEnvironment('ACTORRENT_INTEROP_MIB', { otherwise: 64, most: 8192 }) * MIB;
/** Each test is run this often, each time on a new network with new files. */
export const RUNS = fromEnvironment('ACTORRENT_INTEROP_RUNS', { otherwise: 1, most: 1000 });
/** Content of the tests of limits, in MB as the limits are: 20 MB at 2000 KB/s take 10 s. */
export const LIMITED_BYTES = fromEnvironment('ACTORRENT_INTEROP_LIMITED_MB', { otherwise: 20, most: 8192 }) * 1e6;
/** Leaves content, settings and logs of the clients behind, and says where. */
export const KEEP_FILES = process.env.ACTORRENT_INTEROP_KEEP === '1';

/** Resident, at the peak, whatever is downloaded or uploaded. */
export const MOST_RSS = 300e6;

/** A slow machine may take its time; a transfer that hangs must end. */
export const transferMs = (bytes: number): number => 120_000 + 1000 * (bytes / MIB);

interface Range { readonly otherwise: number; readonly most: number }
function fromEnvironment(name: string, { otherwise, most }: Range): number {
  const text = process.env[name];
  if (text === undefined || text === '') return otherwise;
  const n = Number(text);
  if (!Number.isInteger(n) || n < 1 || n > most) throw new Error(`${name}: expected 1 to ${most}, found ${text}`);
  return n;
}
