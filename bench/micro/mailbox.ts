/** The kernel's mail: two processes that answer each other, which is what a message between processes costs when nothing is done. */
import { Kernel } from '../../src/kernel/kernel.js';
import type { Mailbox } from '../../src/kernel/mailbox.js';
import { child, defineProcess } from '../../src/kernel/process.js';
import { declare } from '../../src/kernel/topology.js';
import { median } from '../stats.js';
import type { Batch, Case } from './measure.js';

const MESSAGES = 20_000;
/** Few enough that most runs see no garbage collection. */
const MESSAGES_WEIGHED = 5_000;
const WEIGHINGS = 15;

interface Ball { readonly type: 'ball'; readonly left: number }
interface Player { readonly other: () => Mailbox<Ball>; hits: number }

const left = declare({ name: 'Left', scope: 'client', doc: 'hits the ball back', tells: { Right: ['ball'] } });
const right = declare({ name: 'Right', scope: 'client', doc: 'hits the ball back', tells: { Left: ['ball'] } });

/** Starts two players; `play` runs until so many messages have been delivered, and says how many were. */
function court(): { play(messages: number): number } {
  const hit = (s: Player, m: Ball, tell: (m: Ball) => void): void => {
    s.hits++;
    if (m.left > 1) tell({ type: 'ball', left: m.left - 1 });
  };
  const players: Player[] = [];
  const init = (other: () => Mailbox<Ball>): Player => {
    const player = { other, hits: 0 };
    players.push(player);
    return player;
  };
  const one = defineProcess({
    declaration: left, init, step: (s: Player, m: Ball, self) => hit(s, m, (b) => self.tell(s.other() as Mailbox<Ball, 'Right'>, b)),
  });
  const two = defineProcess({
    declaration: right, init, step: (s: Player, m: Ball, self) => hit(s, m, (b) => self.tell(s.other() as Mailbox<Ball, 'Left'>, b)),
  });
  const kernel = new Kernel({ now: () => 0, seed: 1, onPanic: (error) => { throw error; } });
  const { exports: first } = kernel.boot('Court', (reserve) => {
    const [a, b] = [reserve(one), reserve(two)];
    return { plan: { strategy: 'one-for-one', children: [child(one, a, () => () => b), child(two, b, () => () => a)] }, exports: a };
  });
  return {
    play(messages) {
      kernel.send(first, { type: 'ball', left: messages });
      return players.reduce((n, p) => n + p.hits, 0);
    },
  };
}

const courtOfAll = court();

export const MAILBOX: readonly Case[] = [{
  name: 'mailbox: process to process', unit: 'message',
  prepare: (): Batch => ({ operations: MESSAGES, run: () => courtOfAll.play(MESSAGES) }),
}];

/** Bytes of heap that a message takes until it is collected, with the 40 or so of the message itself. */
export function bytesPerMessage(): number {
  const weighings: number[] = [];
  while (weighings.length < WEIGHINGS) {
    const before = process.memoryUsage().heapUsed;
    courtOfAll.play(MESSAGES_WEIGHED);
    const grown = process.memoryUsage().heapUsed - before;
    // It shrinks where a collection came between.
    if (grown > 0) weighings.push(grown / MESSAGES_WEIGHED);
  }
  return median(weighings);
}
