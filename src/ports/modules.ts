/** Modules: code of the user's own, loaded while the client runs. */
import type { Result } from '../base/result.js';

export interface Modules {
  /** What the file exports, as it is now; a flaw where it cannot be loaded. */
  load(path: string): Promise<Result<unknown>>;
}
