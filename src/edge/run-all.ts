/** Many small asynchronous jobs with callbacks, only a few of them at once: for where a promise each would cost more than the job. */

/** Of `count` jobs, `most` at once. A job calls `done` once, later than it returns. Resolves after the last. */
export function runAll(
  { count, most }: { readonly count: number; readonly most: number }, job: (i: number, done: () => void) => void,
): Promise<void> {
  return new Promise((resolve) => {
    let [next, left] = [0, count];
    const one = (): void => {
      if (next < count) job(next++, ended);
    };
    const ended = (): void => {
      left--;
      if (left === 0) resolve();
      else one();
    };
    for (let i = 0; i < most; i++) one();
    if (count === 0) resolve();
  });
}
