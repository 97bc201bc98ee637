/** What `npm start` runs: the CLI, and without arguments the demo. */
import { processIo } from './io.js';
import { leave } from './leave.js';
import { run } from './run.js';

const argv = process.argv.slice(2);
leave(await run(argv.length === 0 ? ['demo'] : argv, processIo()));
