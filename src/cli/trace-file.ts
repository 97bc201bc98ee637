/**
 * `--trace FILE`: all messages of a client as lines of JSON, or, where the name ends in `.json`, in Chrome's trace event format. Text goes
 * to the disk in large parts; what the disk is too slow for is counted and told.
 */
import { plural } from '../base/format.js';
import { KIB, MIB, type Bytes, type Millis } from '../base/units.js';
import type { Tap } from '../kernel/tap.js';
import { ChromeEvents, strictly } from '../kernel/trace/chrome.js';
import type { Sampling } from '../kernel/trace/format.js';
import { JsonLines } from '../kernel/trace/json-lines.js';
import { Tracer, type TraceSink } from '../kernel/trace/tracer.js';
import { BLOCK_MAIL } from '../process/block-mail.js';
import { AGENT } from '../library/version.js';
import { openOutput, type OutputFile } from './output-file.js';

export interface TraceOptions {
  readonly path: string;
  /** Every message of every block, too. */
  readonly blocks: boolean;
  readonly clock: { now(): Millis; wall(): Millis };
  readonly note: (line: string) => void;
}

export interface OpenTrace {
  readonly tap: Tap;
  /** Resolves when all is written. */
  close(): Promise<void>;
}

/** One block message in so many, where not all are wanted. */
export const SAMPLING: Sampling = { every: 100, kinds: BLOCK_MAIL };

export function openTrace({ path, blocks, clock, note }: TraceOptions): OpenTrace {
  const sink = new LargeParts(openOutput({ path, what: 'trace', note }));
  const isChrome = path.endsWith('.json');
  const now = (): Millis => clock.now();
  const tracer = new Tracer({
    now: isChrome ? strictly(now) : now, format: isChrome ? new ChromeEvents() : new JsonLines(), sink,
    head: { agent: AGENT, began: new Date(clock.wall()).toISOString(), ...(!blocks && { sampled: SAMPLING }) },
  });
  return {
    tap: tracer,
    async close() {
      const lost = tracer.close();
      await sink.close();
      if (lost > 0) note(`trace ${path}: ${plural(lost, 'message')} came faster than the disk takes them, and are only counted`);
    },
  };
}

/** What may wait for the disk. */
const ROOM: Bytes = 16 * MIB;
const PART = 64 * KIB;
/** So old is what a crash of the whole program takes with it, at most. */
const FLUSH_EVERY: Millis = 250;

class LargeParts implements TraceSink {
  private readonly file: OutputFile;
  private readonly timer = setInterval(() => this.flush(), FLUSH_EVERY).unref();
  private part = '';

  constructor(file: OutputFile) {
    this.file = file;
  }

  get room(): boolean {
    return this.file.backlog < ROOM;
  }

  write(text: string): void {
    this.part += text;
    if (this.part.length >= PART) this.flush();
  }

  close(): Promise<void> {
    clearInterval(this.timer);
    this.flush();
    return this.file.close();
  }

  private flush(): void {
    if (this.part !== '') this.file.write(this.part);
    this.part = '';
  }
}
