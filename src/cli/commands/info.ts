/** `info TORRENT`: what stands in a torrent, as a table for people or as one JSON object. */
import { parseEndpoint } from '../../base/endpoint.js';
import { metainfoFile } from '../../protocol/metainfo-build.js';
import type { Metainfo } from '../../protocol/metainfo.js';
import { defineCommand } from '../command.js';
import { EXIT } from '../exit.js';
import { flag, many, text, value } from '../option.js';
import { count, exactSize, pieceSize, plural, size } from '../../base/format.js';
import { printable } from '../render/text.js';
import { mustBeAPlace, putTorrentFile } from '../torrent-file.js';
import { loadTorrent } from '../torrent-source.js';
import { magnetOf } from './magnet.js';

export const info = defineCommand({
  name: 'info',
  group: 'Torrents',
  summary: 'shows what is in a torrent',
  args: 'TORRENT',
  arity: { least: 1, most: 1 },
  options: {
    json: flag({ group: 'Output', meaning: 'one JSON object, for programs' }),
    output: value('FILE', text, {
      short: 'o', group: 'Output', meaning: 'also saves it as a .torrent file', initial: undefined,
    }),
    force: flag({ group: 'Output', meaning: 'over a file that exists' }),
    peer: many('HOST:PORT', (typed) => parseEndpoint(typed), {
      group: 'Network', meaning: 'asked for the metadata of a magnet link',
    }),
  },
  notes: ['A file that is no valid torrent: exit 3, and one line that says why.'],
  async run({ values, args: [source = ''], io }) {
    const { output, peer: peers } = values;
    if (output !== undefined) await mustBeAPlace(output, values.force);
    const meta = await loadTorrent(source, { peers });
    if (output !== undefined) await putTorrentFile(output, metainfoFile(meta));
    io.print(values.json ? JSON.stringify(infoJson(meta)) : infoTable(meta).join('\n'));
    return EXIT.done;
  },
});

export const infoJson = (meta: Metainfo): object => ({
  name: meta.name,
  infoHash: meta.infoHash,
  bytes: meta.totalBytes,
  pieceLength: meta.pieceLength,
  pieces: meta.pieceCount,
  private: meta.private,
  files: meta.files.map(({ path, length, padding }) => ({ path: path.join('/'), length, ...(padding && { padding }) })),
  trackers: meta.trackers,
  webSeeds: meta.webSeeds,
  comment: meta.comment,
  createdBy: meta.createdBy,
  createdAt: createdAt(meta),
  source: meta.source,
  magnet: magnetOf(meta),
});

export function infoTable(meta: Metainfo): readonly string[] {
  const real = meta.files.filter((f) => !f.padding);
  const padding = meta.files.reduce((sum, f) => sum + (f.padding ? f.length : 0), 0);
  const created = present([createdAt(meta)?.replace(/\.000Z$/, 'Z'), meta.createdBy && `by ${meta.createdBy}`]);
  const widest = Math.max(0, ...real.map((f) => size(f.length).length));
  return [
    ...field('Name', [meta.name]),
    ...field('Info-hash', [meta.infoHash]),
    ...field('Size', [exactSize(meta.totalBytes)]),
    ...field('Padding', padding > 0 ? [`${exactSize(padding)} of that, zeros between files, never written`] : []),
    ...field('Pieces', [`${count(meta.pieceCount)} of ${pieceSize(meta.pieceLength)}`]),
    ...field('Private', meta.private ? ['yes: peers come from its trackers only'] : []),
    ...field('Created', created.length === 0 ? [] : [created.join(' ')]),
    ...field('Comment', meta.comment?.split(/\r?\n/) ?? []),
    ...field('Source', present([meta.source])),
    ...field('Trackers', trackerLines(meta)),
    ...field('Web seeds', meta.webSeeds),
    ...field('Files', [plural(real.length, 'file')]),
    ...real.map((f) => `  ${size(f.length).padStart(widest)}  ${printable(f.path.join('/'))}`),
  ];
}

/** The first line has the label, the others stand below it; nothing for no lines. */
const field = (label: string, lines: readonly string[]): readonly string[] =>
  lines.map((line, i) => `${(i === 0 ? label : '').padEnd(11)}${printable(line)}`);

const present = (texts: readonly (string | undefined)[]): readonly string[] =>
  texts.flatMap((t) => t === undefined || t === '' ? [] : [t]);

/** With the number of the tier, where there are several. */
const trackerLines = ({ trackers }: Metainfo): readonly string[] =>
  trackers.flatMap((tier, i) => tier.map((url) => trackers.length > 1 ? `${i + 1}. ${url}` : url));

/** Undefined also for a number that is no date. */
function createdAt({ creationDate }: Metainfo): string | undefined {
  const date = new Date((creationDate ?? NaN) * 1000);
  return Number.isNaN(date.getTime()) ? undefined : date.toISOString();
}
