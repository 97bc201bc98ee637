/** FakeFolder: a watched folder in memory. A file that is put again is a newer one. */
import type { Sighting, WatchedFolder } from '../../src/ports/watched-folder.js';

export class FakeFolder implements WatchedFolder {
  readonly path = 'in';
  /** Undefined: it is not there. */
  files: Map<string, { readonly sighting: Sighting; readonly bytes: Uint8Array }> | undefined = new Map();
  reads = 0;
  private puts = 0;

  put(name: string, bytes: Uint8Array): void {
    this.files!.set(name, { sighting: { name, length: bytes.length, modifiedAt: this.puts++ }, bytes });
  }

  list = (are: (name: string) => boolean): Promise<readonly Sighting[]> => (this.files
    ? Promise.resolve([...this.files.values()].map(({ sighting }) => sighting).filter(({ name }) => are(name)))
    : Promise.reject(new Error('no such file or directory')));

  read = (name: string): Promise<Uint8Array> => {
    this.reads++;
    const file = this.files?.get(name);
    return file ? Promise.resolve(file.bytes) : Promise.reject(new Error('no such file or directory'));
  };
}
