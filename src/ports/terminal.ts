/** Terminal: the person or program at the other side of the Console process. */
import type { Cancel } from './clock.js';
import type { ClientEvent } from './events.js';

export interface Terminal {
  /** Lines typed, without their end. */
  lines(onLine: (line: string) => void): Cancel;
  show(event: ClientEvent): void;
}
