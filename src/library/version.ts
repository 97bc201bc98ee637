/** The version, from package.json: two folders above where this file is built to. */
import { readFileSync } from 'node:fs';

const file = new URL('../../../package.json', import.meta.url);
export const VERSION = (JSON.parse(readFileSync(file, 'utf8')) as { readonly version: string }).version;
/** Told to peers (BEP 10) and trackers. */
export const AGENT = `actorrent ${VERSION}`;
