/**
 * Who wants to hear which events. They are told after the step that made the event: what a listener does or throws is between it and
 * its program, and harms no process.
 */
import type { ClientEvent, OfTorrent } from '../ports/events.js';

/** Those that a terminal or a live page is needed for do not come here. */
export type ClientEventName = Exclude<ClientEvent['event'], 'page' | 'watching' | 'answer'>;
/** It is started before anybody holds it. */
export type TorrentEventName = Exclude<ClientEventName, 'listening' | 'shadow' | 'metadata' | 'started' | 'stopped'>;

/** The event of this name, with its fields. */
export type EventOf<N extends ClientEventName, E = ClientEvent> =
  E extends { readonly event: infer Names } ? N extends Names ? E & { readonly event: N } : never : never;
export type TorrentEvent<N extends TorrentEventName> = EventOf<N> & OfTorrent;

type Listener = (event: ClientEvent) => void;

export class Listeners {
  readonly #byName = new Map<string, Set<Listener>>();

  /** The answer ends it. The same function may listen twice. */
  on(name: string, listener: Listener): () => void {
    const mine: Listener = (event) => listener(event);
    const all = this.#byName.get(name) ?? new Set();
    this.#byName.set(name, all.add(mine));
    return () => void all.delete(mine);
  }

  tell(event: ClientEvent): void {
    const all = this.#byName.get(event.event);
    // One that has ended meanwhile hears nothing more.
    for (const listener of all ?? []) queueMicrotask(() => { if (all?.has(listener)) listener(event); });
  }
}
