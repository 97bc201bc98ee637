/**
 * ManualClock: time that stands still until a test advances it. Alarms go off in the order of their time, each at its
 * own moment, so that one which is set anew as it goes off goes off as often as it should.
 */
import type { Millis } from '../../src/base/units.js';
import type { Cancel, Clock } from '../../src/ports/clock.js';

interface Alarm {
  readonly at: Millis;
  readonly run: () => void;
}

export class ManualClock implements Clock {
  private time: Millis;
  private alarms: Alarm[] = [];
  private readonly named = new Map<string, Cancel>();

  constructor(start: Millis = 0) {
    this.time = start;
  }

  now(): Millis {
    return this.time;
  }

  wall(): Millis {
    return Date.UTC(2026, 0) + this.time;
  }

  after(delay: Millis, run: () => void): Cancel {
    const alarm = { at: this.time + delay, run };
    this.alarms.push(alarm);
    return () => { this.alarms = this.alarms.filter((a) => a !== alarm); };
  }

  /** An alarm with a name: set again it is replaced, as by the Timer process. */
  set(name: string, delay: Millis, run: () => void): void {
    this.cancel(name);
    this.named.set(name, this.after(delay, run));
  }

  cancel(name: string): void {
    this.named.get(name)?.();
    this.named.delete(name);
  }

  get pending(): number {
    return this.alarms.length;
  }

  advance(ms: Millis): void {
    const end = this.time + ms;
    for (;;) {
      const next = this.alarms.filter((a) => a.at <= end).sort((a, b) => a.at - b.at)[0];
      if (!next) break;
      this.alarms.splice(this.alarms.indexOf(next), 1);
      this.time = Math.max(this.time, next.at);
      next.run();
    }
    this.time = end;
  }
}
