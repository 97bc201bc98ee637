/** What a limit costs: a token bucket that is refilled and drawn from, and a queue of 200 peers that wait for their turns. */
import { BLOCK_BYTES, MIB } from '../../src/base/units.js';
import { FairQueue } from '../../src/model/fair-queue.js';
import { TokenBucket } from '../../src/model/token-bucket.js';
import type { Case } from './measure.js';

const TIMES = 20_000;
const PEERS = 200;

export const CREDIT: readonly Case[] = [
  {
    name: 'token bucket: refill and take', unit: 'take',
    prepare: () => {
      const bucket = new TokenBucket({ rate: 10 * MIB }, 0);
      return {
        operations: TIMES,
        run() {
          let taken = 0;
          for (let ms = 1; ms <= TIMES; ms++) {
            bucket.refill(ms);
            taken += bucket.take(BLOCK_BYTES);
          }
          return taken;
        },
      };
    },
  },
  {
    name: 'fair queue: a turn among 200 peers', unit: 'turn',
    prepare: () => {
      const queue = new FairQueue<number>(BLOCK_BYTES);
      for (let peer = 0; peer < PEERS; peer++) queue.want(peer, Number.MAX_SAFE_INTEGER);
      return {
        operations: TIMES,
        run() {
          let granted = 0;
          for (let i = 0; i < TIMES; i++) {
            const { due } = queue.turn()!;
            queue.pay(due);
            granted += due;
          }
          return granted;
        },
      };
    },
  },
];
