/** A film of 400 KB, its torrent, and the built program that seeds and downloads it: offline, in a folder of its own. */
import assert from 'node:assert/strict';
import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { PROGRAM } from '../../src/cli/entries.js';
import type { ClientEvent } from '../../src/ports/events.js';

type Child = ChildProcessByStdio<Writable, Readable, Readable>;
type EventOf<K extends ClientEvent['event']> = Extract<ClientEvent, { readonly event: K }>;

export interface Seeder {
  readonly peer: string;
  next<K extends ClientEvent['event']>(kind: K, is?: (e: EventOf<K>) => boolean): Promise<EventOf<K>>;
  type(line: string): void;
}

export class Film {
  /** Where the program runs; the film is in `from`. */
  readonly folder: string;

  private constructor(folder: string) {
    this.folder = folder;
  }

  static async make(...createOptions: readonly string[]): Promise<Film> {
    const film = new Film(await mkdtemp(join(tmpdir(), 'actorrent-test-')));
    await mkdir(join(film.folder, 'from'));
    await writeFile(join(film.folder, 'from/film'), Buffer.alloc(400_000, 1));
    assert.equal((await film.actorrent('create', 'from/film', '-o', 'film.torrent', ...createOptions)).code, 0);
    return film;
  }

  remove(): Promise<void> {
    return rm(this.folder, { recursive: true });
  }

  /** Runs the program to its end. */
  async actorrent(...args: readonly string[]) {
    const child = this.run(args);
    child.stdin.end();
    let [out, err] = ['', ''];
    child.stdout.setEncoding('utf8').on('data', (t: string) => { out += t; });
    child.stderr.setEncoding('utf8').on('data', (t: string) => { err += t; });
    return { code: await ended(child), out, err, get lines() { return out.trim().split('\n'); } };
  }

  /** Seeds the film while `play` runs, which may wait for events and type lines; then Ctrl-C. All events of the run. */
  async seeding(options: readonly string[], play: (seeder: Seeder) => Promise<void>): Promise<readonly ClientEvent[]> {
    const child = this.run(['seed', 'film.torrent', '--folder', 'from', '--ip', '127.0.0.1', '--port', '0', '--json', ...options]);
    const events: ClientEvent[] = [];
    const lines = createInterface(child.stdout).on('line', (line) => events.push(JSON.parse(line) as ClientEvent));
    const next: Seeder['next'] = (kind, is = () => true) => new Promise((resolve, reject) => {
      lines.on('line', () => {
        const event = events.at(-1)!;
        if (event.event === kind && is(event as EventOf<typeof kind>)) resolve(event as EventOf<typeof kind>);
      });
      lines.on('close', () => reject(new Error(`ended without ${kind}`)));
    });
    try {
      const { port } = await next('listening');
      await play({ next, type: (line) => child.stdin.write(`${line}\n`), peer: `127.0.0.1:${port}` });
      child.kill('SIGINT');
      assert.equal(await ended(child), 130);
    } finally {
      child.kill('SIGKILL');
    }
    return events;
  }

  async download(folderName: string, { peer }: Seeder): Promise<void> {
    assert.equal((await this.actorrent('film.torrent', '--folder', folderName, '--port', '0', '--peer', peer)).code, 0);
    assert.ok((await readFile(join(this.folder, folderName, 'film'))).equals(await readFile(join(this.folder, 'from/film'))));
  }

  private run(args: readonly string[]): Child {
    return spawn(process.execPath, [PROGRAM, ...args], {
      cwd: this.folder, stdio: ['pipe', 'pipe', 'pipe'], env: { PATH: process.env['PATH'], ACTORRENT_CONFIG: 'none' },
    });
  }
}

const ended = (child: Child): Promise<number | null> => new Promise((resolve) => { child.on('close', resolve); });
