/**
 * A trace as lines of JSON, for `jq`, `grep` and `actorrent graph --from-trace`:
 *   {"trace":"actorrent","version":1,"agent":"...","began":"2026-01-01T00:00:00.000Z","sampled":{"every":100,"kinds":{"Files":["read"]}}}
 *   {"at":1.25,"id":"Client/Timer","life":"started"}
 *   {"at":3.5,"from":"Client/Console","to":"Client/Limiter","kind":"setLimit","summary":"{direction: up, limit: 20000}"}
 *   {"at":9.75,"end":true,"unwritten":[{"from":"Sender","to":"Files","kind":"read","count":37}],"lost":0}
 * A message may also have `count`, if it stands for more than itself, and `missed`, if nobody took it.
 */
import type { Millis } from '../../base/units.js';
import type { TraceEnd, TraceFormat, TraceHead, TracedLife, TracedMessage } from './format.js';

export const TRACE_VERSION = 1;

export class JsonLines implements TraceFormat {
  head(head: TraceHead): string {
    return line({ trace: 'actorrent', version: TRACE_VERSION, ...head });
  }

  message({ at, from, to, kind, summary, count, missed }: TracedMessage): string {
    return line({
      at: fine(at), from, to, kind, summary: summary === '' ? undefined : summary, count: count > 1 ? count : undefined,
      missed: missed ? true : undefined,
    });
  }

  /** How long a step takes is for pictures of time. */
  took(): string {
    return '';
  }

  life({ at, ...life }: TracedLife): string {
    return line({ at: fine(at), ...life });
  }

  end({ at, ...end }: TraceEnd): string {
    return line({ at: fine(at), end: true, ...end });
  }
}

/** What is undefined is left out. */
const line = (what: object): string => `${JSON.stringify(what)}\n`;
/** Microseconds. */
const fine = (at: Millis): Millis => Math.round(at * 1000) / 1000;
