/**
 * A clock moved by hand: alarms go off in the order of their time, and only while a test lets time pass. An alarm for now goes off at
 * the next turn of the event loop, as with every clock, so that a client can end without help.
 */
import type { Millis } from '../../src/base/units.js';
import type { Cancel, Clock } from '../../src/ports/clock.js';
import { turn } from './swarm.js';

interface Alarm {
  readonly at: Millis;
  readonly run: () => void;
}

export class HandClock implements Clock {
  private time: Millis = 0;
  private readonly alarms = new Set<Alarm>();

  now(): Millis {
    return this.time;
  }

  wall(): Millis {
    return Date.UTC(2026, 0) + this.time;
  }

  after(delay: Millis, run: () => void): Cancel {
    if (delay <= 0) {
      const soon = setImmediate(run);
      return () => clearImmediate(soon);
    }
    const alarm: Alarm = { at: this.time + delay, run };
    this.alarms.add(alarm);
    return () => void this.alarms.delete(alarm);
  }

  /** Alarms that are set. */
  get pending(): number {
    return this.alarms.size;
  }

  /** Lets `ms` pass at once. */
  advance(ms: Millis): void {
    const end = this.time + ms;
    for (let next = this.first(end); next; next = this.first(end)) {
      this.alarms.delete(next);
      this.time = next.at;
      next.run();
    }
    this.time = end;
  }

  /** Lets `ms` pass, with turns of the event loop in between, so that sockets and disks keep up. */
  async pass(ms: Millis, step: Millis = 500): Promise<void> {
    for (let left = ms; left > 0; left -= step) {
      this.advance(Math.min(step, left));
      await turn();
    }
  }

  private first(end: Millis): Alarm | undefined {
    let best: Alarm | undefined;
    for (const alarm of this.alarms) if (alarm.at <= end && (!best || alarm.at < best.at)) best = alarm;
    return best;
  }
}
