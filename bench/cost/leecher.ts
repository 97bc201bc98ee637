/** One download in a program of its own, as a LeechOrder says; it tells what it took of the processors between the client's start and its end. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe } from '../../src/base/result.js';
import { openPage } from '../../src/cli/live-page.js';
import { openTrace } from '../../src/cli/trace-file.js';
import { startClient } from '../../src/compose.js';
import { nodePorts } from '../../src/edge/ports.js';
import { configOf, requestOf } from '../../src/library/options.js';
import { AGENT } from '../../src/library/version.js';
import type { ClientEvent } from '../../src/ports/events.js';
import { parseMetainfo } from '../../src/protocol/metainfo.js';
import type { LeechOrder, LeechWord } from './watched.js';

const { watching, torrent, folder, ip, peer } = JSON.parse(process.argv[2]!) as LeechOrder;
const ports = nodePorts({ procs: 1, agent: AGENT });
const meta = parseMetainfo(readFileSync(torrent), ports.sha1);
if (!meta.ok) throw new Error(describe(meta.error));
const note = (line: string): void => { throw new Error(line); };
const blocks = watching === 'trace all';
const trace = watching === 'trace' || blocks
  ? openTrace({ path: join(folder, 'trace.jsonl'), blocks, clock: ports.clock, note }) : undefined;
const config = await configOf({ host: ip, port: 0 });

const say = (word: LeechWord): void => { process.stdout.write(`${JSON.stringify(word)}\n`); };
const begun = process.cpuUsage();
const client = startClient({ ...config, counting: watching !== 'nothing', ...(trace && { tap: trace.tap }) }, {
  ...ports, terminal: { lines: () => () => undefined, show: hear },
  ...(watching === 'page' && { page: openPage({ host: ip, port: 0 }) }),
});
const download = (): void => void client.add(requestOf(meta.value, { folder, peers: [peer] }));
// Who is looked at is looked at from the start.
if (watching === 'page') process.stdin.once('data', download);
else download();

function hear(event: ClientEvent): void {
  if (event.event === 'page') say({ page: event.url });
  if (event.event === 'error' || event.event === 'warning') throw new Error(event.reason);
  if (event.event === 'done') setImmediate(finish);
  if (event.event === 'stopped') process.exit();
}

function finish(): void {
  // What is left to be written of a trace is part of its cost.
  void Promise.resolve(trace?.close()).then(() => {
    const { user, system } = process.cpuUsage(begun);
    say({ cpuMs: (user + system) / 1000 });
    client.stop();
  });
}
