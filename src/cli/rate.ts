/**
 * Sizes and rates on the command line. A piece length is bytes, or has Ki or Mi; it is a power of two, so K and M can
 * only mean the same there. Rates are in base/rate-text.ts, since the console takes them too.
 */
import { flaw, ok, type Result } from '../base/result.js';
import { KIB, MIB } from '../base/units.js';

export { parseRate } from '../base/rate-text.js';

const MIN_PIECE = 16 * KIB;
const MAX_PIECE = 256 * MIB;

export function parsePieceLength(text: string): Result<number> {
  const [, digits, suffix] = /^(\d{1,12})([km])?i?b?$/i.exec(text.trim()) ?? [];
  const unit = suffix === undefined ? 1 : suffix.toLowerCase() === 'k' ? KIB : MIB;
  const bytes = Number(digits) * unit;
  const sound = bytes >= MIN_PIECE && bytes <= MAX_PIECE && Number.isInteger(Math.log2(bytes));
  return sound ? ok(bytes) : flaw('piece length', 'a power of two from 16Ki to 256Mi', JSON.stringify(text.slice(0, 40)));
}
