/**
 * The machine's clock. `after` never fires early and takes any delay: Node's timers may fire a millisecond before
 * `performance.now` says so, and treat delays above 2^31-1 ms (25 days) as 1.
 */
import type { Cancel, Clock } from '../ports/clock.js';
import type { Millis } from '../base/units.js';

const LONGEST_TIMER: Millis = 2 ** 31 - 1;

const now = (): Millis => performance.now();

export const nodeClock = (): Clock => ({ now, wall: () => Date.now(), after });

function after(delay: Millis, run: () => void): Cancel {
  const due = now() + delay;
  const arm = (left: Millis): NodeJS.Timeout => setTimeout(fire, Math.min(Math.ceil(left), LONGEST_TIMER));
  const fire = (): void => {
    const left = due - now();
    if (left > 0) timer = arm(left);
    else run();
  };
  let timer = arm(delay);
  return () => clearTimeout(timer);
}
