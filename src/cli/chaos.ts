/**
 * `--chaos MS`: a client that loses a process every so often, and has to do without it for a moment. For tests and the demo.
 */
import { fork } from '../base/random.js';
import type { Millis } from '../base/units.js';
import type { Client } from '../client.js';
import { Chaos } from '../kernel/chaos.js';
import type { Session } from './session.js';

export function losing(every: Millis, start: Session['start']): Session['start'] {
  return (config, ports) => {
    const client = start({ ...config, chaos: true }, ports);
    const chaos = new Chaos(fork(config.seed, 'chaos'));
    const timer = setInterval(() => chaos.strike([client.kernel]), every).unref();
    return {
      ...client,
      stop() {
        clearInterval(timer);
        chaos.finish();
        client.stop();
      },
    } satisfies Client;
  };
}
