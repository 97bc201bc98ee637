/** ES modules from files. One that has changed since it was last loaded is loaded anew; Node keeps the old one too. */
import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { flaw, ok } from '../base/result.js';
import type { Modules } from '../ports/modules.js';
import { inWords } from './words.js';

export const nodeModules: Modules = {
  async load(path) {
    const file = resolve(path);
    try {
      const { mtimeMs } = await stat(file);
      return ok(await import(`${pathToFileURL(file).href}?changed=${mtimeMs}`));
    } catch (e) {
      return flaw(path, 'an ES module', inWords(e));
    }
  },
};
