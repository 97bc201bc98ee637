/** The built program, run in a folder: to its end, or spoken to while it runs. Offline, and with no settings of the user's. */
import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { PROGRAM } from '../../src/cli/entries.js';
import type { ClientEvent } from '../../src/ports/events.js';

export type EventOf<K extends ClientEvent['event']> = ClientEvent & { readonly event: K };

export interface Place {
  readonly folder: string;
  /** Who runs it; absent: whoever runs the test. */
  readonly uid?: number;
}

type Child = ChildProcessByStdio<Writable, Readable, Readable>;

const spawnIn = ({ folder, uid }: Place, args: readonly string[]): Child => spawn(process.execPath, [PROGRAM, ...args], {
  cwd: folder, stdio: ['pipe', 'pipe', 'pipe'], env: { PATH: process.env['PATH'], ACTORRENT_CONFIG: 'none' },
  ...(uid !== undefined && { uid, gid: uid }),
});

const endOf = (child: Child): Promise<number | null> => new Promise((resolve) => { child.on('close', resolve); });

export async function runToEnd(place: Place, args: readonly string[]) {
  const child = spawnIn(place, args);
  child.stdin.end();
  let [out, err] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (t: string) => { out += t; });
  child.stderr.setEncoding('utf8').on('data', (t: string) => { err += t; });
  return { code: await endOf(child), out, err, get lines() { return out.trim().split('\n'); } };
}

/** A run with `--json`: what it says, as it says it. */
export class Running {
  readonly events: ClientEvent[] = [];
  /** Its exit code; null where a signal has ended it. */
  readonly ended: Promise<number | null>;
  readonly pid: number;
  private readonly child: Child;
  private readonly ears = new Set<() => void>();

  constructor(place: Place, args: readonly string[]) {
    this.child = spawnIn(place, [...args, '--json']);
    this.pid = this.child.pid ?? -1;
    this.child.stderr.resume();
    const hear = (): void => this.ears.forEach((ear) => ear());
    createInterface(this.child.stdout).on('line', (line) => {
      this.events.push(JSON.parse(line) as ClientEvent);
      hear();
    });
    this.ended = endOf(this.child);
    void this.ended.then(hear);
  }

  /** The first such event from now on; rejects where the program ends without. */
  next<K extends ClientEvent['event']>(kind: K, is: (e: EventOf<K>) => boolean = () => true): Promise<EventOf<K>> {
    return this.after(this.events.length, kind, is);
  }

  /** The first such event, from the start on. */
  first<K extends ClientEvent['event']>(kind: K, is: (e: EventOf<K>) => boolean = () => true): Promise<EventOf<K>> {
    return this.after(0, kind, is);
  }

  type(line: string): void {
    this.child.stdin.write(`${line}\n`);
  }

  kill(signal: NodeJS.Signals = 'SIGKILL'): void {
    this.child.kill(signal);
  }

  private after<K extends ClientEvent['event']>(from: number, kind: K, is: (e: EventOf<K>) => boolean): Promise<EventOf<K>> {
    return new Promise((resolve, reject) => {
      let at = from;
      const look = (): void => {
        for (; at < this.events.length; at++) {
          const event = this.events[at]!;
          if (event.event !== kind || !is(event as EventOf<K>)) continue;
          this.ears.delete(look);
          return resolve(event as EventOf<K>);
        }
      };
      this.ears.add(look);
      void this.ended.then(() => reject(new Error(`ended without ${kind}: ${JSON.stringify(this.events.slice(-5))}`)));
      look();
    });
  }
}
