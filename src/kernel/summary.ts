/**
 * A message in one short line, for traces: `{piece: 3, begin: 0, data: 16384 bytes, replyTo: @Client/.../Sender}`.
 * Made of what is there, whatever it is: never longer than MOST characters, however large the message. Addresses lose all behind their
 * host: there are the passkeys of trackers and the token of the live page, and a trace is made to be shown to others.
 */
import type { Msg } from './mailbox.js';

const MOST = 160;
/** Of a list or a record, so many are looked at. */
const ITEMS = 6;
const DEPTH = 3;
const TEXT = 40;
/** So much of a text is looked at. */
const LONGEST = 400;
const ADDRESS = /\b([a-z][\w+.-]*:\/\/)(?:[^\s/?#]*@)?([^\s/?#]*)\S*/gi;
const MAGNET = /\bmagnet:\S*/gi;

export function summary({ type: _, ...rest }: Msg): string {
  const shown = Object.keys(rest).length === 0 ? '' : show(rest, DEPTH);
  return shown.length > MOST ? `${shown.slice(0, MOST - 1)}…` : shown;
}

function show(value: unknown, depth: number): string {
  switch (typeof value) {
    case 'string': return showText(value.slice(0, LONGEST).replaceAll(ADDRESS, '$1$2/…').replaceAll(MAGNET, 'magnet:…'));
    case 'number': return String(Number.isInteger(value) ? value : Number(value.toFixed(3)));
    case 'object': return value === null ? 'none' : showObject(value, depth);
    case 'function': return 'a function';
    default: return String(value);
  }
}

const showText = (text: string): string => (text.length > TEXT ? `${text.slice(0, TEXT)}…` : text);

function showObject(value: object, depth: number): string {
  if (ArrayBuffer.isView(value)) return `${value.byteLength} bytes`;
  if (value instanceof Error) return show(value.message, depth);
  if (Array.isArray(value)) return depth === 0 ? `${value.length} of them` : `[${some(value, (v) => show(v, depth - 1))}]`;
  if (value instanceof Map || value instanceof Set) return `${value.size} of them`;
  if ('id' in value && 'process' in value) return `@${String(value.id)}`;
  if (Object.getPrototypeOf(value) !== Object.prototype) return value.constructor?.name ?? 'a record';
  if (depth === 0) return '{…}';
  return `{${some(Object.entries(value), ([key, v]) => `${key}: ${show(v, depth - 1)}`)}}`;
}

function some<T>(items: readonly T[], one: (item: T) => string): string {
  const shown = items.slice(0, ITEMS).map(one);
  return (items.length > ITEMS ? [...shown, `… ${items.length} in all`] : shown).join(', ');
}
