/**
 * Text for people on a terminal. Names and reasons come from torrents, trackers and peers, so control characters are
 * taken out before they are shown (an escape sequence in a file name is code for the terminal). Widths are terminal
 * columns.
 */

/** C0 and C1 controls, line separators, and the marks that turn the direction of writing become U+FFFD. */
const UNSAFE = /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff]/g;
export const printable = (text: string): string => text.replace(UNSAFE, '\ufffd');

/** East Asian wide characters and pictographs take two columns, combining marks and joiners none. */
export function columnsOf(text: string): number {
  let columns = 0;
  for (const character of text) columns += /[\p{M}\u200b-\u200d]/u.test(character) ? 0 : WIDE.test(character) ? 2 : 1;
  return columns;
}
const WIDE = new RegExp('[\\u1100-\\u115f\\u2e80-\\u303e\\u3041-\\ua4cf\\uac00-\\ud7a3\\uf900-\\ufaff\\ufe30-\\ufe6f'
  + '\\uff00-\\uff60\\uffe0-\\uffe6\\u{1f300}-\\u{1faff}\\u{20000}-\\u{3fffd}]', 'u');

/** Exactly `width` columns, cut in the middle where it is longer: endings tell files of a series apart. */
export function fit(text: string, width: number, ellipsis = '…'): string {
  const columns = columnsOf(text);
  if (columns <= width) return text + ' '.repeat(width - columns);
  if (width <= ellipsis.length) return ellipsis.slice(0, width);
  const characters = [...text];
  const room = width - ellipsis.length;
  const head = take(characters, Math.ceil(room * 0.6));
  const tail = take(characters.reverse(), room - columnsOf(head.join(''))).reverse();
  const cut = head.join('') + ellipsis + tail.join('');
  return cut + ' '.repeat(width - columnsOf(cut));
}

function take(characters: readonly string[], width: number): string[] {
  const taken: string[] = [];
  let columns = 0;
  for (const character of characters) {
    columns += columnsOf(character);
    if (columns > width) break;
    taken.push(character);
  }
  return taken;
}
