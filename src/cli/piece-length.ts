/**
 * Piece lengths as people write them: bytes, or with Ki or Mi. A piece length is a power of two, so K and M can only
 * mean the same here, unlike in a rate (see base/rate-text.ts).
 */
import { flaw, ok, type Result } from '../base/result.js';
import { KIB, MIB } from '../base/units.js';
import { quoted } from './option.js';

const MIN_PIECE = 16 * KIB;
const MAX_PIECE = 256 * MIB;

export function parsePieceLength(text: string): Result<number> {
  const [, digits, suffix] = /^(\d{1,12})([km])?i?b?$/i.exec(text.trim()) ?? [];
  const unit = suffix === undefined ? 1 : suffix.toLowerCase() === 'k' ? KIB : MIB;
  const bytes = Number(digits) * unit;
  const sound = bytes >= MIN_PIECE && bytes <= MAX_PIECE && Number.isInteger(Math.log2(bytes));
  return sound ? ok(bytes) : flaw('piece length', 'a power of two from 16Ki to 256Mi', quoted(text));
}
