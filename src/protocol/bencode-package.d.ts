/** What we use of the `bencode` package (4.0.1), which ships no types. Only bencode.ts imports it, behind a scan. */
declare module 'bencode' {
  const bencode: {
    /** Recursive; strings become fresh Uint8Arrays, dictionaries plain objects. Garbage in, garbage or a throw out. */
    decode(data: Uint8Array): unknown;
    /** Sorts keys by `String(key)`; keys of a Map may be Uint8Arrays. */
    encode(value: unknown): Uint8Array;
  };
  export default bencode;
}
