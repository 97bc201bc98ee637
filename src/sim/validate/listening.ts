/** How checks follow one choker: what the first member of a swarm says of connections and chokes. */
import type { Millis } from '../../base/units.js';
import type { ClientEvent } from '../../ports/events.js';
import type { Member } from '../member.js';
import type { Watch } from '../swarm.js';

const hostOf = (address: string): string => address.slice(0, address.lastIndexOf(':'));

/** Whom, what, when, and for an unchoke why. */
export interface Heard {
  readonly host: string;
  readonly what: 'met' | 'unchoked' | 'choked';
  readonly at: Millis;
  readonly why?: string | undefined;
}

export function listening(onEvent: (heard: Heard) => void): Watch {
  let now = (): Millis => 0;
  return {
    begin: ({ clock }) => { now = () => clock.now(); },
    heard(member: Member, event: ClientEvent) {
      if (member.identity.number !== 1) return;
      const at = now();
      if (event.event === 'peer' && event.what === 'connected') onEvent({ host: hostOf(event.address), what: 'met', at });
      if (event.event === 'choke') {
        onEvent({ host: hostOf(event.address), what: event.choked ? 'choked' : 'unchoked', at, why: event.choked ? undefined : event.why });
      }
    },
  };
}
