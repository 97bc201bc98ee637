/**
 * Chaos: kills processes, one at each strike: of a kind that was killed least often so far, any that runs, drawn by chance. Every other
 * victim dies at once, between two messages; the others fall over their next mail, which is lost with them. Who has had no mail by the
 * next strike dies then.
 */
import type { Random } from '../base/random.js';
import type { Kernel } from './kernel.js';

export interface Victim {
  readonly kernel: Kernel;
  readonly id: string;
  /** Its kind. */
  readonly process: string;
  /** Its earlier lives. */
  readonly restarts: number;
}

export class Chaos {
  /** How many of each kind so far. */
  readonly killed = new Map<string, number>();
  private readonly random: Random;
  private strikes = 0;
  private doomed: Victim | undefined;

  constructor(random: Random) {
    this.random = random;
  }

  /** Among the processes of these; undefined: none runs. */
  strike(kernels: readonly Kernel[]): Victim | undefined {
    this.finish();
    const running = kernels.flatMap((kernel) =>
      kernel.processes().filter((p) => !p.group).map(({ id, process, restarts }): Victim => ({ kernel, id, process, restarts })));
    const least = Math.min(...running.map((v) => this.count(v)));
    const rarest = running.filter((v) => this.count(v) === least);
    const victim = rarest[this.random.below(rarest.length)];
    if (!victim) return undefined;
    this.killed.set(victim.process, least + 1);
    if (this.strikes++ % 2 === 0) {
      victim.kernel.kill(victim.id);
    } else {
      victim.kernel.kill(victim.id, 'next mail');
      this.doomed = victim;
    }
    return victim;
  }

  /** Nobody is left to fall over their next mail. */
  finish(): void {
    const { doomed } = this;
    this.doomed = undefined;
    if (doomed?.kernel.processes().some((p) => p.id === doomed.id && p.restarts === doomed.restarts)) doomed.kernel.kill(doomed.id);
  }

  private count({ process }: Victim): number {
    return this.killed.get(process) ?? 0;
  }
}
