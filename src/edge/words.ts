/**
 * Words for errors of the system, for people: `connection refused`, not `connect ECONNREFUSED 127.0.0.1:1`. libuv has
 * words for every errno; what it has none for, or says badly, is here. The innermost cause counts, and of a dial
 * of several addresses, which answers with one error for each, the first.
 */
import { getSystemErrorMap } from 'node:util';

const OURS: Readonly<Record<string, string>> = {
  EAI_AGAIN: 'the host name could not be looked up now',
  ECONNRESET: 'connection reset by the peer',
  EDQUOT: 'disk quota exceeded',
  EISDIR: 'a folder is in its place',
  EFBIG: 'file too large for this file system',
  ENODATA: 'no such host',
  ENOTDIR: 'a file is in the place of its folder',
  ENOTFOUND: 'no such host',
  ERR_STREAM_PREMATURE_CLOSE: 'the answer stopped half-way',
  Z_BUF_ERROR: 'the answer stopped half-way',
  Z_DATA_ERROR: 'the answer says that it is gzip, and is not',
};

const words: ReadonlyMap<string, string> = new Map([...getSystemErrorMap().values(), ...Object.entries(OURS)]);

/** Guards against causes that go round in circles. */
const DEEPEST_CAUSE = 8;

export function inWords(error: unknown): string {
  const inner = innermost(error);
  return words.get(codeOf(inner)) ?? (inner instanceof Error ? inner.message : String(inner));
}

/** `ENOENT` and the like, or an empty string. */
export const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';

function innermost(error: unknown): unknown {
  let inner = error;
  for (let depth = 0; depth < DEEPEST_CAUSE; depth++) {
    if (!(inner instanceof Error)) break;
    const next: unknown = inner instanceof AggregateError ? inner.errors[0] : inner.cause;
    if (next === undefined) break;
    inner = next;
  }
  return inner;
}
