/**
 * How wide a text is, without a font at hand: by the widths of Helvetica and Arial, which other sans-serif fonts are within a few percent
 * of. In the unit of `size`, pixels mostly.
 */

/** In thousandths of the size. */
const CLASSES: readonly (readonly [characters: string, width: number])[] = [
  ['ijl\'|', 222], ['I.,:;!/ f()[]t', 278], ['r-"`', 333], ['ckvxyzsJ', 500], ['FTZL', 600], ['ABEKPSVXY&', 700], ['CDHNRUGw', 722],
  ['OQ', 778], ['mM%', 833], ['W', 944],
];
const USUAL = 556;
/** Bold letters take so much more. */
const BOLD = 1.07;

const WIDTHS = new Map(CLASSES.flatMap(([characters, width]) => [...characters].map((c) => [c, width] as const)));

export function widthOf(text: string, size: number, weight: 'normal' | 'bold' = 'normal'): number {
  const thousandths = [...text].reduce((sum, c) => sum + (WIDTHS.get(c) ?? USUAL), 0);
  return (thousandths / 1000) * size * (weight === 'bold' ? BOLD : 1);
}

/** Some take so much more room than is reckoned with. */
export const FONTS_DIFFER = 1.15;
