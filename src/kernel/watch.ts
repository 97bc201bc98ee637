/**
 * Watch: what the live page wants to know beyond the counts that are always there: how many messages of each kind went from which process
 * to which other, and for one process, the one that is looked at, its last messages in short. It costs as long as it is open.
 */
import type { Msg } from './mailbox.js';
import type { Letter } from './ring.js';
import { summary } from './summary.js';
import type { Party, Tap } from './tap.js';

/** One process to one other, since the watch began. */
export interface Link {
  readonly from: string;
  readonly to: string;
  /** By kind. */
  readonly counts: Readonly<Record<string, number>>;
}

/** A letter with its message in short (summary.ts). */
export interface OpenLetter extends Letter {
  readonly summary: string;
}

type Kinds = Map<string, number>;
/** Letters of the process that is looked at. */
const LETTERS = 50;

export class Watch implements Tap {
  private readonly out = new Map<string, Map<string, Kinds>>();
  private followed: { readonly id: string; readonly letters: OpenLetter[] } | undefined;
  private readonly now: () => number;

  constructor(now: () => number) {
    this.now = now;
  }

  /** Between processes that live. */
  links(): Link[] {
    return [...this.out].flatMap(([from, links]) =>
      [...links].map(([to, kinds]): Link => ({ from, to, counts: Object.fromEntries(kinds) })));
  }

  /** From now on the messages of this process are kept, instead of those of another. */
  follow(id: string | undefined): void {
    if (this.followed?.id !== id) this.followed = id === undefined ? undefined : { id, letters: [] };
  }

  /** Of the one that is followed, the last ones, oldest first. */
  letters(): readonly OpenLetter[] {
    return this.followed?.letters ?? [];
  }

  // AS A TAP ---------------------------------------------------------------------------

  sent(to: Party, { type }: Msg, from: Party | undefined): void {
    if (!from) return;
    let links = this.out.get(from.id);
    if (!links) this.out.set(from.id, (links = new Map<string, Kinds>()));
    let kinds = links.get(to.id);
    if (!kinds) links.set(to.id, (kinds = new Map<string, number>()));
    kinds.set(type, (kinds.get(type) ?? 0) + 1);
  }

  takes(to: Party, message: Msg, from: Party | undefined): void {
    if (to.id !== this.followed?.id) return;
    const { letters } = this.followed;
    letters.push({ at: this.now(), from: from?.id, kind: message.type, summary: summary(message) });
    if (letters.length > LETTERS) letters.shift();
  }

  /** Gone or about to start anew: what it said and was told counts no more. */
  ended({ id }: Party): void {
    this.out.delete(id);
    for (const links of this.out.values()) links.delete(id);
  }
}
