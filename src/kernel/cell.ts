/**
 * Cell: where a process lives. It is the mailbox the others hold; for the kernel alone it leads to the actor behind it.
 * On a restart the actor and its state are replaced and the cell stays, so nobody's mailbox goes stale.
 */
import type { Actor } from './actor.js';
import type { AnyProcess } from './process.js';
import { Ring } from './ring.js';
import type { Outgoing } from './post.js';
import type { Run } from './run.js';

export class Cell {
  readonly id: string;
  readonly process: string;
  readonly definition: AnyProcess;
  readonly parent: Cell | undefined;
  readonly out: Outgoing;
  readonly children: Cell[] = [];
  readonly ring = new Ring();
  /** There while it runs; gone after a stop or a crash. */
  actor: Actor | undefined;
  run: Run | undefined;
  state: unknown;
  /** Messages waiting. */
  depth = 0;
  /** The first so many of them were for an earlier life. */
  stale = 0;
  /** Messages taken, in all its lives. */
  handled = 0;
  starts = 0;

  constructor(o: { id: string; definition: AnyProcess; parent: Cell | undefined; out: Outgoing }) {
    this.id = o.id;
    this.process = o.definition.declaration.name;
    this.definition = o.definition;
    this.parent = o.parent;
    this.out = o.out;
  }
}
