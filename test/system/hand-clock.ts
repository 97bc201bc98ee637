/**
 * A ManualClock for clients with real sockets and disks: an alarm for now goes off at the next turn of the event loop,
 * so that a client can end without help, and time can pass with turns in between, so that sockets and disks keep up.
 */
import type { Millis } from '../../src/base/units.js';
import type { Cancel } from '../../src/ports/clock.js';
import { ManualClock } from '../process/manual-clock.js';
import { turn } from './swarm.js';

export class HandClock extends ManualClock {
  override after(delay: Millis, run: () => void): Cancel {
    if (delay > 0) return super.after(delay, run);
    const soon = setImmediate(run);
    return () => clearImmediate(soon);
  }

  async pass(ms: Millis, step: Millis = 500): Promise<void> {
    for (let left = ms; left > 0; left -= step) {
      this.advance(Math.min(step, left));
      await turn();
    }
  }
}
