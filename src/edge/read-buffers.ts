/**
 * ReadBuffers: memory for what is read from files. Fresh memory for each read is dear: the system clears it page by page, and the
 * collector runs for its sake. So what is given back serves the next reads: all buffers are of one `size`, so that any serves any read
 * up to that; a longer read, which is rare, has one of its own. At most `keep` bytes are kept idle; the last one back goes out first.
 */
import type { Bytes } from '../base/units.js';

export class ReadBuffers {
  private readonly size: Bytes;
  private readonly most: number;
  private readonly idle: ArrayBufferLike[] = [];
  private readonly lent = new WeakSet<ArrayBufferLike>();

  constructor({ size, keep }: { readonly size: Bytes; readonly keep: Bytes }) {
    this.size = size;
    this.most = Math.floor(keep / size);
  }

  /** Holds anything. */
  take(length: Bytes): Uint8Array {
    if (length > this.size) return Buffer.allocUnsafeSlow(length);
    const memory = this.idle.pop() ?? Buffer.allocUnsafeSlow(this.size).buffer;
    this.lent.add(memory);
    return Buffer.from(memory, 0, length);
  }

  /** Of no consequence for bytes that are not from here, or were given back before. */
  release({ buffer }: Uint8Array): void {
    if (this.lent.delete(buffer) && this.idle.length < this.most) this.idle.push(buffer);
  }
}
