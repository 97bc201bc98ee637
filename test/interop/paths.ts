/**
 * Where things are: the helpers in Python stay among the sources, and our CLI is the one built along with this file.
 */
import { fileURLToPath } from 'node:url';

const fromHere = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/** From build/test/interop back to the sources. */
export const sourcePath = (path: string): string => fromHere(`../../../test/interop/${path}`);
export const builtPath = (path: string): string => fromHere(path);
export { PROGRAM as CLI } from '../../src/cli/entries.js';
/** Debian's own, which python3-libtorrent is installed for; another `python3` may come first in PATH. */
export const PYTHON = '/usr/bin/python3';
