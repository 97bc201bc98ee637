/** A film of 400 KB, its torrent, and the built program that seeds and downloads it: offline, in a folder of its own. */
import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ClientEvent } from '../../src/ports/events.js';
import { Running, runToEnd } from './running.js';

export interface Seeder extends Pick<Running, 'next' | 'type'> {
  readonly peer: string;
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
  actorrent(...args: readonly string[]): ReturnType<typeof runToEnd> {
    return runToEnd(this, args);
  }

  /** Seeds the film while `play` runs, which may wait for events and type lines; then Ctrl-C. All events of the run. */
  async seeding(options: readonly string[], play: (seeder: Seeder) => Promise<void>): Promise<readonly ClientEvent[]> {
    const program = new Running(this, ['seed', 'film.torrent', '--folder', 'from', '--ip', '127.0.0.1', '--port', '0', ...options]);
    try {
      const { port } = await program.first('listening');
      await play({ next: (...a) => program.next(...a), type: (line) => program.type(line), peer: `127.0.0.1:${port}` });
      program.kill('SIGINT');
      assert.equal(await program.ended, 130);
    } finally {
      program.kill();
    }
    return program.events;
  }

  async download(folderName: string, { peer }: Seeder): Promise<void> {
    assert.equal((await this.actorrent('film.torrent', '--folder', folderName, '--port', '0', '--peer', peer)).code, 0);
    assert.ok((await readFile(join(this.folder, folderName, 'film'))).equals(await readFile(join(this.folder, 'from/film'))));
  }
}
