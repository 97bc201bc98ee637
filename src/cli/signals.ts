/**
 * Signals. Ctrl-C, `kill` and a closed terminal ask for an orderly end, once; asked again, the process leaves at once.
 * Nothing verified is lost by that: pieces are on disk before they count, and records are written atomically.
 */
import { EXIT } from './exit.js';

const ASKING = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** `onFirst` at the first signal; the second ends the process. Call the answer to stop listening. */
export function onStopSignal(onFirst: () => void): () => void {
  let asked = false;
  const hear = (): void => {
    if (asked) process.exit(EXIT.stopped);
    asked = true;
    onFirst();
  };
  for (const signal of ASKING) process.on(signal, hear);
  return () => { for (const signal of ASKING) process.off(signal, hear); };
}

export const untilSignal = (): Promise<void> => new Promise((resolve) => { onStopSignal(resolve); });
