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

type Told = readonly [Weight, string];

function tell(e: ClientEvent): Told | undefined {
  switch (e.event) {
    case 'listening': return ['detail', `listening on port ${e.port}`];
    case 'started': return ['news', `${e.name}: ${size(e.bytes)} in ${plural(e.pieces, 'piece')}, in ${e.folder}`];
    case 'checked': return tellChecked(e);
    case 'peer': return tellPeer(e);
    case 'choke': return ['detail', `${e.name}: ${e.choked ? 'choked' : 'unchoked'} ${e.address}${because(e.why)}`];
    case 'tracker': return tellTracker(e);
    case 'done': return tellDone(e);
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

/** Where nothing was missing, the check has said so already. */
function tellDone({ name, downloaded, elapsedMs }: ClientEvent & { readonly event: 'done' }): Told {
  if (downloaded === 0) return ['detail', `${name}: complete`];
  const mean = elapsedMs < 1000 ? '' : ` (${rate((downloaded / elapsedMs) * 1000)})`;
  return ['good', `${name}: complete, ${size(downloaded)} in ${duration(elapsedMs)}${mean}`];
}

function tellChecked(e: ClientEvent & { readonly event: 'checked' }): Told {
  const source = e.resumed ? ', by the resume record' : '';
  if (e.good === e.pieces) return ['news', `${e.name}: all ${plural(e.pieces, 'piece')} are here${source}`];
  const weight = e.good === 0 ? 'detail' : 'news';
  return [weight, `${e.name}: ${count(e.good)} of ${plural(e.pieces, 'piece')} are here${source}`];
}

function tellPeer(e: ClientEvent & { readonly event: 'peer' }): Told {
  const who = e.client === undefined ? e.address : `${e.address} (${e.client})`;
  return [e.what === 'banned' ? 'caution' : 'detail', `${e.name}: ${who} ${e.what}${because(e.reason)}`];
}

function tellTracker(e: ClientEvent & { readonly event: 'tracker' }): Told {
  switch (e.what) {
    case 'announced': {
      const { seeds = 0, leechers = 0 } = e;
      const gave = `${e.name}: ${e.url} gave ${plural(e.peers ?? 0, 'peer')}`;
      return ['detail', `${gave}; ${plural(seeds, 'seed')} and ${plural(leechers, 'leecher')} in all`];
    }
    case 'failed': return ['caution', `${e.name}: tracker ${e.url} failed${because(e.reason)}${again(e.nextInMs)}`];
    case 'warning': return ['caution', `${e.name}: tracker ${e.url} says${because(e.reason)}`];
  }
}

const again = (ms: number | undefined): string => ms === undefined ? '' : `; again in ${duration(ms)}`;
