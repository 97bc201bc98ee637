/**
 * `create PATH`: makes a metainfo file. The same content and options give the same info-hash on any machine. An
 * existing file is only replaced when told to, and then in one step.
 */
import { describe, flaw, ok, type Result } from '../../base/result.js';
import { nodeSha1 } from '../../edge/sha1.js';
import { parseMetainfo, type Metainfo } from '../../protocol/metainfo.js';
import { buildMetainfo, choosePieceLength, type MetainfoParts } from '../../protocol/metainfo-build.js';
import { defineCommand } from '../command.js';
import { EXIT, failure } from '../exit.js';
import { globMatcher } from '../../base/glob.js';
import { hashPieces } from '../hash/hash-pieces.js';
import { listSource, type Source } from '../hash/source-files.js';
import { madeAt } from '../made-at.js';
import { flag, many, quoted, text, value } from '../option.js';
import { procs } from '../options.js';
import { parsePieceLength } from '../piece-length.js';
import { showProgress } from '../progress.js';
import { mustBeAPlace, putTorrentFile } from '../torrent-file.js';
import { pieceSize, plural, size } from '../../base/format.js';
import { printable } from '../render/text.js';
import { AGENT } from '../../library/version.js';
import { infoJson } from './info.js';

const url = (schemes: RegExp, expected: string) => (typed: string): Result<string> =>
  schemes.test(typed) && URL.canParse(typed) ? ok(typed) : flaw('url', expected, quoted(typed));
/** Trackers of one tier (BEP 12) are separated by commas. */
const tier = (typed: string): Result<readonly string[]> => {
  const urls = typed.split(',').map(url(/^(https?|udp|wss?):\/\//i, 'an http(s), udp or ws(s) URL'));
  const bad = urls.find((u) => !u.ok);
  return bad !== undefined && !bad.ok ? bad : ok(urls.flatMap((u) => u.ok ? [u.value] : []));
};
const partName = (typed: string): Result<string> =>
  /^\.{0,2}$|[/\\\0]/.test(typed) ? flaw('name', 'a file name, without a path', quoted(typed)) : ok(typed);

export const create = defineCommand({
  name: 'create',
  group: 'Torrents',
  summary: 'makes a torrent of a file or folder',
  args: 'PATH',
  arity: { least: 1, most: 1 },
  options: {
    output: value('FILE', text, {
      short: 'o', group: 'Output', meaning: 'where it goes; - for stdout',
      initial: undefined, shownDefault: 'NAME.torrent',
    }),
    force: flag({ group: 'Output', meaning: 'replaces an existing file' }),
    json: flag({ group: 'Output', meaning: 'prints what was made as one JSON object' }),
    tracker: many('URL', tier, { group: 'Peers', meaning: 'repeat for tiers; commas within a tier' }),
    webSeed: many('URL', url(/^(https?|ftp):\/\//i, 'an http(s) or ftp URL'), {
      group: 'Peers', meaning: 'where the content is too; repeatable',
    }),
    private: flag({ group: 'Peers', meaning: 'peers come from the trackers only' }),
    name: value('NAME', partName, {
      group: 'Content', meaning: 'name of the torrent', initial: undefined, shownDefault: 'that of PATH',
    }),
    source: value('TAG', text, {
      group: 'Content', meaning: 'of which tracker; makes another info-hash', initial: undefined,
    }),
    ignore: many('GLOB', text, { group: 'Content', meaning: 'files to leave out; repeatable' }),
    comment: value('TEXT', text, { group: 'Content', meaning: 'a comment for people', initial: undefined }),
    pieceLength: value('SIZE', parsePieceLength, {
      group: 'Content', meaning: 'a power of two, such as 256Ki', initial: undefined, shownDefault: 'by size',
    }),
    procs: procs('Work', 1),
  },
  async run({ values, args: [path = ''], io }) {
    const source = withoutIgnored(await listSource(path), values.ignore);
    const total = source.files.reduce((sum, f) => sum + f.length, 0);
    if (total === 0) throw failure(`${path}: nothing in it to share`);
    for (const skipped of source.skipped) io.complain(`actorrent: left out ${printable(skipped)}: no regular file`);
    const name = values.name ?? source.name;
    const target = values.output ?? `${name}.torrent`;
    if (target !== '-') await mustBeAPlace(target, values.force);

    const pieceLength = values.pieceLength ?? choosePieceLength(total);
    const progress = showProgress('hashing', total, io);
    const hashes = await hashPieces({
      paths: source.files.map((f) => f.path), lengths: source.files.map((f) => f.length), pieceLength,
      procs: values.procs, onProgress: (bytes) => progress.at(bytes),
    }).finally(() => progress.end());

    const bytes = buildMetainfo({
      name, pieceLength, hashes, files: entries(source, name), single: source.single,
      trackers: values.tracker, webSeeds: values.webSeed, private: values.private,
      createdBy: AGENT, creationDate: madeAt(io.env),
      ...(values.comment !== undefined && { comment: values.comment }), ...(values.source !== undefined && { source: values.source }),
    });
    const meta = checked(bytes, path);
    if (target === '-') {
      io.stdout.write(bytes);
      return EXIT.done;
    }
    await putTorrentFile(target, bytes);
    io.print(values.json ? JSON.stringify({ file: target, ...infoJson(meta) }) : summary(target, meta));
    return EXIT.done;
  },
});

/** A pattern that matches a folder leaves out all that is in it. */
function withoutIgnored(source: Source, globs: readonly string[]): Source {
  const ignored = globs.map(globMatcher);
  const leftOut = (parts: readonly string[]): boolean =>
    parts.some((_, i) => ignored.some((matches) => matches(parts.slice(0, i + 1))));
  return { ...source, files: source.files.filter((f) => !leftOut(f.parts)) };
}

const entries = (source: Source, name: string): MetainfoParts['files'] =>
  source.files.map(({ parts, length }) => ({ path: [name, ...parts], length, padding: false }));

function summary(target: string, { totalBytes, files, pieceCount, pieceLength, infoHash }: Metainfo): string {
  const pieces = `${plural(pieceCount, 'piece')} of ${pieceSize(pieceLength)}`;
  return `${target}: ${size(totalBytes)} in ${plural(files.length, 'file')}, ${pieces}\ninfo-hash ${infoHash}`;
}

/** What we made must be what we accept: a file name with a backslash, say, is fine on disk and refused in a torrent. */
function checked(bytes: Uint8Array, path: string): Metainfo {
  const meta = parseMetainfo(bytes, nodeSha1);
  if (!meta.ok) throw failure(`${path}: cannot be a torrent: ${describe(meta.error)}`);
  return meta.value;
}
