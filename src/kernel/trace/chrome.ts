/**
 * A trace in Chrome's trace event format (JSON object form), which chrome://tracing and Perfetto open. A supervisor's group (the client, a
 * torrent, a peer) is a process there, and each of our processes a thread in it; a message is a slice as long as the step over it, and an
 * arrow from the slice in which it was sent. Times in microseconds. No slice may begin before the last one of its thread ended, so the
 * clock must be `strictly` increasing.
 */
import type { Millis } from '../../base/units.js';
import type { TraceEnd, TraceFormat, TraceHead, TracedLife, TracedMessage } from './format.js';

/** Where a process is shown. */
interface Thread {
  readonly pid: number;
  readonly tid: number;
}
type Event = Readonly<Record<string, unknown>> & { readonly ph: string };

const CATEGORY = 'message';

export class ChromeEvents implements TraceFormat {
  private readonly groups = new Map<string, number>();
  private readonly threads = new Map<string, Thread>();
  private arrows = 0;
  /** Of the message that was written last. */
  private at: Thread | undefined;
  private isFirst = true;

  head(head: TraceHead): string {
    return `{"displayTimeUnit":"ms","otherData":${JSON.stringify(head)},"traceEvents":[\n`;
  }

  message({ at, sentAt, from, to, kind, summary, count, missed }: TracedMessage): string {
    const sender = from === undefined ? undefined : this.thread(from);
    const thread = this.thread(to);
    const args = { from: from ?? 'outside', ...(summary !== '' && { summary }), ...(count > 1 && { count }) };
    if (missed) return this.mark({ at, to: thread.thread, name: `missed: ${kind}`, args }, [...sender?.news ?? [], ...thread.news]);
    this.at = thread.thread;
    const id = ++this.arrows;
    const arrow = { name: kind, cat: CATEGORY, id };
    return this.events(
      ...sender?.news ?? [], ...thread.news,
      ...(sender ? [{ ph: 's', ...arrow, ...sender.thread, ts: micros(sentAt) }] : []),
      { ph: 'B', name: kind, cat: CATEGORY, ...thread.thread, ts: micros(at), args },
      ...(sender ? [{ ph: 'f', bp: 'e', ...arrow, ...thread.thread, ts: micros(at) }] : []),
    );
  }

  took(at: Millis): string {
    return this.events({ ph: 'E', ...this.at, ts: micros(at) });
  }

  life({ at, id, life, error }: TracedLife): string {
    const { thread, news } = this.thread(id);
    return this.mark({ at, to: thread, name: life, args: error === undefined ? {} : { error } }, news);
  }

  end(end: TraceEnd): string {
    return `\n],"end":${JSON.stringify(end)}}\n`;
  }

  /** A moment of a thread. */
  private mark(o: { at: Millis; to: Thread; name: string; args: object }, news: readonly Event[]): string {
    return this.events(...news, { ph: 'i', s: 't', name: o.name, cat: 'life', ...o.to, ts: micros(o.at), args: o.args });
  }

  /** `news`: what a viewer has to be told of names first. */
  private thread(id: string): { readonly thread: Thread; readonly news: readonly Event[] } {
    const known = this.threads.get(id);
    if (known) return { thread: known, news: [] };
    const path = id.split('/');
    // Groups and processes take turns: a path that ends with a group is that of its supervisor.
    const isGroup = path.length % 2 === 1;
    const group = (isGroup ? path : path.slice(0, -1)).join('/');
    const isNew = !this.groups.has(group);
    const pid = this.groups.get(group) ?? this.groups.size + 1;
    this.groups.set(group, pid);
    const thread = { pid, tid: this.threads.size + 1 };
    this.threads.set(id, thread);
    return {
      thread,
      news: [
        ...(isNew ? [named('process_name', { pid }, titleOf(group)), sorted(pid)] : []),
        named('thread_name', thread, isGroup ? 'supervisor' : path.at(-1)!),
      ],
    };
  }

  private events(...events: readonly Event[]): string {
    const text = events.map((event) => JSON.stringify(event)).join(',\n');
    const joint = this.isFirst ? '' : ',\n';
    this.isFirst = false;
    return joint + text;
  }
}

const named = (what: string, where: object, name: string): Event => ({ ph: 'M', name: what, ...where, args: { name } });

/** Groups stand in the order in which they came. */
const sorted = (pid: number): Event => ({ ph: 'M', name: 'process_sort_index', pid, args: { sort_index: pid } });

/** `Client/TorrentMgr/Torrent-1/PeerMgr/Peer-7` -> `Torrent-1, Peer-7`: who owns a group goes without saying. */
function titleOf(group: string): string {
  const [root = '', ...below] = group.split('/').filter((_, i) => i % 2 === 0);
  return below.length === 0 ? root : below.join(', ');
}

const micros = (at: Millis): number => Math.round(at * 10_000) / 10;

/** A tenth of a microsecond, the least that `micros` tells apart. */
const LEAST: Millis = 0.0001;

/** A clock that never tells the same time twice: in virtual time, a step takes none. */
export function strictly(now: () => Millis): () => Millis {
  let last = -Infinity;
  return () => (last = Math.max(now(), last + LEAST));
}
