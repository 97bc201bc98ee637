/**
 * Stage: one process on a real, strict kernel, alone among stand-ins that only record what they are told. Time is a
 * ManualClock, and Timer's stand-in keeps the alarms on it. A test says what is sent and looks at what was told:
 *   stage.send({ type: 'tick', tag: 'second' });
 *   assert.deepEqual(stage.told(), [['Console', 'event', {...}]]);
 * Told messages are copies made plain: a mailbox is '@Name', a bitfield the list of what is in it; bytes do not change.
 */
import assert from 'node:assert/strict';
import { Kernel } from '../../src/kernel/kernel.js';
import type { Mailbox, Msg } from '../../src/kernel/mailbox.js';
import {
  child, defineProcess, type AnyProcess, type Child, type Failure, type InputOf, type MessageOf, type Reserve,
} from '../../src/kernel/process.js';
import { declare } from '../../src/kernel/topology.js';
import { Bitfield } from '../../src/model/bitfield.js';
import type { TimerMsg } from '../../src/process/timer.js';
import { ManualClock } from './manual-clock.js';

/** To whom, what kind, and the rest of the message. */
export type Told = readonly [to: string, kind: string, rest?: unknown];

/** Gives the mailbox of a stand-in; `Controller-2` is another one of the process Controller. */
export type Cast = <N extends string>(name: N, as?: string) => Mailbox<any, N>;

export class Stage<P extends AnyProcess> {
  readonly clock: ManualClock;
  readonly kernel: Kernel;
  readonly crashes: Failure[] = [];
  private readonly subject: Mailbox<any>;
  private readonly root: Mailbox<never>;
  private readonly cast = new Map<string, Mailbox<any>>();
  private readonly log: Told[] = [];

  /** `input` is asked once; whoever it casts is on the stage from the start. */
  constructor(process: P, input: (cast: Cast, stage: Stage<P>) => InputOf<P>, clock = new ManualClock()) {
    this.clock = clock;
    this.kernel = new Kernel({
      now: () => clock.now(), seed: 1, strict: true, chaos: true, onCrash: (f) => this.crashes.push(f),
      onPanic: (error) => { throw error; },
    });
    const { mailbox, exports } = this.kernel.boot('Torrent', (reserve) => {
      const children: Child[] = [];
      const given = input((name, as) => this.engage(reserve, name, { as: as ?? name, children }), this);
      const box = reserve(process);
      children.push(child(process, box, () => given));
      return { plan: { strategy: 'one-for-one', children }, exports: box };
    });
    this.root = mailbox;
    this.subject = exports;
    this.mustBeSound();
  }

  get mailbox(): Mailbox<MessageOf<P>> {
    return this.subject;
  }

  send(...messages: MessageOf<P>[]): this {
    for (const message of messages) this.kernel.send(this.subject, message);
    this.mustBeSound();
    return this;
  }

  /** A message that makes the process throw; it starts again, as its supervisor would have it. */
  crash(message: unknown): this {
    const before = this.crashes.length;
    this.kernel.send(this.subject, message as MessageOf<P>);
    assert.equal(this.crashes.splice(before).length, 1, 'it should have crashed once');
    return this;
  }

  /** It crashes, over this message or of itself, and starts again. */
  kill(over?: MessageOf<P>): this {
    this.kernel.kill(this.subject.id, over ? 'next mail' : 'now');
    if (over) this.kernel.send(this.subject, over);
    assert.equal(this.crashes.splice(0).length, 1, 'it should have crashed once');
    return this;
  }

  /** A stand-in crashes and starts again, so that the process is reminded of it. */
  restart(name: string): this {
    this.forget();
    const before = this.crashes.length;
    this.kernel.send(this.cast.get(name)!, { type: 'boom' });
    this.crashes.splice(before);
    this.mustBeSound();
    return this;
  }

  /** What was told since the last look, without Timer's mail; or to one of the cast alone. */
  told(to?: string): Told[] {
    return this.log.splice(0).filter(([name]) => (to === undefined ? name !== 'Timer' : name === to));
  }

  /** The same in short: `PeerMgr: ended`. */
  kinds(): string[] {
    return this.told().map(([to, kind]) => `${to}: ${kind}`);
  }

  /** Of the messages of one kind since the last look, the rest of each. */
  all<T = any>(kind: string): T[] {
    return this.told().filter(([, k]) => k === kind).map(([, , rest]) => rest as T);
  }

  forget(): this {
    this.log.length = 0;
    return this;
  }

  advance(ms: number): this {
    this.clock.advance(ms);
    this.mustBeSound();
    return this;
  }

  /** Lets promises run: of ports, and of the queues before them. */
  async settle(): Promise<this> {
    for (let i = 0; i < 3; i++) await new Promise((resolve) => setImmediate(resolve));
    this.mustBeSound();
    return this;
  }

  stop(): void {
    this.kernel.shutDown(this.root);
  }

  /** A process that only records, and throws at 'boom': for groups that the process on the stage starts itself. */
  standIn<N extends string>(name: N): ReturnType<typeof recorder<N>> {
    return recorder(name, (id, message) => this.record(id, message));
  }

  private engage<N extends string>(reserve: Reserve, name: N, o: { as: string; children: Child[] }): Mailbox<any, N> {
    const there = this.cast.get(o.as);
    if (there) return there as Mailbox<any, N>;
    const definition = this.standIn(name);
    const box = reserve(definition, o.as);
    o.children.push(child(definition, box, () => undefined));
    this.cast.set(o.as, box);
    return box;
  }

  private record(id: string, message: Msg): void {
    const { type, ...rest } = message;
    const name = labelOf(id);
    if (name === 'Timer') this.keepTime(message as TimerMsg);
    this.log.push(Object.keys(rest).length === 0 ? [name, type] : [name, type, plain(rest)]);
  }

  private keepTime(m: TimerMsg): void {
    const key = `${m.replyTo.id} ${m.tag}`;
    if (m.type === 'cancel') this.clock.cancel(key);
    if (m.type !== 'register') return;
    this.clock.set(key, m.after, () => this.kernel.send(m.replyTo, { type: 'tick', tag: m.tag }));
  }

  private mustBeSound(): void {
    if (this.crashes.length > 0) throw this.crashes[0]!.error;
  }
}

function recorder<N extends string>(name: N, record: (id: string, message: Msg) => void) {
  return defineProcess({
    declaration: declare({ name, scope: 'torrent', doc: 'records what it is told', tells: {} }),
    init: (_: undefined, self) => ({ id: self.id }),
    step(s, m: Msg) {
      if (m.type === 'boom') throw new Error('boom');
      record(s.id, m);
    },
  });
}

/** `Torrent/PeerMgr/Peer-1/Controller` -> `Peer-1/Controller`; a stand-in is called as it was cast. */
function labelOf(id: string): string {
  return id.split('/').slice(-2).filter((part, i) => i === 1 || part.startsWith('Peer-')).join('/');
}

const isMailbox = (v: object): v is Mailbox<any> => 'id' in v && 'process' in v && 'ring' in v;

function plain(v: unknown): unknown {
  if (typeof v !== 'object' || v === null) return v;
  if (isMailbox(v)) return `@${labelOf(v.id)}`;
  if (v instanceof Uint8Array) return Uint8Array.from(v);
  if (v instanceof Bitfield) return members(v);
  if (Array.isArray(v)) return v.map(plain);
  if (Object.getPrototypeOf(v) !== Object.prototype) return v;
  return Object.fromEntries(Object.entries(v).map(([key, value]) => [key, plain(value)]));
}

function members(bits: Bitfield): number[] {
  const out: number[] = [];
  for (let i = bits.nextSet(0); i >= 0; i = bits.nextSet(i + 1)) out.push(i);
  return out;
}

export function bitsOf(length: number, members: readonly number[]): Bitfield {
  const bits = new Bitfield(length);
  for (const i of members) bits.set(i);
  return bits;
}
