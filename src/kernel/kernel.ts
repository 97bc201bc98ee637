/**
 * Kernel: runs a tree of processes and carries their mail. It starts and stops processes, tells an owner when a child crashed, and
 * keeps what a post-mortem needs. Mail for a dead process is counted as a dead letter, never an exception.
 */
import { createProcessActor, stopChild } from './actor.js';
import { Cell } from './cell.js';
import type { Mailbox, Msg } from './mailbox.js';
import { Post, type Counter } from './post.js';
import type { AnyProcess, Child, Failure, MailboxOf, Planner, Reserve, Supervised } from './process.js';
import { childFailed, Run, STOP, type Host } from './run.js';
import { supervisor, type SupervisorInput } from './supervisor.js';
import { isDeclared, showEdge, type Declaration, type Edge, type Scope } from './topology.js';

export interface KernelOptions {
  readonly now: () => number;
  readonly seed: number;
  /** Mail along an undeclared edge throws in the sender (tests), instead of being delivered and counted. */
  readonly strict?: boolean;
  /** A process crashed; it is restarted, or takes its group with it. */
  readonly onCrash?: (failure: Failure) => void;
  /** The root gave up: nothing runs any more. */
  readonly onPanic: (error: unknown) => void;
}

export interface ProcessInfo {
  readonly id: string;
  readonly process: string;
  readonly parent: string | undefined;
  readonly depth: number;
  readonly received: number;
  readonly starts: number;
}

export class Kernel {
  private readonly options: KernelOptions;
  private readonly cells = new Map<string, Cell>();
  private readonly dead = new Map<string, number>();
  private readonly post: Post;
  private readonly host: Host;

  constructor(options: KernelOptions) {
    this.options = options;
    this.post = new Post({
      deliver: (to, message) => this.deliver(to, message),
      admit: (from, edge) => this.admit(from, edge),
    });
    this.host = {
      seed: options.seed, post: this.post, now: options.now,
      supervise: (name, owner, planner) => this.supervise(name, owner, planner),
      crashed: (id, error) => this.crashed(id, error),
      rootCrashed: (root, error) => this.rootCrashed(root, error),
    };
  }

  /** Starts the root of the tree. */
  boot<E>(name: string, planner: Planner<E>): Supervised<E> {
    const root = this.supervise(name, undefined, planner);
    this.post.drain();
    return root;
  }

  /** Stops a process and all below it, the youngest first, after the mail already sent. */
  shutDown(mailbox: Mailbox<never>): void {
    this.post.push(mailbox as Cell, STOP);
    this.post.drain();
  }

  /** Mail from outside the tree (the composition root, a test): counted along no edge. */
  send<A extends Msg>(to: Mailbox<A>, message: A): void {
    this.post.push(to as Cell, message);
    this.post.drain();
  }

  /** Every edge used so far, with its count. */
  edges(): (Edge & Counter)[] {
    return this.post.edges();
  }

  /** `Process: kind` -> how many messages came too late. */
  deadLetters(): ReadonlyMap<string, number> {
    return this.dead;
  }

  /** The living processes, parents before children. */
  processes(): readonly ProcessInfo[] {
    return [...this.cells.values()].filter((c) => c.actor).map(({ id, process, parent, depth, received, starts }) =>
      ({ id, process, parent: parent?.id, depth, received, starts }));
  }

  // MAIL ------------------------------------------------------------------------------

  private deliver(cell: Cell, message: Msg): void {
    if (message === STOP) this.stop(cell, 'for ever');
    else if (cell.actor) {
      cell.received++;
      cell.ring.push(message.type);
      cell.actor.send(message);
    } else {
      const key = `${cell.process}: ${message.type}`;
      this.dead.set(key, (this.dead.get(key) ?? 0) + 1);
    }
  }

  private admit(from: Cell, edge: Edge): void {
    const declaration = from.definition.declaration as Declaration;
    if (this.options.strict && !isDeclared(declaration, edge)) throw new Error(`undeclared edge: ${showEdge(edge)}`);
  }

  // LIFE ------------------------------------------------------------------------------

  private supervise<E>(name: string, owner: Cell | undefined, planner: Planner<E>): Supervised<E> {
    const [kind = name] = name.split('-');
    const cell = this.settle(supervisor(kind, SCOPES[kind] ?? 'client'), name, owner);
    const reserve: Reserve = (p, id) => this.settle(p, id ?? p.declaration.name, cell) as unknown as MailboxOf<typeof p>;
    const { plan, exports } = planner(reserve);
    const input: SupervisorInput = {
      plan,
      now: this.options.now,
      start: (child: Child) => this.start(child.mailbox as Cell, child.input),
      stop: (mailbox) => this.stop(mailbox as Cell, 'for a restart'),
    };
    this.start(cell, () => input);
    return { mailbox: cell, exports };
  }

  private settle(definition: AnyProcess, name: string, parent: Cell | undefined): Cell {
    const id = parent ? `${parent.id}/${name}` : name;
    if (this.cells.has(id)) throw new Error(`two processes with the id ${id}`);
    const cell = new Cell({ id, definition, parent, out: this.post.outgoingOf(definition.declaration.name) });
    this.cells.set(id, cell);
    parent?.children.push(cell);
    return cell;
  }

  private start(cell: Cell, input: () => unknown): void {
    cell.starts++;
    cell.actor = createProcessActor(cell.id, cell.parent?.actor, new Run(cell, input, this.host));
    cell.actor.start();
  }

  /** Runs on top of the crashed child's step: it only cleans up and leaves the verdict to the owner, as mail. */
  private crashed(id: string, error: unknown): void {
    const cell = this.cells.get(id);
    if (!cell?.parent) return;
    const failure: Failure = { id, process: cell.process, error, lastMail: cell.ring.list() };
    this.options.onCrash?.(failure);
    // Already buried: it threw while it was being stopped, and nobody waits for it any more.
    if (!cell.actor) return;
    this.bury(cell, 'crashed');
    if (cell.definition.group) this.forget(cell);
    this.post.push(cell.parent, childFailed(failure));
  }

  private rootCrashed(root: Cell, error: unknown): void {
    this.bury(root, 'crashed');
    this.options.onPanic(error);
  }

  private stop(cell: Cell, until: 'for ever' | 'for a restart'): void {
    this.bury(cell, 'stopped');
    if (until === 'for ever') this.forget(cell);
  }

  /** Ends what runs in the cell and everything below it, the youngest first. */
  private bury(cell: Cell, how: 'stopped' | 'crashed'): void {
    const { actor } = cell;
    if (!actor) return;
    for (const below of [...cell.children].reverse()) {
      this.bury(below, 'stopped');
      this.forget(below);
    }
    cell.actor = undefined;
    if (how === 'crashed') cell.definition.release?.(cell.state);
    else if (cell.parent?.actor) stopChild(cell.parent.actor, actor);
    else actor.stop();
    cell.state = undefined;
  }

  /** Once only: a group that crashed is forgotten, and its owner, when it hears of it, asks for its stop all the same. */
  private forget(cell: Cell): void {
    if (this.cells.get(cell.id) !== cell) return;
    this.cells.delete(cell.id);
    const siblings = cell.parent?.children;
    if (siblings) siblings.splice(siblings.indexOf(cell), 1);
  }
}

const SCOPES: Readonly<Record<string, Scope>> = { Client: 'client', Torrent: 'torrent', Peer: 'peer' };
