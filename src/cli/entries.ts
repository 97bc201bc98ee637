/**
 * What is started or served by its path. The program and the page are there only as they are published, in `build/dist` (tools/bundle.ts).
 * Worker threads lie the same way from every file that is one folder below `src` or `dist`, where this one is in either.
 */
import { fileURLToPath } from 'node:url';

const published = (path: string): URL => new URL(`../../dist/${path}`, import.meta.url);
const beside = (path: string): URL => new URL(`../cli/${path}`, import.meta.url);

export const PROGRAM = fileURLToPath(published('cli/actorrent.js'));
/** The same in its modules: for profiles, which tell parts by their files. */
export const PROGRAM_IN_MODULES = fileURLToPath(beside('main.js'));
export const HASH_WORKER = beside('hash/hash-worker.js');
export const SIMULATION_WORKER = beside('simulate/worker.js');
export const CHECK_WORKER = beside('simulate/check-worker.js');
/** The script and the style of the live page. */
export const PAGE_FILE = (name: string): URL => published(`web/page/${name}`);
