/**
 * LivePage: the people who look at the client in a browser. Each says what it looks at, and is told of that and no more; what they
 * want done comes as lines, as from the terminal, or as a torrent file.
 */
import type { InfoHash } from '../base/brand.js';
import type { Told, Topic } from './picture.js';

/** What somebody looks at closely. */
export interface Focus {
  readonly torrent?: InfoHash;
  /** Of its files those that match a glob, from the one with this number among them on. */
  readonly files?: { readonly find: string; readonly from: number };
  /** The process graph. */
  readonly processes?: boolean;
  /** The processes of this name, one by one. */
  readonly kind?: string;
  /** The process with this id. */
  readonly process?: string;
}

export interface Viewer {
  readonly focus: Focus;
  /** `json` is a `Told[topic]`: made into text once for all who are told it. */
  tell(topic: Topic, json: string): void;
}

/** What became of a wish, in words. */
export interface Reply {
  readonly done: boolean;
  readonly lines: readonly string[];
}
export type Answer = (reply: Reply) => void;

export interface Visits {
  came(viewer: Viewer): void;
  left(viewer: Viewer): void;
  /** A line of the console's language. */
  said(line: string, answer: Answer): void;
  gave(torrentFile: Uint8Array, answer: Answer): void;
}

export interface OpenPage {
  /** With the token in it: whoever has it may look and command. */
  readonly url: string;
  close(): void;
}

export interface LivePage {
  /** Rejects with an Error that says why. Opened again after a `close`, it is at the same address. */
  open(visits: Visits): Promise<OpenPage>;
}

export type { Told, Topic };
