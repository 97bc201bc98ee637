/**
 * transmission-daemon (Debian's, 3.00), configured by its settings.json and driven by its RPC over HTTP, over TCP only;
 * DHT, PEX, LSD, uTP and port forwarding are off, encryption is "tolerated" but not sought. It takes peers from a
 * tracker or from those who connect to it, never from us.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { listen } from '../events.js';
import { builtPath } from '../paths.js';
import { isListening } from '../proc-net.js';
import { PEER_PORT, READY_MS, until, type Client, type Job } from './client.js';

const RPC_PORT = 9091;
const ASK_MS = 15_000;
/** `status` of a torrent in the RPC (doc/rpc-spec, 3.3). */
const CHECKING = [1, 2];

interface TorrentView {
  readonly status: number;
  readonly percentDone: number;
  readonly leftUntilDone: number;
  /** Of a magnet link: nothing is left of what is not known. */
  readonly metadataPercentComplete: number;
  readonly uploadedEver: number;
  readonly error: number;
  readonly errorString: string;
  readonly trackerStats: readonly { readonly lastAnnounceSucceeded: boolean }[];
}
const FIELDS = ['status', 'percentDone', 'leftUntilDone', 'metadataPercentComplete', 'uploadedEver', 'error', 'errorString', 'trackerStats'];

export function startTransmission(job: Job): Client {
  if (job.peers?.length) throw new Error('Transmission cannot be told of a peer: use a tracker, or connect to it');
  const config = join(job.home, 'config');
  mkdirSync(config);
  writeFileSync(join(config, 'settings.json'), JSON.stringify(settings(job), undefined, 2));
  const daemon = job.host.start({
    name: job.name, cwd: job.home, argv: ['transmission-daemon', '--foreground', '--log-error', '--config-dir', config],
  });
  const relay = job.host.start({
    name: `${job.name} rpc`, cwd: job.home,
    argv: [process.execPath, builtPath('clients/rpc-relay.js'), `http://${job.host.ip4}:${RPC_PORT}/transmission/rpc`],
  });
  const answers = listen(relay);
  let asked = 0;

  async function ask(method: string, args: object): Promise<Readonly<Record<string, unknown>>> {
    const nth = ++asked;
    relay.write(JSON.stringify({ method, arguments: args }));
    const answer = await answers.first(`answer to ${method}`, () => answers.all().length >= nth, ASK_MS)
      .then(() => answers.all()[nth - 1]!.fields);
    if (answer.result !== 'success') throw new Error(`${job.name}: ${method}: ${JSON.stringify(answer.result)}`);
    return answer.arguments as Readonly<Record<string, unknown>>;
  }
  async function view(): Promise<TorrentView> {
    if (daemon.exit()) throw new Error(`${job.name} ended`);
    const { torrents } = await ask('torrent-get', { fields: FIELDS });
    const [torrent] = torrents as readonly TorrentView[];
    if (!torrent) throw new Error(`${job.name}: its torrent is gone`);
    if (torrent.error !== 0) throw new Error(`${job.name}: ${torrent.errorString}`);
    return torrent;
  }

  const added = (async () => {
    await until(`${job.name} to listen`, () => daemon.exit() !== undefined
      || (isListening(daemon.pid, RPC_PORT) && isListening(daemon.pid, PEER_PORT)), READY_MS);
    if (daemon.exit()) throw new Error(`${job.name} ended`);
    await ask('torrent-add', { filename: job.torrent, 'download-dir': job.folder });
  })();
  added.catch(() => {}); // whoever waits for it hears of it

  return {
    name: job.name, pid: daemon.pid, peakRss: daemon.peakRss,
    ready: async () => {
      await added;
      await until(`${job.name} to be ready`, async () => {
        const { status, trackerStats } = await view();
        return !CHECKING.includes(status) && (!job.tracked || trackerStats.some((s) => s.lastAnnounceSucceeded));
      }, READY_MS);
    },
    complete: async (deadlineMs) => {
      await added;
      await until(`${job.name} to complete`, async () => {
        const { status, leftUntilDone, metadataPercentComplete } = await view();
        return !CHECKING.includes(status) && metadataPercentComplete === 1 && leftUntilDone === 0;
      }, deadlineMs);
      return performance.now();
    },
    uploaded: async () => (await view()).uploadedEver,
    stop: async () => {
      await relay.stop();
      const { code, signal } = await daemon.stop();
      if (code !== 0) throw new Error(`${job.name} ended with ${signal ?? code}`);
    },
  };
}

const settings = (job: Job): object => ({
  'bind-address-ipv4': job.host.ip4, 'bind-address-ipv6': job.host.ip6,
  'peer-port': PEER_PORT, 'peer-port-random-on-start': false, 'port-forwarding-enabled': false,
  'rpc-enabled': true, 'rpc-bind-address': job.host.ip4, 'rpc-port': RPC_PORT,
  'rpc-whitelist-enabled': false, 'rpc-host-whitelist-enabled': false, 'rpc-authentication-required': false,
  'dht-enabled': false, 'pex-enabled': false, 'lpd-enabled': false, 'utp-enabled': false, encryption: 0,
  'download-dir': job.folder, 'incomplete-dir-enabled': false, 'rename-partial-files': false, preallocation: 0,
  'speed-limit-up-enabled': false, 'speed-limit-down-enabled': false, 'alt-speed-enabled': false,
  'ratio-limit-enabled': false, 'idle-seeding-limit-enabled': false, 'seed-queue-enabled': false,
  'download-queue-enabled': false, 'start-added-torrents': true, 'scrape-paused-torrents-enabled': false,
  'peer-limit-global': 100, 'peer-limit-per-torrent': 50, 'upload-slots-per-torrent': 8,
});
