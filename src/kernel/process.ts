/**
 * A process: private state, a mailbox, and a `step` that takes one message at a time. Nothing reaches its state from outside.
 * `init` may already tell; `step` changes the state in place and tells through `self`; mail goes out after the step ends, so
 * nobody ever sees a half-made state. What must be pure (choking, picking, rates) lives in policy/ and model/, not here.
 */
import type { Random } from '../base/random.js';
import type { Millis } from '../base/units.js';
import type { Chart } from './chart.js';
import type { Mailbox, Msg } from './mailbox.js';
import type { Letter } from './ring.js';
import type { Declaration } from './topology.js';

export interface Process<D extends Declaration, I, S, M extends Msg> {
  readonly declaration: D;
  /** A supervisor: after a crash its owner makes the whole group anew, instead of restarting it in place. */
  readonly group?: boolean;
  init(input: I, self: Self<D, M>): S;
  step(state: S, message: M, self: Self<D, M>): void;
  /** Its end, by order or by a crash (the state may be half-made then): lets go of what it took (sockets, timers) and says goodbye. */
  end?(state: S, self: Self<D, M>): void;
  /** Mail that nobody takes, since the process is gone or fell over it: lets go of what the mail carries (a socket). */
  lost?(message: M): void;
  /**
   * By the name of whom it tells: such a one has started again, with an empty mailbox, and is told again what holds now. Comes before all
   * mail, from relatives only (see Kernel).
   */
  readonly reminds?: { readonly [To in keyof D['tells'] & string]?: (state: S, self: Self<D, M>, who: Mailbox<never>) => void };
  /** Where its state is that of a state chart: the chart, for pictures, and where in it the process is. */
  readonly chart?: Chart<S>;
  /** A child crashed; it is already gone. Absent: this process crashes too, and so the failure climbs the tree. */
  childFailed?(state: S, child: Failure, self: Self<D, M>): void;
}

// The kernel's containers hold processes of every type; inside, each is only ever used with its own input and messages.
export type AnyProcess = Process<any, any, any, any>;
export type NameOf<P> = P extends Process<infer D, any, any, any> ? D['name'] : never;
export type InputOf<P> = P extends Process<any, infer I, any, any> ? I : never;
export type MessageOf<P> = P extends Process<any, any, any, infer M> ? M : never;
export type MailboxOf<P> = Mailbox<MessageOf<P>, NameOf<P>>;

export interface Failure {
  readonly at: Millis;
  readonly id: string;
  readonly process: string;
  readonly error: unknown;
  /** The last messages it took, oldest first. */
  readonly lastMail: readonly Letter[];
}

/** What a process is handed of the world. */
export interface Self<D extends Declaration, M extends Msg> {
  readonly id: string;
  readonly mailbox: Mailbox<M, D['name']>;
  /** A stream of chance of its own, derived from the run's seed and this process's path. */
  readonly random: Random;
  /** Milliseconds of the run's clock; monotonic. */
  now(): number;
  /**
   * What the next life finds in `kept`, should this one crash: what nobody would tell it again, as the user's orders and its own counts.
   * Plain and small. It may go on changing, but only in ways that leave it sound wherever a step breaks off.
   */
  keep(what: unknown): void;
  readonly kept: unknown;
  /** Sends along a declared edge. A view into a reused buffer stays valid until all mail this causes is delivered. */
  tell<To extends keyof D['tells'] & string, A extends Msg>(
    to: Mailbox<A, To>, message: Extract<A, { readonly type: D['tells'][To][number] }>,
  ): void;
  /** For callbacks of ports (a socket, a disk): mail to ourselves, and all that follows from it. After this life it is `lost`. */
  post(message: M): void;
  /** Starts a group of children under a supervisor of its own and gives what the plan exports (mailboxes, mostly). */
  supervise<E>(name: string, plan: Planner<E>): Supervised<E>;
  /** Stops a child and everything below it, after the mail already sent. */
  stopChild(child: Mailbox<never>): void;
}

/** Reserves a mailbox before its process starts, so that siblings can be wired in circles. */
export type Reserve = <P extends AnyProcess>(process: P, id?: string) => MailboxOf<P>;
export type Planner<E> = (reserve: Reserve) => { readonly plan: Plan; readonly exports: E };

export interface Plan {
  /** one-for-one: only the crashed child; rest-for-one: also those started after it; all-or-nothing: the group ends. */
  readonly strategy: 'one-for-one' | 'rest-for-one' | 'all-or-nothing';
  /** More restarts than this within the time: the group gives up and its owner is told. */
  readonly restarts?: { readonly most: number; readonly withinMs: number };
  readonly children: readonly Child[];
}

export interface Child {
  readonly mailbox: Mailbox<never>;
  readonly input: () => unknown;
}

export const child = <P extends AnyProcess>(_: P, mailbox: MailboxOf<P>, input: () => InputOf<P>): Child => ({ mailbox, input });

export interface Supervised<E> {
  readonly mailbox: Mailbox<never>;
  readonly exports: E;
}

export const defineProcess = <const D extends Declaration, I, S, M extends Msg>(p: Process<D, I, S, M>): Process<D, I, S, M> => p;
