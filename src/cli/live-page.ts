/** The live page on this machine: its server, its files, and a token of its own for each run. */
import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { Endpoint } from '../base/endpoint.js';
import { nodeHttpServer } from '../edge/http-server.js';
import { layOut } from '../graph/layout.js';
import { owns } from '../graph/owns.js';
import { talks } from '../graph/talks.js';
import type { LivePage } from '../ports/live-page.js';
import { GROUPS } from '../process/groups.js';
import { TOPOLOGY } from '../process/index.js';
import { livePage, type Graphs } from '../web/server.js';
import { PAGE_FILE } from './entries.js';

const TOKEN_BYTES = 16;

export const openPage = (at: Endpoint): LivePage => livePage({
  http: nodeHttpServer, at, token: randomBytes(TOKEN_BYTES).toString('hex'), file: (name) => readFile(PAGE_FILE(name)), graphs,
});

/** Laid out when somebody wants to see them. */
async function graphs(): Promise<Graphs> {
  const [talking, owning] = await Promise.all([layOut(talks(TOPOLOGY)), layOut(owns(TOPOLOGY, GROUPS))]);
  return { talks: talking, owns: owning };
}
