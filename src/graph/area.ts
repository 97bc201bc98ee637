/** Places in a picture, in pixels from its top left. A tenth of a pixel is fine enough, and the same on every machine. */

export interface Point {
  readonly x: number;
  readonly y: number;
}

export interface Area extends Point {
  readonly width: number;
  readonly height: number;
}

export const tenth = (n: number): number => Math.round(n * 10) / 10 + 0;
