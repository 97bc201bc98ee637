/**
 * The bytes that crossed a program's interface over time: rates and times as the wire has them, whatever either client
 * says. Times are ms, monotonic; rates bytes a second.
 */
import { traffic } from './proc-net.js';

const SAMPLE_MS = 20;
/** A handshake, a bitfield and the small messages stay below this; a block does not. */
const FIRST_BLOCK_BYTES = 16_384;

interface Sample { readonly at: number; readonly bytes: number }

export interface Wire {
  /** When the first block had crossed. */
  readonly firstBlock: () => number;
  /** The mean rate while the amount went from one share of the total to another, such as 0.25 to 0.9. */
  readonly rate: (from: number, to: number) => number;
  readonly stop: () => void;
}

export function recordWire(pid: number, direction: 'received' | 'sent'): Wire {
  const samples: Sample[] = [];
  const sample = (): void => { samples.push({ at: performance.now(), bytes: traffic(pid)[direction] }); };
  const sampling = setInterval(sample, SAMPLE_MS).unref(); // it must not be what keeps a failed test alive
  const passed = (bytes: number): Sample => {
    const found = samples.find((s) => s.bytes >= bytes);
    if (!found) throw new Error(`the wire never carried ${bytes} bytes`);
    return found;
  };
  return {
    firstBlock: () => passed(FIRST_BLOCK_BYTES).at,
    rate: (from, to) => {
      const total = samples.reduce((most, s) => Math.max(most, s.bytes), 0);
      const [a, b] = [passed(from * total), passed(to * total)];
      return (b.bytes - a.bytes) / ((b.at - a.at) / 1000);
    },
    stop: () => clearInterval(sampling),
  };
}
