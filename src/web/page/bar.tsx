/** How far something is: as a bar, and in figures. */
import { percent } from '../../base/format.js';

export function Bar({ part }: { part: number }) {
  return <span class="bar"><progress max={1} value={part} aria-hidden="true" />{percent(part)}</span>;
}
