/**
 * Reads a trace that was written as lines of JSON, a line at a time, and sums it up: who told whom what, how often. The file comes from
 * outside: each field is checked, who is unknown or tells what it never declared is a flaw, and what is kept is bounded, however long the
 * file. The caller bounds the length of a line.
 */
import { flaw, ok, type Result } from '../../base/result.js';
import { edgesOf, nameIn, showEdge, type Declaration, type Edge } from '../topology.js';
import { TRACE_VERSION } from './json-lines.js';

export interface Traffic {
  readonly edges: readonly (Edge & { readonly count: number })[];
  /** By name: how many there were at one time or another. */
  readonly processes: ReadonlyMap<string, number>;
}

/** Ids that are told apart; a busy client has some thousands of peers a day. */
const MOST_IDS = 1_000_000;
const LONGEST_ID = 1000;

type Fields = Readonly<Record<string, unknown>>;

export class TraceReader {
  private readonly declared: ReadonlySet<string>;
  private readonly names: ReadonlySet<string>;
  private readonly counts = new Map<string, Edge & { count: number }>();
  private readonly ids = new Set<string>();
  private began = false;

  constructor(topology: readonly Declaration[]) {
    this.declared = new Set(edgesOf(topology).map(showEdge));
    this.names = new Set(topology.map((d) => d.name));
  }

  get traffic(): Traffic {
    const processes = new Map<string, number>();
    for (const id of this.ids) processes.set(nameIn(id), (processes.get(nameIn(id)) ?? 0) + 1);
    return { edges: [...this.counts.values()], processes };
  }

  line(text: string): Result<void> {
    const parsed = parse(text);
    if (!parsed.ok) return parsed;
    const fields = parsed.value;
    if (!this.began) return this.head(fields);
    if ('life' in fields) return this.life(fields);
    return 'end' in fields ? this.end(fields) : this.message(fields);
  }

  private head({ trace, version }: Fields): Result<void> {
    if (trace !== 'actorrent') return flaw('trace', '"actorrent", as actorrent --trace FILE writes it', shown(trace));
    if (version !== TRACE_VERSION) return flaw('version', String(TRACE_VERSION), shown(version));
    this.began = true;
    return ok(undefined);
  }

  private life({ id }: Fields): Result<void> {
    if (!isText(id)) return flaw('id', `a process's id of at most ${LONGEST_ID} letters`, shown(id));
    // Groups are in no topology.
    if (this.names.has(nameIn(id))) this.ids.add(id);
    return this.ids.size <= MOST_IDS ? ok(undefined) : flaw('id', `at most ${MOST_IDS} processes`, 'more');
  }

  private message({ from, to, kind, count = 1 }: Fields): Result<void> {
    if (!isText(to)) return flaw('to', 'a process\'s id', shown(to));
    if (from !== undefined && !isText(from)) return flaw('from', 'a process\'s id, or nothing', shown(from));
    return this.add({ from: from === undefined ? undefined : nameIn(from), to: nameIn(to), kind, count });
  }

  private end({ unwritten }: Fields): Result<void> {
    if (!Array.isArray(unwritten)) return flaw('unwritten', 'a list', shown(unwritten));
    for (const edge of unwritten as readonly unknown[]) {
      if (typeof edge !== 'object' || edge === null) return flaw('unwritten', 'edges with their counts', shown(edge));
      const added = this.add(edge as Fields);
      if (!added.ok) return added;
    }
    return ok(undefined);
  }

  /** Without `from`, it came from no process, and so along no edge. */
  private add({ from, to, kind, count }: Fields): Result<void> {
    if (!isText(to) || !this.names.has(to)) return flaw('to', 'a process', shown(to));
    if (!isText(kind)) return flaw('kind', 'a kind of message', shown(kind));
    if (!Number.isSafeInteger(count) || Number(count) < 1) return flaw('count', 'an integer from 1', shown(count));
    if (from === undefined) return ok(undefined);
    if (!isText(from) || !this.names.has(from)) return flaw('from', 'a process', shown(from));
    const edge = { from, to, kind };
    const key = showEdge(edge);
    if (!this.declared.has(key)) return flaw('message', 'one that its sender declares', key);
    const sum = this.counts.get(key) ?? { ...edge, count: 0 };
    this.counts.set(key, sum);
    sum.count += Number(count);
    return Number.isSafeInteger(sum.count) ? ok(undefined) : flaw('count', 'a sum below 2^53', shown(count));
  }
}

const isText = (value: unknown): value is string => typeof value === 'string' && value.length <= LONGEST_ID;

function parse(text: string): Result<Fields> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return flaw('line', 'JSON', shown(text));
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return flaw('line', 'an object', shown(value));
  return ok(value as Fields);
}

/** Found where something else was expected: in JSON, and not all of a long one. */
function shown(value: unknown): string {
  const text = value === undefined ? 'nothing' : JSON.stringify(value);
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}
