/** The live page on this machine: its server, its files, and a token of its own for each run. */
import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { Endpoint } from '../base/endpoint.js';
import { nodeHttpServer } from '../edge/http-server.js';
import type { LivePage } from '../ports/live-page.js';
import { livePage } from '../web/server.js';
import { PAGE_FILE } from './entries.js';

const TOKEN_BYTES = 16;

export const openPage = (at: Endpoint): LivePage => livePage({
  http: nodeHttpServer, at, token: randomBytes(TOKEN_BYTES).toString('hex'), file: (name) => readFile(PAGE_FILE(name)),
});
