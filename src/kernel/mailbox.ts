/**
 * Mailbox: the right to talk to a process, and nothing else of it. It carries, for the compiler only, the process's name and
 * the messages it accepts, so that mail along an undeclared edge does not compile (see `declare` in topology.ts).
 * A mailbox outlives its process: after a restart the same one leads to the new process.
 */
export interface Msg {
  readonly type: string;
}

export interface Mailbox<in M extends Msg, out Name extends string = string> {
  /** Path in the supervision tree, e.g. `client/torrents/1/peers/7/Sender`: stable from run to run. */
  readonly id: string;
  readonly process: Name;
  /** Never there at run time: it tells the compiler what may be sent. */
  readonly accepts?: (message: M) => void;
}
