/**
 * A session: one client from its start to its end, with its events shown, lines typed handed in, and signals heard.
 * Resolves with the exit code; throws an Ending where something failed. The client is started by whoever calls, so
 * tests bring their own.
 */
import type { Cancel } from '../ports/clock.js';
import { infoHashOf, type AnyRequest, type Client, type ClientConfig } from '../client.js';
import type { ClientEvent } from '../ports/events.js';
import type { Ports } from '../ports/ports.js';
import { EXIT, failure, type ExitCode } from './exit.js';
import { after, hopes, type Until } from './outcome.js';
import type { LogFile } from './render/log-file.js';
import type { Output } from './render/output.js';
import type { OnDone } from './on-done.js';
import { onStopSignal } from './signals.js';

export interface Session {
  readonly start: (config: ClientConfig, ports: Ports) => Client;
  readonly config: ClientConfig;
  readonly ports: Omit<Ports, 'terminal'>;
  readonly requests: readonly AnyRequest[];
  readonly until: Until;
  readonly output: Output;
  readonly log: LogFile | undefined;
  readonly onDone: OnDone | undefined;
  /** Where typed lines come from. */
  readonly lines: (onLine: (line: string) => void) => Cancel;
}

/** A client that cannot stop in this time will not: a little more than it gives a slow disk. */
const STOP_WITHIN_MS = 65_000;

export function runSession(s: Session): Promise<ExitCode> {
  return new Promise((resolve, reject) => {
    let outcome = hopes(s.requests.map(infoHashOf));
    let signalled = false;
    let stopping: NodeJS.Timeout | undefined;

    const end = (late?: string): void => {
      clearTimeout(stopping);
      unhear();
      cancelLines();
      s.output.end();
      const reason = outcome.failure ?? late;
      if (reason !== undefined) reject(failure(reason));
      else resolve(signalled ? EXIT.stopped : EXIT.done);
    };
    const stop = (): void => {
      if (stopping !== undefined) return;
      stopping = setTimeout(() => end('the client did not stop in time'), STOP_WITHIN_MS);
      client.stop();
    };
    const show = (event: ClientEvent): void => {
      if (outcome.stopped) return;
      s.log?.show(event);
      s.onDone?.show(event);
      s.output.show(event);
      outcome = after(outcome, event, s.until);
      if (outcome.stopped) end();
      // Not from within the client's own step.
      else if (outcome.over) setImmediate(stop);
    };
    let cancelLines: Cancel = () => undefined;
    const unhear = onStopSignal(() => {
      signalled = true;
      s.output.note('stopping: saving state and telling trackers (Ctrl-C again to stop at once)');
      stop();
    });

    const client = s.start(s.config, {
      ...s.ports,
      terminal: {
        show,
        lines: (onLine) => {
          cancelLines = s.lines(onLine);
          return () => cancelLines();
        },
      },
    });
    for (const request of s.requests) client.add(request);
  });
}
