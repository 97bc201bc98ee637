/** InlineRunner: piece jobs on this thread (`--procs 0`), one a turn of the event loop: sockets are heard between. */
import { runPieceJob, type OutcomeOf, type PieceJob, type PieceRunner } from './piece-job.js';

export class InlineRunner implements PieceRunner {
  private readonly waiting: (() => void)[] = [];

  run<J extends PieceJob>(job: J): Promise<OutcomeOf<J>> {
    return new Promise((resolve) => {
      this.waiting.push(() => resolve(runPieceJob(job) as OutcomeOf<J>));
      if (this.waiting.length === 1) setImmediate(this.turn);
    });
  }

  private readonly turn = (): void => {
    this.waiting[0]!();
    this.waiting.shift();
    if (this.waiting.length > 0) setImmediate(this.turn);
  };
}
