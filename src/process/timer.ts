/**
 * Timer: the one process that holds the clock's alarms.
 * Hears:  anyone (register, cancel).
 * Tells:  anyone who registered (tick), once for each register; whoever wants a beat registers again.
 * Owns:   the alarms, one for each mailbox and tag. Registering a tag again replaces its alarm.
 */
import type { Millis } from '../base/units.js';
import type { Mailbox } from '../kernel/mailbox.js';
import { defineProcess, type Self } from '../kernel/process.js';
import { declare } from '../kernel/topology.js';
import type { Cancel, Clock } from '../ports/clock.js';

// MAILBOX ----------------------------------------------------------------------------
/** An alarm that was registered went off. */
export interface Tick {
  readonly type: 'tick';
  /** As registered. */
  readonly tag: string;
}
export type TimerClient = keyof typeof declaration.tells;
type Client = Mailbox<Tick, TimerClient>;
export type TimerMsg =
  /** A `tick` with this tag to `replyTo`, once, in place of an earlier one with the same tag. */
  | { readonly type: 'register'; readonly replyTo: Mailbox<Tick, TimerClient>; readonly after: Millis; readonly tag: string }
  /** No tick after all. */
  | { readonly type: 'cancel'; readonly replyTo: Mailbox<Tick, TimerClient>; readonly tag: string }
  /** An alarm went off: from the clock. */
  | { readonly type: 'due'; readonly replyTo: Mailbox<Tick, TimerClient>; readonly tag: string };

const declaration = declare({
  name: 'Timer',
  scope: 'client',
  doc: 'holds the clock; ticks whoever registered',
  tells: {
    Limiter: ['tick'], ChokeMgr: ['tick'], Listener: ['tick'], TorrentMgr: ['tick'], Api: ['tick'], Watch: ['tick'],
    Tracker: ['tick'], PeerMgr: ['tick'], Metadata: ['tick'], PieceMgr: ['tick'], Files: ['tick'], Status: ['tick'], Controller: ['tick'],
  },
});
type Me = Self<typeof declaration, TimerMsg>;

// CONFIG, STATE ----------------------------------------------------------------------
export interface TimerInput {
  readonly clock: Clock;
}
interface State extends TimerInput {
  /** By tag and by who registered: a key made of the two would be a new string for each message. */
  readonly alarms: Map<string, Map<Client, Cancel>>;
}

// CORE -------------------------------------------------------------------------------
function step(s: State, m: TimerMsg, self: Me): void {
  const { replyTo, tag } = m;
  switch (m.type) {
    case 'register': return register(s, m, self);
    case 'cancel':
      s.alarms.get(tag)?.get(replyTo)?.();
      return forget(s, replyTo, tag);
    case 'due':
      forget(s, replyTo, tag);
      self.tell(replyTo, { type: 'tick', tag });
  }
}

function register(s: State, { replyTo, tag, after }: TimerMsg & { type: 'register' }, self: Me): void {
  const same = s.alarms.get(tag) ?? new Map<Client, Cancel>();
  s.alarms.set(tag, same);
  same.get(replyTo)?.();
  same.set(replyTo, s.clock.after(after, () => self.post({ type: 'due', replyTo, tag })));
}

function forget(s: State, client: Client, tag: string): void {
  const same = s.alarms.get(tag);
  same?.delete(client);
  if (same?.size === 0) s.alarms.delete(tag);
}

const silence = (s: State): void => {
  for (const same of s.alarms.values()) for (const cancel of same.values()) cancel();
};

// ACTOR ------------------------------------------------------------------------------
export const timer = defineProcess({
  declaration,
  init: (input: TimerInput): State => ({ alarms: new Map(), ...input }),
  step,
  end: silence,
});
