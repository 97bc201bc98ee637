/**
 * Headlines: one line for each event that people may want to know of, and how much they want to. Used by every output
 * but JSON, so that screen, pipe and log file tell the same story.
 */
import type { ClientEvent, Reasoned } from '../../ports/events.js';
import { count, duration, plural, rate, size } from '../../base/format.js';
import { removalInWords } from '../../process/console-removal.js';
import { printable } from './text.js';

/** `detail` is for --verbose, `trouble` is told even with --quiet. */
export type Weight = 'detail' | 'news' | 'good' | 'caution' | 'trouble';

export interface Headline {
  readonly weight: Weight;
  readonly text: string;
}

/** What ends the whole run is the program's last line, on stderr: an output for people need not say it too. */
export const isLastLine = (e: ClientEvent): boolean => e.event === 'error' && e.torrent === undefined;

/** Undefined for what the status line shows anyway. With one torrent only, its name need not be in every line. */
export function headline(e: ClientEvent, named = true): Headline | undefined {
  const told = tell(e);
  if (told === undefined) return undefined;
  const [weight, text] = told;
  const name = named && 'name' in e ? e.name : undefined;
  return { weight, text: printable(name === undefined ? text : `${name}: ${text}`) };
}

type Told = readonly [Weight, string];

function tell(e: ClientEvent): Told | undefined {
  switch (e.event) {
    case 'watching': return ['news', `watching ${e.folder} for .torrent and .magnet files`];
    case 'page': return ['news', `live page: ${e.url}`];
    case 'listening': return ['detail', `listening on port ${e.port}`];
    case 'metadata': return tellMetadata(e);
    case 'started': return ['news', `${size(e.bytes)} in ${plural(e.pieces, 'piece')}, in ${e.folder}`];
    case 'checked': return tellChecked(e);
    case 'peer': return tellPeer(e);
    case 'choke': return ['detail', `${e.choked ? 'choked' : 'unchoked'} ${e.address}${because(e.why)}`];
    case 'shadow': return ['detail', tellShadow(e)];
    case 'tracker': return tellTracker(e);
    case 'done': return tellDone(e);
    case 'seeded': return ['good', `seeded, ${size(e.uploaded)} uploaded, ratio ${e.ratio.toFixed(2)}`];
    case 'paused': return ['caution', `paused${because(e.reason)}`];
    case 'queued': return ['news', 'queued: it waits for its turn'];
    case 'resumed': return ['news', `resumed${because(e.reason)}`];
    case 'removed': return [e.reason === undefined ? 'news' : 'caution', removalInWords(e)];
    case 'error': return ['trouble', e.reason];
    case 'warning': return ['caution', e.reason];
    case 'checking': case 'stats': case 'piece': case 'files': case 'answer': case 'stopped': return undefined;
  }
}

const because = (reason: string | undefined): string => reason === undefined || reason === '' ? '' : `: ${reason}`;

/** Once: how it gets on is in the status line. */
function tellMetadata({ peers, have, pieces }: ClientEvent & { readonly event: 'metadata' }): Told | undefined {
  if (pieces > 0 && have === pieces) return ['detail', `metadata is here, from ${plural(peers, 'peer')}`];
  return peers + have + pieces === 0 ? ['news', 'fetching metadata from peers'] : undefined;
}

/** Where nothing was missing, the check has said so already. */
function tellDone({ downloaded, elapsedMs }: ClientEvent & { readonly event: 'done' }): Told {
  if (downloaded === 0) return ['detail', 'complete'];
  const mean = elapsedMs < 1000 ? '' : ` (${rate((downloaded / elapsedMs) * 1000)})`;
  return ['good', `complete, ${size(downloaded)} in ${duration(elapsedMs)}${mean}`];
}

function tellChecked(e: ClientEvent & { readonly event: 'checked' }): Told {
  const source = e.resumed ? ', by the resume record' : '';
  if (e.good === e.pieces) return ['news', `all ${plural(e.pieces, 'piece')} are here${source}`];
  const weight = e.good === 0 ? 'detail' : 'news';
  return [weight, `${count(e.good)} of ${plural(e.pieces, 'piece')} are here${source}`];
}

function tellShadow({ policy, live, same, onlyLive, onlyShadow }: ClientEvent & { readonly event: 'shadow' }): string {
  const all = same + onlyLive.length + onlyShadow.length;
  const list = (peers: readonly Reasoned[]): string => peers.map(({ address, why }) => `${address} (${why})`).join(', ');
  const theirs = onlyShadow.length === 0 ? '' : `; it alone would unchoke ${list(onlyShadow)}`;
  const ours = onlyLive.length === 0 ? '' : `; ${live} alone unchokes ${list(onlyLive)}`;
  return `shadow ${policy} agrees on ${same} of ${plural(all, 'peer')}${theirs}${ours}`;
}

function tellPeer(e: ClientEvent & { readonly event: 'peer' }): Told {
  const who = e.client === undefined ? e.address : `${e.address} (${e.client})`;
  return [e.what === 'banned' ? 'caution' : 'detail', `${who} ${e.what}${because(e.reason)}`];
}

function tellTracker(e: ClientEvent & { readonly event: 'tracker' }): Told {
  switch (e.what) {
    case 'announced': {
      const { seeds = 0, leechers = 0 } = e;
      const gave = `${e.url} gave ${plural(e.peers ?? 0, 'peer')}`;
      return ['detail', `${gave}; ${plural(seeds, 'seed')} and ${plural(leechers, 'leecher')} in all`];
    }
    case 'failed': return ['caution', `tracker ${e.url} failed${because(e.reason)}${again(e.nextInMs)}`];
    case 'warning': return ['caution', `tracker ${e.url} says${because(e.reason)}`];
  }
}

const again = (ms: number | undefined): string => ms === undefined ? '' : `; again in ${duration(ms)}`;
