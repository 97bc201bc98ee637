/** Http: one bounded GET, as trackers and torrent URLs need it. */
import type { Bytes, Millis } from '../base/units.js';

export interface HttpAnswer {
  readonly status: number;
  readonly body: Uint8Array;
}

export interface Http {
  /** Follows redirects; rejects with an Error that says why: no answer in time, larger than `maxBytes`, no such host. */
  get(url: string, bounds: { readonly timeout: Millis; readonly maxBytes: Bytes; readonly signal?: AbortSignal }): Promise<HttpAnswer>;
}
