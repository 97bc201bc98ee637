import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Heap, type Placed } from '../../src/model/heap.js';

interface Item extends Placed {
  readonly key: number;
}
const byKey = (a: Item, b: Item): boolean => a.key < b.key;

test('whoever comes and goes, the first is the least', () => {
  const moves = fc.array(fc.record({ key: fc.nat(20), leaves: fc.boolean(), who: fc.nat() }), { maxLength: 200 });
  fc.assert(fc.property(moves, (all) => {
    const heap = new Heap(byKey);
    const here: Item[] = [];
    for (const { key, leaves, who } of all) {
      if (leaves && here.length > 0) {
        const [gone] = here.splice(who % here.length, 1);
        heap.remove(gone!);
      } else {
        const item = { key, place: -1 };
        here.push(item);
        heap.push(item);
      }
      assert.equal(heap.first?.key, here.length > 0 ? Math.min(...here.map((item) => item.key)) : undefined);
    }
  }));
});
