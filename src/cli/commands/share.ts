/**
 * `download` and `seed`: torrents and options -> one client, run to its end. They differ in three things: when they are
 * over, what they take, and that `seed` refuses a folder with nothing of the torrent in it (it would download into it).
 */
import { stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { AnyRequest, ClientConfig } from '../../client.js';
import { startClient } from '../../compose.js';
import { nodePorts } from '../../edge/ports.js';
import { nodeWatchedFolder } from '../../edge/watched-folder.js';
import { freshPeerId, freshSeed } from '../../library/identity.js';
import { pieceMemory } from '../../library/piece-memory.js';
import { usualPort } from '../../library/usual-port.js';
import { AGENT } from '../../library/version.js';
import type { Ways } from '../../library/ways.js';
import type { Magnet } from '../../protocol/magnet.js';
import type { WatchedFolder } from '../../ports/watched-folder.js';
import { METAINFO_LIMITS, type Metainfo } from '../../protocol/metainfo.js';
import { losing } from '../chaos.js';
import { defineCommand, type Invocation } from '../command.js';
import { listenToStdin } from '../console-input.js';
import { failure, misuse, type ExitCode } from '../exit.js';
import { mustHaveWay } from '../fetch-metainfo.js';
import { isFolder, mustBeNoFile, nothingIn } from '../folders.js';
import { canRedraw, type Io } from '../io.js';
import { onDone } from '../on-done.js';
import { quoted } from '../option.js';
import { SESSION_OPTIONS, type SessionValues } from '../options.js';
import type { Until } from '../outcome.js';
import { choosePolicies, choosePolicySpec, type Policies } from '../policy-source.js';
import { openPage } from '../live-page.js';
import { openOutput, recordIn } from '../output-file.js';
import { jsonOutput } from '../render/json.js';
import { liveOutput } from '../render/live.js';
import { openLogFile } from '../render/log-file.js';
import type { Output } from '../render/output.js';
import { plainOutput } from '../render/plain.js';
import { printable } from '../render/text.js';
import { loadAll, magnetRequestOf, orWhyNot, requestOf, unique } from '../requests.js';
import { runSession } from '../session.js';
import { openTrace } from '../trace-file.js';
import { loadTorrent, readTorrent } from '../torrent-source.js';

const TORRENTS = 'TORRENT...';

export const download = defineCommand({
  name: 'download',
  group: 'Share',
  summary: 'downloads, then exits; or goes on: --seed',
  args: TORRENTS,
  arity: { least: 0, most: Infinity },
  configurable: true,
  options: SESSION_OPTIONS,
  async run(invocation) {
    mustHaveSource('download', invocation);
    return share(invocation, untilOf(invocation.values), linkOrTorrent);
  },
});

export const seed = defineCommand({
  name: 'seed',
  group: 'Share',
  summary: 'checks what is there, then seeds',
  args: TORRENTS,
  arity: { least: 0, most: Infinity },
  configurable: true,
  // It seeds anyway.
  options: { ...SESSION_OPTIONS, seed: { ...SESSION_OPTIONS.seed, rare: true } },
  async run(invocation) {
    mustHaveSource('seed', invocation);
    const values = { ...invocation.values, seed: true };
    return share({ ...invocation, values }, untilOf(values), whatIsThere);
  },
});

function mustHaveSource(command: string, { values, args }: Invocation<SessionValues>): void {
  if (args.length === 0 && values.watch === undefined) {
    throw misuse(`${command}: expected a TORRENT or --watch DIR, found neither; see actorrent ${command} --help`);
  }
}

/** Torrents may come by the watched folder, and to a client that seeds by its page. */
function untilOf(v: SessionValues): Until {
  if (v.watch !== undefined) return 'never';
  if (v.seedRatio !== undefined || v.seedTime !== undefined) return 'seeded';
  if (!v.seed) return 'done';
  return v.ui === undefined ? 'stopped' : 'never';
}

/** What a source is to the command: its metainfo, or a link that leads to it. */
type Load = (source: string, ways: Required<Ways>) => Promise<Metainfo | Magnet>;

const linkOrTorrent: Load = async (source, ways) => {
  const read = await readTorrent(source);
  if (!('files' in read)) await mustHaveWay(read, ways);
  return read;
};

const whatIsThere: Load = async (source, ways) => {
  const meta = await loadTorrent(source, ways);
  await mustBeThere(meta, ways.folder);
  return meta;
};

async function share({ values, args, io }: Invocation<SessionValues>, until: Until, load: Load): Promise<ExitCode> {
  await mustBeNoFile(values.folder);
  const sources = await loadAll(args, (source) => load(source, { peers: values.peer, folder: values.folder }));
  const policies = await choosePolicies(values.chokePolicy, values.chokeParam);
  const { own: ownPolicy } = policies;
  const request = (source: Metainfo | Magnet): AnyRequest =>
    'files' in source ? requestOf(source, values, { ownPolicy }) : magnetRequestOf(source, values, ownPolicy);
  const requests = unique(sources.map(request), io);
  const watched = values.watch === undefined ? undefined : await watchedFolder(values.watch);
  const ports = nodePorts({ procs: values.procs, agent: AGENT });
  const { clock } = ports;
  const wall = (): number => clock.wall();
  const log = values.logFile === undefined ? undefined : openLogFile(values.logFile, wall);
  const config = await configOf(values, policies);
  const live = isLive(values, io);
  const output = outputOf(values, { io, live, now: () => clock.now(), wall });
  const note = (line: string): void => output.note(line);
  const record = values.recordChoke === undefined ? undefined : openOutput({ path: values.recordChoke, what: 'record', note });
  const trace = values.trace === undefined ? undefined
    : openTrace({ path: values.trace, blocks: values.traceBlocks, clock, note });
  const hook = values.onDone === undefined ? undefined
    : onDone({ command: values.onDone, folder: resolve(values.folder), env: io.env, note: (line) => io.complain(printable(line)) });
  const session = runSession({
    start: values.chaos ? losing(values.chaos, startClient) : startClient,
    config: { ...config, newTorrent: (source) => orWhyNot(() => request(source)), ...(trace && { tap: trace.tap }) },
    requests, until, output, log, onDone: hook,
    ports: {
      ...ports, ...(record && { record: recordIn(record) }), ...(values.ui && { page: openPage(values.ui) }), ...(watched && { watched }),
    },
    lines: (onLine) => listenToStdin(live, { onLine, onTyping: (line) => output.typing(line), onSuspend: () => output.suspend() }),
  });
  return session.finally(() => hook?.settled()).finally(() => record?.close()).finally(() => trace?.close());
}

async function configOf(v: SessionValues, policies: Policies): Promise<ClientConfig> {
  return {
    seed: freshSeed(),
    peerId: freshPeerId(),
    agent: AGENT,
    listen: { port: v.port ?? await usualPort(v.ip), ...(v.ip !== undefined && { host: v.ip }) },
    limits: { up: v.upLimit, down: v.downLimit },
    torrentLimits: { up: v.torrentUpLimit, down: v.torrentDownLimit },
    peerLimits: { up: v.peerUpLimit, down: v.peerDownLimit },
    unlimitedLocal: v.unlimitedLocal,
    choke: policies.forAll,
    ...(v.shadowPolicy !== undefined && { shadow: await choosePolicySpec(v.shadowPolicy, '--shadow-policy') }),
    maxPeers: v.maxPeers,
    ...(v.maxActive !== undefined && { maxActive: v.maxActive }),
    chaos: v.chaos !== undefined,
    pieceMemory,
    saveEvery: v.saveInterval,
  };
}

/** More than anybody looks through. */
const WATCHED_FILES = 10_000;

/** It may vanish later; but what is not there at the start is a slip. */
async function watchedFolder(path: string): Promise<WatchedFolder> {
  if (await isFolder(path) !== true) throw misuse(`--watch: expected a folder, found ${quoted(path)}`);
  return nodeWatchedFolder(path, { mostFiles: WATCHED_FILES, largestFile: METAINFO_LIMITS.maxBytes });
}

async function mustBeThere(meta: Metainfo, folder: string): Promise<void> {
  for (const { path, length, padding } of meta.files) {
    if (length > 0 && !padding && await stat(join(folder, ...path)).then((s) => s.isFile(), () => false)) return;
  }
  throw failure(nothingIn(folder, meta));
}

const isLive = (v: SessionValues, { stdout, env }: Io): boolean => canRedraw(stdout, env) && !v.json && !v.quiet;

interface Stage {
  readonly io: Io;
  readonly live: boolean;
  readonly now: () => number;
  readonly wall: () => number;
}

function outputOf({ json, quiet, verbose }: SessionValues, { io, live, now, wall }: Stage): Output {
  if (json) return jsonOutput({ io, wall });
  return live ? liveOutput({ io, quiet, verbose }) : plainOutput({ io, now, quiet, verbose });
}
