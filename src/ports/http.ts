/** Http: one bounded GET, as trackers and torrent URLs need it. */
import type { IpFamily } from '../base/ip.js';
import type { Bytes, Millis } from '../base/units.js';

export interface HttpAnswer {
  readonly status: number;
  readonly body: Uint8Array;
}

export interface HttpBounds {
  readonly timeout: Millis;
  readonly maxBytes: Bytes;
  /** To addresses of this family only, where the host is a name. */
  readonly family?: IpFamily;
  readonly signal?: AbortSignal;
}

export interface Http {
  /** Follows redirects; rejects with an Error that says why: no answer in time, larger than `maxBytes`, no such host. */
  get(url: string, bounds: HttpBounds): Promise<HttpAnswer>;
}
