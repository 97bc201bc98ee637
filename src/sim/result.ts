/**
 * What a run of a scenario came to: plain JSON, the same for the same scenario, policy and seed. Everything that is
 * printed or drawn is worked out from it. Times in seconds, bytes, shares from 0 to 1.
 */
export interface PeerResult {
  readonly class: string;
  readonly policy: string;
  readonly arrived: number;
  /** Null: not, or complete from the start. */
  readonly completed: number | null;
  readonly left: number | null;
  /** Had everything at its start. */
  readonly seed: boolean;
  /** Payload. */
  readonly downloaded: number;
  readonly uploaded: number;
  /** Bytes of all kinds over the link. */
  readonly sent: number;
  readonly received: number;
  /** Share of the other leechers' time with it in which it was interested in them; null: it met none. */
  readonly interested: number | null;
}

/** How long peers of class `from` were connected to peers of class `to`, and unchoked them. */
export interface PairResult {
  readonly from: string;
  readonly to: string;
  readonly connected: number;
  readonly regular: number;
  readonly optimistic: number;
}

export interface ClassSeries {
  readonly class: string;
  /** Share of the uplinks of those present that was used, one value a sample; null: nobody was there. */
  readonly used: readonly (number | null)[];
  readonly present: readonly number[];
}

export interface RunResult {
  readonly scenario: string;
  readonly policy: string;
  readonly seed: number;
  readonly trace: string;
  readonly lasted: number;
  /** Of one content. */
  readonly size: number;
  readonly peers: readonly PeerResult[];
  readonly pairs: readonly PairResult[];
  readonly sampleEvery: number;
  readonly series: readonly ClassSeries[];
  /** Optimistic unchokes by leechers, and those during which the other unchoked them for good reason. */
  readonly optimistic: { readonly tried: number; readonly returned: number };
  /** Choke bits that changed, a connection and minute. */
  readonly chokeChanges: number;
}
