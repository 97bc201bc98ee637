/**
 * The config file: the options of download and seed as TOML or JSON, `up-limit = "500K"` or `{"up-limit": "500K"}`,
 * with the names of the command line. Named by --config or ACTORRENT_CONFIG (`none` for no file), otherwise
 * `config.toml` or `config.json` in `actorrent/` of the user's config folder, if there is one.
 */
import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { describe, flaw, ok, type Result } from '../base/result.js';
import { inWords } from '../edge/words.js';
import { didYouMean } from '../policy/choke/nearest.js';
import { misuse } from './exit.js';
import type { Layer } from './layers.js';
import { dashed, type OptionTable } from './option.js';
import { parseToml, type Scalar, type Settings } from './toml.js';

type Env = Readonly<Record<string, string | undefined>>;

/** The file to read, if any; `named` wins. */
export function configPath(named: string | undefined, env: Env): string | undefined {
  const wanted = named ?? env['ACTORRENT_CONFIG'];
  if (wanted !== undefined && wanted !== '') return wanted === 'none' ? undefined : wanted;
  const home = process.platform === 'win32' ? env['APPDATA'] : env['XDG_CONFIG_HOME'] || ownConfig();
  if (home === undefined) return undefined;
  return ['config.toml', 'config.json'].map((name) => join(home, 'actorrent', name)).find((path) => existsSync(path));
}

/** A user without HOME who is in no list of users, as in a container, has no folder either. */
function ownConfig(): string | undefined {
  try {
    return join(homedir(), '.config');
  } catch {
    return undefined;
  }
}

/** Throws an Ending that names the file and what is wrong in it. */
export function readConfig(path: string, options: OptionTable): Layer {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (e) {
    throw misuse(`${path}: ${inWords(e)}`);
  }
  const settings = path.endsWith('.json') ? parseJson(text) : parseToml(text);
  if (!settings.ok) throw misuse(`${path}: ${describe(settings.error)}`);
  return layerOf(path, settings.value, options);
}

export function layerOf(path: string, settings: Settings, options: OptionTable): Layer {
  const keys = new Map(Object.keys(options).filter((key) => key !== 'config').map((key) => [dashed(key), key]));
  const texts = new Map<string, readonly string[]>();
  for (const [name, value] of settings) {
    const key = keys.get(name.replaceAll('_', '-'));
    if (key === undefined) throw misuse(`${path}: no option is called ${name}${didYouMean(name, [...keys.keys()])}`);
    const list = Array.isArray(value) ? value as readonly Scalar[] : [value as Scalar];
    if (list.length !== 1 && options[key]?.repeats !== true) {
      throw misuse(`${path}: ${name}: expected one value, found ${list.length}`);
    }
    texts.set(key, list.map(String));
  }
  return { texts: (key) => texts.get(key), label: (key) => `${path}: ${dashed(key)}` };
}

function parseJson(text: string): Result<Settings> {
  let data: unknown;
  try {
    data = JSON.parse(text);
  } catch (e) {
    return flaw('JSON', 'an object', `what is no JSON: ${e instanceof Error ? e.message : String(e)}`);
  }
  if (typeof data !== 'object' || data === null || Array.isArray(data)) {
    return flaw('JSON', 'an object', 'something else');
  }
  for (const [name, value] of Object.entries(data)) {
    const all: readonly unknown[] = Array.isArray(value) ? value : [value];
    if (!all.every(isScalar)) return flaw(name, 'a text, a number, true, false or a list of these', 'something else');
  }
  return ok(new Map(Object.entries(data) as [string, Scalar][]));
}

const isScalar = (v: unknown): v is Scalar => typeof v === 'string' || typeof v === 'number' || typeof v === 'boolean';
