/**
 * What a trace says, and the seam between the one who looks on (tracer.ts) and how it is written (json-lines.ts, chrome.ts). Times are
 * milliseconds since the trace began. A process is named by its id; who sends without being a process (a port, the program) is absent.
 */
import type { Millis } from '../../base/units.js';

export interface TraceHead {
  readonly agent: string;
  /** Of the wall clock, ISO 8601. */
  readonly began: string;
  /** Absent: every message is written. */
  readonly sampled?: Sampling;
}

/** Of some messages only one in so many is written, and says for how many it stands. */
export interface Sampling {
  readonly every: number;
  /** Process that hears them -> their kinds. */
  readonly kinds: Readonly<Record<string, readonly string[]>>;
}

export interface TracedMessage {
  readonly at: Millis;
  readonly sentAt: Millis;
  readonly from: string | undefined;
  readonly to: string;
  readonly kind: string;
  /** See summary.ts. */
  readonly summary: string;
  /** It, and those of the same kind between the same two processes since the last one that was written. */
  readonly count: number;
  /** Nobody took it. */
  readonly missed: boolean;
}

export interface TracedLife {
  readonly at: Millis;
  readonly id: string;
  readonly life: 'started' | 'ended' | 'crashed';
  /** Of a crash. */
  readonly error?: string;
}

/** Processes by their names. */
export interface EdgeCount {
  readonly from: string | undefined;
  readonly to: string;
  readonly kind: string;
  readonly count: number;
}

export interface TraceEnd {
  readonly at: Millis;
  /** What was counted and not written after the last message of its edge that was. */
  readonly unwritten: readonly EdgeCount[];
  /** Messages and lives for which there was no room; the messages are counted all the same. */
  readonly lost: number;
}

/** Text, to be written one after the other. */
export interface TraceFormat {
  head(head: TraceHead): string;
  message(message: TracedMessage): string;
  /** The step over the last message is done. */
  took(at: Millis): string;
  life(life: TracedLife): string;
  end(end: TraceEnd): string;
}
