/** All that a client takes of the outside world: the composition root is handed one of these. */
import type { IpFamily } from '../base/ip.js';
import type { Clock } from './clock.js';
import type { Disk } from './disk.js';
import type { Sha1 } from './hash.js';
import type { Http } from './http.js';
import type { LivePage } from './live-page.js';
import type { Modules } from './modules.js';
import type { Net } from './net.js';
import type { RecordFile } from './record.js';
import type { Terminal } from './terminal.js';
import type { Udp } from './udp.js';
import type { WatchedFolder } from './watched-folder.js';

export interface Ports {
  readonly clock: Clock;
  readonly net: Net;
  readonly disk: Disk;
  readonly http: Http;
  /** Absent: UDP trackers cannot be asked. */
  readonly udp?: Udp;
  /** Of addresses that this machine may have; absent: of no concern. */
  readonly families?: readonly IpFamily[];
  readonly sha1: Sha1;
  readonly terminal: Terminal;
  /** Absent: what a user types cannot load a policy from a file. */
  readonly modules?: Modules;
  /** Where the ChokeMgr writes down what it sees and decides. */
  readonly record?: RecordFile;
  /** Where people put torrents that are to be added; absent: nowhere. */
  readonly watched?: WatchedFolder;
  /** Where people look at the client; absent: nowhere. */
  readonly page?: LivePage;
}
