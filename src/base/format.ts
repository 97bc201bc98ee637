/**
 * Numbers as people read them: sizes and rates in powers of 1000 with three digits (as the limits are given), durations
 * as clocks. Percentages are rounded down, so that 100.0 % means complete.
 */
import type { Bytes, BytesPerSec, Millis } from './units.js';

const UNITS = ['B', 'KB', 'MB', 'GB', 'TB', 'PB'] as const;

export function size(bytes: Bytes): string {
  let n = bytes;
  let unit = 0;
  // 999.5 would show as 1000: it belongs to the next unit.
  while (n >= (unit === 0 ? 1000 : 999.5) && unit < UNITS.length - 1) {
    n /= 1000;
    unit++;
  }
  const digits = unit === 0 || n >= 99.95 ? 0 : n >= 9.995 ? 1 : 2;
  return `${n.toFixed(digits)} ${UNITS[unit]}`;
}

/** `412 of 652 MB`, `98.1 KB of 1.20 GB`. */
export function sizeOf(part: Bytes, whole: Bytes): string {
  const [n, unit] = size(part).split(' ');
  const total = size(whole);
  return total.endsWith(` ${unit}`) ? `${n} of ${total}` : `${n} ${unit} of ${total}`;
}

/** Exact, with the bytes: `1.20 GB (1,200,000,123 bytes)`. */
export const exactSize = (bytes: Bytes): string =>
  bytes < 1000 ? `${bytes} bytes` : `${size(bytes)} (${count(bytes)} bytes)`;

export const rate = (bytesPerSec: BytesPerSec): string => `${size(Math.round(bytesPerSec))}/s`;

/** Sizes of pieces are powers of two: `256 KiB`. */
export function pieceSize(bytes: Bytes): string {
  const units = ['B', 'KiB', 'MiB', 'GiB'];
  let unit = 0;
  while (unit < units.length - 1 && bytes >= 1024 && bytes % 1024 === 0) {
    bytes /= 1024;
    unit++;
  }
  return `${bytes} ${units[unit]}`;
}

export const count = (n: number): string => n.toLocaleString('en-US');
export const plural = (n: number, one: string, many = `${one}s`): string => `${count(n)} ${n === 1 ? one : many}`;

export function percent(part: number): string {
  const mille = Math.floor(Math.min(1, Math.max(0, part)) * 1000);
  return `${(mille / 10).toFixed(1)} %`;
}

/** `0:05`, `1:12`, `1:02:03`, `2 d 3 h`. */
export function duration(ms: Millis): string {
  const s = Math.ceil(ms / 1000);
  const [minutes, hours, days] = [Math.floor(s / 60), Math.floor(s / 3600), Math.floor(s / 86_400)];
  const two = (n: number): string => String(n).padStart(2, '0');
  if (days > 0) return `${days} d ${hours % 24} h`;
  return hours > 0 ? `${hours}:${two(minutes % 60)}:${two(s % 60)}` : `${minutes}:${two(s % 60)}`;
}

/** Time left at this rate; undefined where there is nothing to go by, or it would be over 100 days. */
export function eta(left: Bytes, bytesPerSec: BytesPerSec): Millis | undefined {
  if (left <= 0 || bytesPerSec < 1) return undefined;
  const ms = (left / bytesPerSec) * 1000;
  return ms < 100 * 86_400_000 ? ms : undefined;
}
