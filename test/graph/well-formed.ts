/** Whether a picture is XML, as far as a picture of ours goes. */
import assert from 'node:assert/strict';

/** Throws where an element is not closed in its turn. */
export function assertWellFormed(xml: string): void {
  const open: string[] = [];
  for (const [, close, name, rest] of xml.matchAll(/<(\/?)([a-z]+)([^<>]*)>/gi)) {
    if (close) assert.equal(open.pop(), name);
    else if (!rest!.endsWith('/')) open.push(name!);
  }
  assert.deepEqual(open, []);
}
