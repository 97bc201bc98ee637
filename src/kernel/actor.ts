/**
 * The XState side of a process. This file knows XState's corners, so that no other has to:
 * - `xstate.*` events reach the logic too: they are lifecycle, never mail;
 * - the snapshot never changes (state is private to the process), so an event allocates nothing;
 * - a child's throw arrives at its parent's logic as `xstate.error.actor.<id>`, with the child still on the stack;
 * - only a parent's scope may stop an actor that has a parent;
 * - a root's error would be thrown again from a timer of XState's own, unless somebody observes it.
 */
import { createActor, type ActorLogic, type AnyActorRef, type AnyEventObject, type Snapshot } from 'xstate';
import type { Msg } from './mailbox.js';

type Life = Snapshot<undefined>;
const ALIVE: Life = { status: 'active', output: undefined, error: undefined };
const LETTER_X = 0x78;

export interface Hooks {
  start(): void;
  mail(message: Msg): void;
  stop(): void;
  childError(id: string, error: unknown): void;
  /** A root has no parent to hear of its error. */
  rootError(error: unknown): void;
}

export interface Actor {
  readonly ref: AnyActorRef;
  /** What only this actor's own scope can do. */
  stopChild(child: Actor): void;
}

/** Not started yet: `ref.start()` runs `hooks.start`. */
export function createProcessActor(id: string, parent: Actor | undefined, hooks: Hooks): Actor {
  let stopChild = (_: AnyActorRef): void => undefined;
  const logic: ActorLogic<Life, AnyEventObject, undefined> = {
    getInitialSnapshot: () => ALIVE,
    getPersistedSnapshot: (snapshot) => snapshot,
    start(_, scope) {
      stopChild = (child) => scope.stopChild(child as never);
      hooks.start();
    },
    transition(snapshot, event) {
      const type = event.type;
      if (type.charCodeAt(0) !== LETTER_X || !type.startsWith('xstate.')) hooks.mail(event);
      else if (type === 'xstate.stop') hooks.stop();
      else if (type.startsWith('xstate.error.actor')) hooks.childError(String(event['actorId']), event['error']);
      return snapshot;
    },
  };
  const options = parent ? { id, parent: parent.ref as never } : { id };
  const ref = createActor(logic, options) as unknown as AnyActorRef;
  if (!parent) ref.subscribe({ error: hooks.rootError });
  return { ref, stopChild: (child) => stopChild(child.ref) };
}
