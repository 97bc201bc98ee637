/** The last `SIZE` messages of a process, by kind and sender: for post-mortems. Strings only, so that it keeps no buffer alive. */
const SIZE = 16;

export class Ring {
  private readonly kinds: string[] = [];
  private next = 0;

  push(kind: string): void {
    this.kinds[this.next] = kind;
    this.next = (this.next + 1) % SIZE;
  }

  /** Oldest first. */
  list(): readonly string[] {
    return [...this.kinds.slice(this.next), ...this.kinds.slice(0, this.next)];
  }
}
