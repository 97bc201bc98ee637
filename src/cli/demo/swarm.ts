/** The demo's swarm: a tracker, a seeder and three leechers, and what each of them says of itself. */
import { join } from 'node:path';
import type { Millis } from '../../base/units.js';
import type { ClientEvent } from '../../ports/events.js';
import { failure } from '../exit.js';
import type { Env } from '../io.js';
import { EMPTY_BOARD, post, type Board, type Row } from '../render/board.js';
import { startChild, type Child } from './child.js';

/** Of the torrent, and so of the folder with the content. */
export const CONTENT = 'content';
export const TORRENT = 'demo.torrent';

/**
 * KB/s. Three leechers at 7.5 MB/s take 9 s for 64 MiB. The seeder gives little more than it must, so that most of the
 * bytes come from the other leechers: it is a swarm, not a file server.
 */
const SEEDER = ['--up-limit', '10000'];
const LEECHER = ['--up-limit', '6000', '--down-limit', '7500'];
const LEECHERS = 3;
const LISTEN = ['--ip', '127.0.0.1', '--port', '0'];
const CLIENT = [...LISTEN, '--procs', '1', '--json'];

export const CLIENTS: readonly string[] = ['seeder', ...Array.from({ length: LEECHERS }, (_, i) => `leecher-${i + 1}`)];
export const LEECHER_NAMES = CLIENTS.slice(1);
/** It has a live page. */
const LOOKED_AT = 'leecher-1';

export interface Typed {
  readonly words: readonly string[];
  /** It runs on, so a shell needs an `&` to type the next. */
  readonly goesOn: boolean;
}

export interface SwarmOptions {
  readonly folder: string;
  readonly env: Env;
  /** Each client loses a process this often. */
  readonly killEvery?: Millis;
  /** A trace of the one that has a live page. */
  readonly trace?: string;
  readonly onWarning?: (client: string, warning: string) => void;
  /** Hears where one of the leechers is to be looked at. */
  readonly onPage: (url: string) => void;
}

export class Swarm {
  readonly #folder: string;
  readonly #env: Env;
  readonly #boards = new Map<string, Board>();
  readonly #children: Child[] = [];
  readonly #o: SwarmOptions;
  #trackerPort = '0';

  constructor(o: SwarmOptions) {
    this.#folder = o.folder;
    this.#env = o.env;
    this.#o = o;
  }

  /** A row a client, by its name. */
  get board(): Board {
    const rows = CLIENTS.flatMap((name): [string, Row][] => {
      const row = [...this.#boards.get(name)?.values() ?? []][0];
      return row === undefined ? [] : [[name, { ...row, name }]];
    });
    return new Map(rows);
  }

  /** What to type after `actorrent` for the same. The tracker then needs the port that it found for itself. */
  get commands(): readonly Typed[] {
    return this.#children.map(({ name, args }) => {
      const shown = args.filter((word) => word !== '--json');
      const words = name === 'tracker' ? shown.map((word) => word === '0' ? this.#trackerPort : word) : shown;
      return { words, goesOn: name !== 'create' };
    });
  }

  /** The announce URL. */
  startTracker(): Promise<string> {
    return new Promise((resolve, reject) => {
      const child = this.#start('tracker', ['tracker', ...LISTEN, '--json'], (line) => {
        const said = JSON.parse(line) as { readonly event: string; readonly url?: string };
        if (said.event !== 'listening' || said.url === undefined) return;
        this.#trackerPort = new URL(said.url).port;
        resolve(said.url);
      });
      void child.ended.then(() => reject(failure(`the tracker did not start: ${child.lastWords()}`)));
    });
  }

  async createTorrent(tracker: string): Promise<void> {
    const args = ['create', join('seeder', CONTENT), '-o', TORRENT, '--force', '--tracker', tracker];
    const child = this.#start('create', args, () => undefined);
    if (await child.ended !== 0) throw failure(`the torrent could not be made: ${child.lastWords()}`);
  }

  /** Resolves when all leechers have everything; rejects where a client ends before that. */
  async share(): Promise<void> {
    const clients = CLIENTS.map((name) => {
      const seeds = name === 'seeder';
      const limits = seeds ? SEEDER : LEECHER;
      const log = ['--log-file', `${name}.log`];
      const { killEvery, trace } = this.#o;
      const chaos = killEvery === undefined ? [] : ['--chaos', String(killEvery)];
      const page = name === LOOKED_AT ? ['--ui', '0', ...(trace === undefined ? [] : ['--trace', trace])] : [];
      const args = [seeds ? 'seed' : 'download', TORRENT, '--folder', name, ...limits, ...CLIENT, ...log, ...page, ...chaos];
      return this.#start(name, args, (line) => this.#hear(name, JSON.parse(line) as ClientEvent));
    });
    const complete = async (child: Child): Promise<void> => {
      const code = await child.ended;
      if (code === 0 && child.name !== 'seeder') return;
      throw failure(`${child.name} ended with ${code}: ${child.lastWords()}`);
    };
    const [seeder, ...leechers] = clients.map(complete);
    await Promise.race([Promise.all(leechers), seeder]);
  }

  /** All that still run are asked to stop, and waited for. */
  async stop(): Promise<void> {
    for (const child of this.#children) child.stop();
    await Promise.all(this.#children.map((child) => child.ended));
  }

  #start(name: string, args: readonly string[], onLine: (line: string) => void): Child {
    const child = startChild({ name, args, cwd: this.#folder, env: this.#env, onLine });
    this.#children.push(child);
    return child;
  }

  #hear(name: string, event: ClientEvent): void {
    if (event.event === 'page') this.#o.onPage(event.url);
    if (event.event === 'warning') this.#o.onWarning?.(name, event.reason);
    this.#boards.set(name, post(this.#boards.get(name) ?? EMPTY_BOARD, event));
  }
}
