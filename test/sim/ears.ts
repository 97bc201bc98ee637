/** What clients under chaos say that they must not: errors, crashes that nobody wished, totals that go back, a second end. */
import type { Bytes } from '../../src/base/units.js';
import type { ClientEvent } from '../../src/ports/events.js';

export class Ears {
  readonly wrong: string[] = [];
  private readonly told = new Map<string, { downloaded: Bytes; uploaded: Bytes; done: number }>();

  heard(who: string, e: ClientEvent): void {
    const before = this.told.get(who) ?? { downloaded: 0, uploaded: 0, done: 0 };
    if (e.event === 'error') this.wrong.push(`${who}: ${e.reason}`);
    if (e.event === 'warning' && e.reason.includes(' crashed after ') && !e.reason.endsWith('Error: killed')) this.wrong.push(e.reason);
    if (e.event === 'done' && ++before.done > 1) this.wrong.push(`${who} is done a second time`);
    if (e.event === 'stats') {
      if (e.downloaded < before.downloaded || e.uploaded < before.uploaded) this.wrong.push(`${who}: totals go backwards`);
      Object.assign(before, { downloaded: e.downloaded, uploaded: e.uploaded });
    }
    this.told.set(who, before);
  }

  /** As it said last. */
  downloadedBy(who: string): Bytes {
    return this.told.get(who)?.downloaded ?? 0;
  }
}
