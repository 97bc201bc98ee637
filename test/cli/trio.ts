/** Three torrents of a file each, and the built program that seeds them: offline, in a folder of their own. */
import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ClientEvent } from '../../src/ports/events.js';
import { Running, runToEnd } from './running.js';

export const NAMES = ['a', 'b', 'c'];
export const TORRENTS = NAMES.map((name) => `${name}.torrent`);
export const TRIO_BYTES = 300_000;

export class Trio {
  /** Where the program runs; the files are in `from`. */
  readonly folder: string;

  private constructor(folder: string) {
    this.folder = folder;
  }

  static async make(): Promise<Trio> {
    const trio = new Trio(await mkdtemp(join(tmpdir(), 'actorrent-test-')));
    await mkdir(trio.path('from'));
    for (const [i, name] of NAMES.entries()) {
      await writeFile(trio.path('from', name), Buffer.alloc(TRIO_BYTES, i));
      assert.equal((await runToEnd(trio, ['create', `from/${name}`])).code, 0);
    }
    return trio;
  }

  path(...parts: readonly string[]): string {
    return join(this.folder, ...parts);
  }

  remove(): Promise<void> {
    return rm(this.folder, { recursive: true });
  }

  /** Seeds all three while `play` runs; `peer` is where. */
  async seeding(options: readonly string[], play: (peer: string, seeder: Running) => Promise<void>): Promise<void> {
    const seeder = new Running(this, ['seed', ...TORRENTS, '--folder', 'from', '--ip', '127.0.0.1', '--port', '0', ...options]);
    try {
      const { port } = await seeder.first('listening');
      await play(`127.0.0.1:${port}`, seeder);
    } finally {
      seeder.kill();
      await seeder.ended;
    }
  }

  async mustHave(folder: string, name: string): Promise<void> {
    assert.ok((await readFile(this.path(folder, name))).equals(await readFile(this.path('from', name))), `${folder}/${name} differs`);
  }
}

/** Turns, pauses and ends of torrents, in their order. */
export const said = (events: readonly ClientEvent[]): string[] => events.flatMap((e) =>
  ['done', 'queued', 'resumed', 'paused', 'seeded'].includes(e.event) && 'name' in e ? [`${e.event} ${e.name}`] : []);
