/**
 * `verify TORRENT --folder DIR`: hashes what is on disk and lists what does not match: runs of bad pieces, and the
 * files that each run touches. Exit 4 if there are any, or if a file, even an empty one, is not there. Changes
 * nothing.
 */
import type { CheckOutcome, Disk, Storage } from '../../ports/disk.js';
import { nodeDisk } from '../../edge/disk.js';
import { Layout } from '../../model/layout.js';
import { pieceHash, type Metainfo } from '../../protocol/metainfo.js';
import { defineCommand } from '../command.js';
import { EXIT, failure } from '../exit.js';
import type { Io } from '../io.js';
import { mustBeNoFile, nothingIn } from '../folders.js';
import { flag, text, value } from '../option.js';
import { procs } from '../options.js';
import { showProgress } from '../progress.js';
import { count, plural, size } from '../../base/format.js';
import { printable } from '../render/text.js';
import { loadTorrent } from '../torrent-source.js';
import { badRuns, verdictOf, type BadRun } from './verify-report.js';

export const verify = defineCommand({
  name: 'verify',
  group: 'Torrents',
  summary: 'hashes what is on disk, lists bad pieces',
  args: 'TORRENT',
  arity: { least: 1, most: 1 },
  options: {
    folder: value('DIR', text, { group: 'Files', meaning: 'where the files are', initial: '.' }),
    procs: procs('Work', 0),
    json: flag({ group: 'Output', meaning: 'one object a line, for programs' }),
  },
  notes: ['Exit 0 if all is there and right, 4 if not. Nothing is changed.'],
  async run({ values, args: [source = ''], io }) {
    await mustBeNoFile(values.folder);
    const meta = await loadTorrent(source);
    const disk = nodeDisk({ procs: values.procs });
    const storage = disk.open(values.folder, meta.files);
    const report = await check(meta, { disk, storage, io }).finally(() => storage.close());
    if (values.json) sayJson(meta, report, io);
    else say(meta, { ...report, folder: values.folder }, io);
    return report.runs.length + report.missing.length === 0 ? EXIT.done : EXIT.mismatch;
  },
});

interface Report {
  readonly good: number;
  readonly runs: readonly BadRun[];
  /** Files that are not there, by index. */
  readonly missing: readonly number[];
  /** Files that have more bytes than the torrent says: no fault of the content, but worth a word. */
  readonly longer: readonly number[];
}
interface Place {
  readonly disk: Disk;
  readonly storage: Storage;
  readonly io: Io;
}

async function check(meta: Metainfo, { disk, storage, io }: Place): Promise<Report> {
  const layout = new Layout(meta);
  const progress = showProgress('checking', meta.totalBytes, io);
  const verdicts = new Array<CheckOutcome['type']>(meta.pieceCount).fill('absent');
  let next = 0;
  let done = 0;
  // Two a worker, so that none waits for this thread.
  const worker = async (): Promise<void> => {
    while (next < meta.pieceCount) {
      const piece = next++;
      const job = { expected: pieceHash(meta, piece), spans: layout.pieceSpans(piece) };
      const outcome = await new Promise<CheckOutcome>((resolve) => storage.check(job, resolve));
      if (outcome.type === 'trouble') throw failure(`${outcome.trouble.file}: ${outcome.trouble.detail}`);
      verdicts[piece] = outcome.type;
      done += layout.pieceBytes(piece);
      progress.at(done);
    }
  };
  await Promise.all(Array.from({ length: 2 * disk.parallel }, worker)).finally(() => progress.end());
  const facts = await storage.facts();
  const indices = [...meta.files.keys()];
  return {
    good: verdicts.filter((v) => v === 'match').length,
    runs: badRuns(verdicts, layout),
    missing: indices.filter((i) => facts[i] === undefined),
    longer: indices.filter((i) => (facts[i]?.length ?? 0) > meta.files[i]!.length),
  };
}

const pathOf = (meta: Metainfo, file: number): string => meta.files[file]?.path.join('/') ?? '';

function say(meta: Metainfo, report: Report & { readonly folder: string }, io: Io): void {
  const { red, yellow, green } = io.colors;
  const { good, runs, missing, longer } = report;
  const isNothing = meta.files.every((f, i) => f.padding || f.length === 0 || missing.includes(i));
  for (const run of runs) {
    const files = run.files.map((f) => printable(pathOf(meta, f)));
    const shown = files.length > 4 ? `${files.slice(0, 3).join(', ')} and ${files.length - 3} more` : files.join(', ');
    io.print(`${red(verdictOf(run))}  ${shown}`);
  }
  if (isNothing) io.print(red(nothingIn(report.folder, meta)));
  for (const file of isNothing ? [] : missing) io.print(`${red('file is not there')}  ${printable(pathOf(meta, file))}`);
  for (const file of longer) {
    io.print(`${yellow(`longer than ${size(meta.files[file]!.length)}`)}  ${printable(pathOf(meta, file))}`);
  }
  const bad = meta.pieceCount - good;
  const whole = bad === 0 && missing.length === 0;
  const name = printable(meta.name);
  const pieces = plural(meta.pieceCount, 'piece');
  io.print(whole
    ? green(`${name}: all ${pieces} match, ${size(meta.totalBytes)} in ${printable(report.folder)}`)
    : red(`${name}: ${count(bad)} of ${pieces} do not match`));
}

function sayJson(meta: Metainfo, { good, runs, missing, longer }: Report, io: Io): void {
  const put = (event: string, fields: object): void =>
    io.print(JSON.stringify({ event, time: new Date().toISOString(), torrent: meta.infoHash, ...fields }));
  for (const { files, ...run } of runs) put('bad', { ...run, files: files.map((f) => pathOf(meta, f)) });
  for (const file of missing) put('missing', { file: pathOf(meta, file) });
  for (const file of longer) put('longer', { file: pathOf(meta, file) });
  put('checked', { name: meta.name, good, bad: meta.pieceCount - good, pieces: meta.pieceCount });
}
