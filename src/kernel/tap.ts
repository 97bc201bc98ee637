/**
 * Tap: looks on at the mail and the lives of a kernel, for a trace or a page. It is called as things happen, keeps out of them, and must
 * keep no message: its bytes are only valid now. With no tap the post pays one comparison a message.
 */
import type { Mailbox, Msg } from './mailbox.js';

export type Party = Mailbox<never>;

export interface Tap {
  /** Mail is delivered in the order in which it was sent. `from` is undefined for a port's callback or the world outside the tree. */
  sent(to: Party, message: Msg, from: Party | undefined): void;
  /** Its step begins, ... */
  takes(to: Party, message: Msg, from: Party | undefined): void;
  /** ... and is over: well, or by a crash, which was told just before. */
  took?(to: Party): void;
  started?(who: Party): void;
  ended(who: Party, crash?: { readonly error: unknown }): void;
}
