/** Bitfields of 100,000 pieces, of which about half are there. */
import { fromSeed } from '../../src/base/random.js';
import { Bitfield } from '../../src/model/bitfield.js';
import type { Case } from './measure.js';

const PIECES = 100_000;
const TIMES = 100;

function half(seed: number): Bitfield {
  const random = fromSeed(seed);
  const field = new Bitfield(PIECES);
  for (let i = 0; i < PIECES; i++) if (random.below(2) === 0) field.set(i);
  return field;
}

const ours = half(1);
const theirs = half(2);
const wire = theirs.bytes();

/** `work` once more for each time, on whole fields. */
const whole = (name: string, work: (time: number) => number): Case => ({
  name: `bitfield: ${name}, 100,000 pieces`, unit: 'field', bytes: wire.length,
  prepare: () => ({
    operations: TIMES,
    run() {
      let sum = 0;
      for (let time = 0; time < TIMES; time++) sum += work(time);
      return sum;
    },
  }),
});

export const BITFIELDS: readonly Case[] = [
  whole('parse and count', () => {
    const parsed = Bitfield.parse(wire, PIECES);
    return parsed.ok ? parsed.value.count : 0;
  }),
  whole('count what both have', () => ours.countCommon(theirs)),
  {
    name: 'bitfield: set', unit: 'piece',
    prepare: () => {
      const field = new Bitfield(PIECES);
      return {
        operations: PIECES,
        run() {
          for (let i = 0; i < PIECES; i++) field.set(i);
          return field.count;
        },
      };
    },
  },
  {
    name: 'bitfield: next missing', unit: 'piece',
    prepare: () => ({
      operations: PIECES - ours.count,
      run() {
        let sum = 0;
        for (let i = ours.nextMissing(0); i >= 0; i = ours.nextMissing(i + 1)) sum += i;
        return sum;
      },
    }),
  },
];
