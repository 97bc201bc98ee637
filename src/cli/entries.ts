/**
 * What is started by its path: the program itself, and worker threads of the CLI. All paths lead over `src/cli`, so that they hold in
 * the bundle as well: there, `import.meta.url` is that of `src/cli/actorrent.js`, whichever file is asking.
 */
import { fileURLToPath } from 'node:url';

const entry = (path: string): URL => new URL(`../cli/${path}`, import.meta.url);

/** The program in one file, made of main.js by `npm run bundle`: it starts in half the time of its 200 modules. */
export const PROGRAM = fileURLToPath(entry('actorrent.js'));
/** The same in its modules: for profiles, which tell parts by their files. */
export const PROGRAM_IN_MODULES = fileURLToPath(entry('main.js'));
export const HASH_WORKER = entry('hash/hash-worker.js');
export const SIMULATION_WORKER = entry('simulate/worker.js');
/** The script and the style of the live page. */
export const PAGE_FILE = (name: string): URL => entry(`../web/page/${name}`);
export const CHECK_WORKER = entry('simulate/check-worker.js');
