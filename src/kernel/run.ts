/**
 * Run: one life of a process, from a start or restart to its end. The actor calls it (Hooks), and it is what the process sees of the
 * kernel (Self). Methods instead of closures, and chance only for who draws it: five of these stand behind each peer.
 */
import { fork, type Random } from '../base/random.js';
import type { Hooks } from './actor.js';
import type { Cell } from './cell.js';
import type { Mailbox, Msg } from './mailbox.js';
import type { Post } from './post.js';
import type { Failure, Planner, Self, Supervised } from './process.js';
import type { Declaration } from './topology.js';

/** What a run needs of the kernel; the same for all. */
export interface Host {
  readonly seed: number;
  readonly post: Post;
  now(): number;
  supervise<E>(name: string, owner: Cell, planner: Planner<E>): Supervised<E>;
  stopLater(cell: Cell): void;
  /** Nobody takes this mail. */
  lost(cell: Cell, message: Msg): void;
  /** By process id. */
  readonly kept: Map<string, unknown>;
  crashed(id: string, error: unknown): void;
  rootCrashed(root: Cell, error: unknown): void;
}

export class Run implements Hooks, Self<Declaration, Msg> {
  readonly mailbox: Cell;
  private readonly host: Host;
  /** Until the start: what it was made from may be large. */
  private input: (() => unknown) | undefined;
  private chance: Random | undefined;

  constructor(cell: Cell, input: () => unknown, host: Host) {
    this.mailbox = cell;
    this.input = input;
    this.host = host;
  }

  // AS THE ACTOR CALLS IT ----------------------------------------------------------------

  start(): void {
    const input = this.input?.();
    this.input = undefined;
    this.mailbox.state = this.mailbox.definition.init(input, this);
  }

  mail(message: Msg): void {
    this.mailbox.definition.step(this.mailbox.state, message, this);
  }

  childError(id: string, error: unknown): void {
    this.host.crashed(id, error);
  }

  rootError(error: unknown): void {
    this.host.rootCrashed(this.mailbox, error);
  }

  // AS THE KERNEL CALLS IT ---------------------------------------------------------------

  childFailed(failure: Failure): void {
    const { definition, state } = this.mailbox;
    if (!definition.childFailed) throw failure.error;
    definition.childFailed(state, failure, this);
  }

  remind(who: Cell): void {
    const { definition, state } = this.mailbox;
    definition.reminds?.[who.process]?.(state, this, who);
  }

  end(): void {
    const { definition, state } = this.mailbox;
    // None where `init` threw.
    if (state !== undefined) definition.end?.(state, this);
  }

  /** It falls over its next mail. */
  doom(): void {
    this.mail = () => {
      throw new Error('killed');
    };
  }

  // AS THE PROCESS SEES IT ---------------------------------------------------------------

  get id(): string {
    return this.mailbox.id;
  }

  get random(): Random {
    return (this.chance ??= fork(this.host.seed, `${this.mailbox.id}#${this.mailbox.starts}`));
  }

  now(): number {
    return this.host.now();
  }

  keep(what: unknown): void {
    this.host.kept.set(this.id, what);
  }

  get kept(): unknown {
    return this.host.kept.get(this.id);
  }

  tell(to: Mailbox<never>, message: Msg): void {
    this.host.post.tell(this.mailbox, to as Cell, message);
  }

  post(message: Msg): void {
    if (this.mailbox.run !== this) return this.host.lost(this.mailbox, message);
    this.host.post.push(this.mailbox, message);
    this.host.post.drain();
  }

  supervise<E>(name: string, planner: Planner<E>): Supervised<E> {
    return this.host.supervise(name, this.mailbox, planner);
  }

  stopChild(child: Mailbox<never>): void {
    this.host.stopLater(child as Cell);
  }
}
