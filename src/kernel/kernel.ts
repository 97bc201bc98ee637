/**
 * Kernel: runs a tree of processes and carries their mail. It starts and stops processes, tells an owner when a child crashed, and
 * keeps what a post-mortem needs. Mail for a dead process is counted as a dead letter, never an exception.
 *
 * A process that starts again has an empty mailbox: what was on its way to its earlier life is dead too. Its relatives remind it: all
 * in the group it belongs to and below, and the owners of that group.
 */
import type { Millis } from '../base/units.js';
import { createProcessActor, stopChild } from './actor.js';
import { Cell } from './cell.js';
import { activePaths } from './chart.js';
import type { Mailbox, Msg } from './mailbox.js';
import { NOTICE, Post, type Counter, type Notice } from './post.js';
import type { AnyProcess, Child, Failure, MailboxOf, Planner, Reserve, Supervised } from './process.js';
import type { Letter } from './ring.js';
import { Run, type Host } from './run.js';
import { supervisor, type Nursery, type SupervisorInput } from './supervisor.js';
import type { Tap } from './tap.js';
import { isDeclared, showEdge, type Declaration, type Edge, type Scope } from './topology.js';

export interface KernelOptions {
  readonly now: () => Millis;
  readonly seed: number;
  /** Mail along an undeclared edge throws in the sender (tests), instead of being delivered and counted. */
  readonly strict?: boolean;
  /** Processes may be killed. */
  readonly chaos?: boolean;
  /** False: mail is neither counted nor remembered, so that a benchmark can tell what that costs. */
  readonly counting?: boolean;
  /** Looks on at all mail and lives. */
  readonly tap?: Tap;
  /** A process crashed; it is restarted, or takes its group with it. */
  readonly onCrash?: (failure: Failure) => void;
  /** The root gave up: nothing runs any more. */
  readonly onPanic: (error: unknown) => void;
}

export interface ProcessInfo {
  readonly id: string;
  readonly process: string;
  readonly scope: Scope;
  /** A supervisor: it owns others and takes no mail. */
  readonly group: boolean;
  /** Its owner in the supervision tree. */
  readonly parent: string | undefined;
  /** Messages waiting in its mailbox. */
  readonly depth: number;
  /** Messages taken, before its last restart too. */
  readonly handled: number;
  readonly restarts: number;
  /** Of a process with a state chart: the states it is in, by their paths; else undefined. */
  readonly states: readonly string[] | undefined;
}

/** Crashes of longer ago are forgotten. */
const CRASHES = 100;

export class Kernel {
  private readonly options: KernelOptions;
  private readonly cells = new Map<string, Cell>();
  private readonly dead = new Map<string, number>();
  private readonly kept = new Map<string, unknown>();
  private readonly failures: Failure[] = [];
  private readonly counting: boolean;
  private readonly post: Post;
  private readonly host: Host;
  private readonly nursery: Nursery;

  constructor(options: KernelOptions) {
    this.options = options;
    this.counting = options.counting ?? true;
    this.post = new Post({
      now: options.now,
      deliver: (to, message, from) => this.deliver(to, message, from),
      admit: (from, edge) => this.admit(from, edge),
      counting: this.counting, tap: options.tap,
    });
    this.host = {
      seed: options.seed, post: this.post, now: options.now, kept: this.kept,
      supervise: (name, owner, planner) => this.supervise(name, owner, planner),
      stopLater: (cell) => this.stopLater(cell),
      lost: (cell, message) => this.lost(cell, message),
      crashed: (id, error) => this.crashed(id, error),
      rootCrashed: (root, error) => this.rootCrashed(root, error),
    };
    this.nursery = {
      now: options.now, start: (children) => this.startAll(children), restart: (children) => this.restart(children),
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
    this.stopLater(mailbox as Cell);
    this.post.drain();
  }

  /** Makes a process crash over its next mail; `now`: over this. Throws where no such process runs, or chaos was not asked for. */
  kill(id: string, when: 'now' | 'next mail' = 'now'): void {
    if (!this.options.chaos) throw new Error('only a client that was started with chaos can lose a process');
    const cell = this.cells.get(id);
    if (!cell?.run || cell.definition.group) throw new Error(`no process to kill: ${id}`);
    cell.run.doom();
    if (when === 'now') this.send(cell, { type: 'kernel.kill' });
  }

  /** Mail from outside the tree (the composition root, a test): counted along no edge. */
  send<A extends Msg>(to: Mailbox<A>, message: A): void {
    this.post.push(to as Cell, message);
    this.post.drain();
  }

  // FOR ONLOOKERS: plain data -----------------------------------------------------------

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
    return [...this.cells.values()].filter((c) => c.run).map(infoOf);
  }

  /** The last messages a process took, oldest first; none of one that is not there. */
  lastMail(id: string): readonly Letter[] {
    return this.cells.get(id)?.ring.list() ?? [];
  }

  /** The last crashes, oldest first. */
  crashes(): readonly Failure[] {
    return this.failures;
  }

  // MAIL ------------------------------------------------------------------------------

  private deliver(cell: Cell, message: Msg, from: Cell | undefined): void {
    const { tap } = this.options;
    if (message.type === NOTICE) (message as Notice).act();
    else if (cell.actor && cell.stale === 0) {
      if (this.counting) {
        cell.handled++;
        cell.ring.push(this.post.turn, from?.id, message.type);
      }
      if (tap) tap.takes(cell, message, from);
      cell.actor.send(message);
      if (tap) tap.took(cell);
    } else {
      if (cell.stale > 0) cell.stale--;
      if (tap) tap.missed(cell, message, from);
      this.lost(cell, message);
    }
  }

  private lost(cell: Cell, message: Msg): void {
    const key = `${cell.process}: ${message.type}`;
    this.dead.set(key, (this.dead.get(key) ?? 0) + 1);
    this.attempt(cell, () => cell.definition.lost?.(message));
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
    const input: SupervisorInput = { plan, nursery: this.nursery };
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
    this.options.tap?.started(cell);
    cell.run = new Run(cell, input, this.host);
    cell.actor = createProcessActor(cell.id, cell.parent?.actor, cell.run);
    cell.actor.start();
  }

  private startAll(children: readonly Child[]): void {
    for (const { mailbox, input } of children) this.start(mailbox as Cell, input);
  }

  private restart(children: readonly Child[]): void {
    const again = children.map(({ mailbox }) => mailbox as Cell);
    for (const cell of [...again].reverse()) this.bury(cell, 'for a restart');
    for (const cell of again) cell.stale = cell.depth;
    this.startAll(children);
    for (const relative of this.relatives(again)) for (const who of again) this.call(relative, (run) => run.remind(who));
  }

  /** Of processes of one group that start again: the others of the group and all below it, and its owners, owners first. */
  private relatives(again: readonly Cell[]): Cell[] {
    const group = again[0]?.parent?.id ?? '';
    const related = (id: string): boolean => id.startsWith(`${group}/`) || group.startsWith(`${id}/`);
    return [...this.cells.values()].filter((cell) => related(cell.id) && !again.includes(cell));
  }

  /** Outside its mail. A throw is a crash like any other. */
  private call(cell: Cell, what: (run: Run) => void): void {
    if (!cell.run) return;
    try {
      what(cell.run);
    } catch (error) {
      if (cell.parent) this.crashed(cell.id, error);
      else this.rootCrashed(cell, error);
    }
  }

  /** Runs on top of the crashed child's step: it only cleans up and leaves the verdict to the owner, in its turn. */
  private crashed(id: string, error: unknown): void {
    const cell = this.cells.get(id);
    if (!cell?.parent) return;
    const owner = cell.parent;
    const failure = this.report(cell, error);
    const { to, message } = this.post.underWay;
    this.bury(cell, cell.definition.group ? 'for ever' : 'for a restart', failure);
    if (to === cell && message) this.attempt(cell, () => cell.definition.lost?.(message));
    this.post.notice(owner, () => this.call(owner, (run) => run.childFailed(failure)));
  }

  private rootCrashed(root: Cell, error: unknown): void {
    this.bury(root, 'for ever', { error });
    this.options.onPanic(error);
  }

  private report(cell: Cell, error: unknown): Failure {
    const failure: Failure = { at: this.options.now(), id: cell.id, process: cell.process, error, lastMail: cell.ring.list() };
    this.failures.push(failure);
    if (this.failures.length > CRASHES) this.failures.shift();
    this.options.onCrash?.(failure);
    return failure;
  }

  /** What is left to do for a process that is gone: where that fails, too, it is told and left at that. */
  private attempt(cell: Cell, what: () => void): void {
    try {
      what();
    } catch (error) {
      this.report(cell, error);
    }
  }

  private stopLater(cell: Cell): void {
    this.post.notice(cell, () => this.bury(cell, 'for ever'));
  }

  /** Ends what runs in the cell and everything below it, the youngest first. Only what is for ever forgets what it kept. */
  private bury(cell: Cell, until: Until, crash?: { readonly error: unknown }): void {
    const { actor, run } = cell;
    if (actor && run) {
      for (const below of [...cell.children].reverse()) {
        this.bury(below, until);
        this.forget(below);
      }
      cell.run = undefined;
      this.options.tap?.ended(cell, crash);
      this.attempt(cell, () => run.end());
      cell.actor = undefined;
      cell.state = undefined;
      if (cell.parent?.actor) stopChild(cell.parent.actor, actor);
      else actor.stop();
    }
    if (until === 'for a restart') return;
    this.kept.delete(cell.id);
    this.forget(cell);
  }

  /** Once only: a group that crashed is forgotten, and its owner, when it hears of it, asks for its stop all the same. */
  private forget(cell: Cell): void {
    if (this.cells.get(cell.id) !== cell) return;
    this.cells.delete(cell.id);
    const siblings = cell.parent?.children;
    if (siblings) siblings.splice(siblings.indexOf(cell), 1);
  }
}

type Until = 'for ever' | 'for a restart';

const SCOPES: Readonly<Record<string, Scope>> = { Client: 'client', Torrent: 'torrent', Peer: 'peer' };

const infoOf = ({ id, process, definition, parent, depth, handled, starts, state }: Cell): ProcessInfo => ({
  id, process, scope: definition.declaration.scope, group: definition.group ?? false, parent: parent?.id, depth, handled,
  restarts: starts - 1, states: definition.chart && state !== undefined ? activePaths(definition.chart.of(state)) : undefined,
});
