#!/usr/bin/env node
/** The `actorrent` command. */
import { processIo } from './io.js';
import { leave } from './leave.js';
import { run } from './run.js';

leave(await run(process.argv.slice(2), processIo()));
