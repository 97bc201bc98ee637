/**
 * Heap: the first of many in an order, where any of them may leave. Each item keeps its place, so that it is in one heap at a time at most.
 * Cost: `first` is O(1), `push` and `remove` are O(log n). What the order looks at may change only while the item is in no heap.
 */
export interface Placed {
  /** Where it stands in its heap; the heap's business. */
  place: number;
}

export class Heap<T extends Placed> {
  private readonly before: (a: T, b: T) => boolean;
  private readonly items: T[] = [];

  constructor(before: (a: T, b: T) => boolean) {
    this.before = before;
  }

  get first(): T | undefined {
    return this.items[0];
  }

  push(item: T): void {
    this.rise(item, this.items.length);
  }

  /** Only of an item that is here. */
  remove(item: T): void {
    const { place } = item;
    const last = this.items.pop()!;
    if (last === item) return;
    const parent = this.items[(place - 1) >> 1];
    if (parent && this.before(last, parent)) this.rise(last, place);
    else this.sink(last, place);
  }

  private rise(item: T, place: number): void {
    while (place > 0) {
      const up = (place - 1) >> 1;
      if (!this.before(item, this.items[up]!)) break;
      this.put(this.items[up]!, place);
      place = up;
    }
    this.put(item, place);
  }

  private sink(item: T, place: number): void {
    for (;;) {
      let down = 2 * place + 1;
      if (down >= this.items.length) break;
      if (down + 1 < this.items.length && this.before(this.items[down + 1]!, this.items[down]!)) down++;
      if (!this.before(this.items[down]!, item)) break;
      this.put(this.items[down]!, place);
      place = down;
    }
    this.put(item, place);
  }

  private put(item: T, place: number): void {
    this.items[place] = item;
    item.place = place;
  }
}
