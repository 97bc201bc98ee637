/**
 * Seeded random numbers (sfc32, 128 bits of state): the same seed gives the same run on any machine. Not for secrets.
 * A policy that needs chance gets two u32 of entropy and expands them with `fromEntropy`.
 */
export interface Random {
  /** Uniform in 0 .. 2^32-1. */
  u32(): number;
  /** Uniform in 0 .. n-1; `n` from 1 to 2^32. */
  below(n: number): number;
  /** Uniform in [0, 1). */
  unit(): number;
}

export const fromSeed = (seed: number): Random => sfc32(seed >>> 0, 0x9e3779b9, 0x243f6a88, 0xb7e15162);
export const fromEntropy = ([a, b]: readonly [number, number]): Random => sfc32(a >>> 0, b >>> 0, 0x243f6a88, 0xb7e15162);

/** A stream of its own for a named part of the run, so that one part's draws never shift another's. */
export function fork(seed: number, name: string): Random {
  return sfc32(seed >>> 0, hash32(name), 0x9e3779b9, 0x243f6a88);
}

/** FNV-1a, 32 bits. */
export function hash32(text: string): number {
  let h = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193);
  return h >>> 0;
}

/** Fisher-Yates, on a copy. */
export function shuffled<T>(items: readonly T[], random: Random): T[] {
  const out = [...items];
  for (let i = out.length - 1; i > 0; i--) {
    const j = random.below(i + 1);
    [out[i], out[j]] = [out[j]!, out[i]!];
  }
  return out;
}

function sfc32(a: number, b: number, c: number, d: number): Random {
  const u32 = (): number => {
    const t = (((a + b) | 0) + d) | 0;
    d = (d + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (c << 21) | (c >>> 11);
    c = (c + t) | 0;
    return t >>> 0;
  };
  for (let i = 0; i < 12; i++) u32();
  return { u32, below: (n) => Math.floor((u32() / 2 ** 32) * n), unit: () => u32() / 2 ** 32 };
}
