/** Raw byte ranges: copies that are copies, and text with one character a byte (`latin1`). All ranges are half open. */
export interface ByteRange {
  readonly from: number;
  readonly to: number;
}

/** Always a copy: `slice` of a Node Buffer, which is what sockets hand us, would be a view. */
export function copyOf(bytes: Uint8Array, from = 0, to = bytes.length): Uint8Array {
  const out = new Uint8Array(to - from);
  out.set(bytes.subarray(from, to));
  return out;
}

/** Less than, equal to or greater than 0, as raw bytes compare (BEP 3: "sorted as raw strings"). */
export function compareBytes(a: Uint8Array, b: Uint8Array): number {
  const common = Math.min(a.length, b.length);
  for (let i = 0; i < common; i++) if (a[i] !== b[i]) return a[i]! - b[i]!;
  return a.length - b.length;
}

/** One character a byte, U+0000..U+00FF: reversible for any bytes, and it sorts as they do. */
export function toLatin1(bytes: Uint8Array): string {
  let out = '';
  for (const b of bytes) out += String.fromCharCode(b);
  return out;
}

/** The reverse; throws on a character above U+00FF, which no byte can stand for. */
export function fromLatin1(text: string): Uint8Array {
  return Uint8Array.from(text, (c) => {
    const code = c.codePointAt(0)!;
    if (code > 255) throw new Error(`not one byte a character: ${JSON.stringify(text.slice(0, 40))}`);
    return code;
  });
}
