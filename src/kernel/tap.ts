/**
 * Tap: looks on at the mail and the lives of a kernel from its first process on, for a trace. It is called as things happen, keeps out of
 * them, and must keep no message: its bytes are only valid now. With no tap the post pays one comparison a message.
 * Mail is taken in the order in which it was sent, so that the n-th `sent` is about the same message as the n-th of `takes` and `missed`.
 */
import type { Mailbox, Msg } from './mailbox.js';

export type Party = Mailbox<never>;

export interface Tap {
  /** `from` is undefined for a port's callback or the world outside the tree. */
  sent(to: Party, message: Msg, from: Party | undefined): void;
  /** Its step begins, ... */
  takes(to: Party, message: Msg, from: Party | undefined): void;
  /** ... and is over: well, or by a crash, which was told just before. */
  took(to: Party): void;
  /** It is gone, or was made anew since this was sent. */
  missed(to: Party, message: Msg, from: Party | undefined): void;
  started(who: Party): void;
  ended(who: Party, crash?: { readonly error: unknown }): void;
}
