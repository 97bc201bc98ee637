/** The version, from package.json: two folders above where this file is built to. */
import { readFileSync } from 'node:fs';

const { version } = JSON.parse(readFileSync(new URL('../../../package.json', import.meta.url), 'utf8')) as { readonly version: string };
export const VERSION = version;
/** Told to peers (BEP 10) and trackers. */
export const AGENT = `actorrent ${VERSION}`;
