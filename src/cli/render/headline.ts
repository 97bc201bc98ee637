/**
 * Headlines: one line for each event that people may want to know of, and how much they want to. Used by every output
 * but JSON, so that screen, pipe and log file tell the same story.
 */
import type { ClientEvent } from '../../ports/events.js';
import { count, duration, plural, rate, size } from './format.js';
import { printable } from './text.js';

/** `detail` is for --verbose, `trouble` is told even with --quiet. */
export type Weight = 'detail' | 'news' | 'good' | 'caution' | 'trouble';

export interface Headline {
  readonly weight: Weight;
  readonly text: string;
}

/** Undefined for what the status line shows anyway. */
export function headline(e: ClientEvent): Headline | undefined {
  const told = tell(e);
  return told === undefined ? undefined : { weight: told[0], text: printable(told[1]) };
}

function tell(e: ClientEvent): readonly [Weight, string] | undefined {
  switch (e.event) {
    case 'listening': return ['detail', `listening on port ${e.port}`];
    case 'started': return ['news', `${e.name}: ${size(e.bytes)} in ${plural(e.pieces, 'piece')}, in ${e.folder}`];
    case 'checked': return tellChecked(e);
    case 'peer': return tellPeer(e);
    case 'choke': return ['detail', `${e.name}: ${e.choked ? 'choked' : 'unchoked'} ${e.address}${because(e.why)}`];
    case 'tracker': return tellTracker(e);
    case 'done': return ['good', `${e.name}: complete, ${size(e.downloaded)} in ${duration(e.elapsedMs)}${meanRate(e.downloaded, e.elapsedMs)}`];
    case 'seeded': return ['good', `${e.name}: seeded, ${size(e.uploaded)} uploaded, ratio ${e.ratio.toFixed(2)}`];
    case 'paused': return ['caution', `${e.name}: paused${because(e.reason)}`];
    case 'resumed': return ['news', `${e.name}: resumed${because(e.reason)}`];
    case 'error': return ['trouble', of(e.name, e.reason)];
    case 'warning': return ['caution', of(e.name, e.reason)];
    case 'checking': case 'stats': case 'piece': case 'answer': case 'stopped': return undefined;
  }
}

const of = (name: string | undefined, text: string): string => name === undefined ? text : `${name}: ${text}`;
const because = (reason: string | undefined): string => reason === undefined || reason === '' ? '' : `: ${reason}`;
const meanRate = (bytes: number, ms: number): string => bytes > 0 && ms >= 1000 ? ` (${rate((bytes / ms) * 1000)})` : '';

function tellChecked(e: ClientEvent & { readonly event: 'checked' }): readonly [Weight, string] {
  const source = e.resumed ? ', by the resume record' : '';
  if (e.good === e.pieces) return ['news', `${e.name}: all ${plural(e.pieces, 'piece')} are here${source}`];
  return [e.good === 0 ? 'detail' : 'news', `${e.name}: ${count(e.good)} of ${plural(e.pieces, 'piece')} are here${source}`];
}

function tellPeer(e: ClientEvent & { readonly event: 'peer' }): readonly [Weight, string] {
  const who = e.client === undefined ? e.address : `${e.address} (${e.client})`;
  return [e.what === 'banned' ? 'caution' : 'detail', `${e.name}: ${who} ${e.what}${because(e.reason)}`];
}

function tellTracker(e: ClientEvent & { readonly event: 'tracker' }): readonly [Weight, string] {
  switch (e.what) {
    case 'announced': {
      const swarm = e.seeds === undefined && e.leechers === undefined ? '' : `, swarm of ${plural(e.seeds ?? 0, 'seed')} and ${plural(e.leechers ?? 0, 'leecher')}`;
      return ['detail', `${e.name}: ${e.url} knows ${plural(e.peers ?? 0, 'peer')}${swarm}`];
    }
    case 'failed': return ['caution', `${e.name}: tracker ${e.url} failed${because(e.reason)}${again(e.nextInMs)}`];
    case 'warning': return ['caution', `${e.name}: tracker ${e.url} says${because(e.reason)}`];
  }
}

const again = (ms: number | undefined): string => ms === undefined ? '' : `; again in ${duration(ms)}`;
