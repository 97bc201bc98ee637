/** The piece map: a square a piece, or several pieces where there are many; drawn on a canvas, and said in words. */
import { useEffect, useRef } from 'preact/hooks';
import { count, plural } from '../../base/format.js';
import type { PiecesPicture } from '../../ports/picture.js';
import { color, useTheme } from './theme.js';

interface Cell {
  readonly have: number;
  readonly underWay: number;
  readonly copies: number;
}

/** CSS pixels of a square, by how many there are. */
const edgeOf = (cells: number): number => cells <= 300 ? 14 : cells <= 1000 ? 10 : 7;
const GAP = 1;

export function PieceMap({ picture }: { picture: PiecesPicture }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const theme = useTheme();
  const cells = cellsOf(picture.cells);
  useEffect(() => {
    const element = canvas.current;
    if (!element) return undefined;
    const draw = (): void => paint(element, cells);
    draw();
    const resized = new ResizeObserver(draw);
    resized.observe(element.parentElement!);
    return () => resized.disconnect();
  }, [picture.cells, theme]);
  return <figure>
    <div><canvas ref={canvas} role="img" aria-label={inWords(cells, picture.pieces)} /></div>
    <figcaption class="legend">
      <span><i class="have" />here</span><span><i class="under-way" />under way</span>
      <span><i class="common" />peers have it: the more, the darker</span><span><i class="nobody" />nobody has it</span>
      <span class="soft">{inWords(cells, picture.pieces)}</span>
    </figcaption>
  </figure>;
}

function cellsOf(hex: string): readonly Cell[] {
  const byte = (at: number): number => Number.parseInt(hex.slice(2 * at, 2 * at + 2), 16);
  return Array.from({ length: hex.length / 6 }, (_, i) => ({ have: byte(3 * i), underWay: byte(3 * i + 1), copies: byte(3 * i + 2) }));
}

function inWords(cells: readonly Cell[], pieces: number): string {
  const of = (is: (cell: Cell) => boolean): string => count(cells.filter(is).length);
  const what = cells.length === pieces ? plural(pieces, 'piece') : `${count(cells.length)} groups of ${plural(pieces, 'piece')}`;
  return `${what}: ${of((c) => c.have === 255)} here, ${of((c) => c.underWay > 0)} under way, `
    + `${of((c) => c.have < 255 && c.copies === 0)} that no peer has`;
}

function paint(canvas: HTMLCanvasElement, cells: readonly Cell[]): void {
  const width = canvas.parentElement!.clientWidth;
  const edge = edgeOf(cells.length);
  const columns = Math.max(1, Math.floor((width + GAP) / (edge + GAP)));
  const rows = Math.ceil(cells.length / columns);
  const scale = devicePixelRatio;
  const height = rows * (edge + GAP);
  canvas.width = width * scale;
  canvas.height = height * scale;
  canvas.style.width = `${width}px`;
  canvas.style.height = `${height}px`;
  const ink = canvas.getContext('2d')!;
  ink.scale(scale, scale);
  const most = Math.max(1, ...cells.map((c) => c.copies));
  const [have, underWay, common, nobody] = [color('--have'), color('--under-way'), color('--common'), color('--nobody')];
  cells.forEach((cell, i) => {
    const x = (i % columns) * (edge + GAP);
    const y = Math.floor(i / columns) * (edge + GAP);
    const fill = (paint: string, alpha: number): void => {
      ink.globalAlpha = alpha;
      ink.fillStyle = paint;
      ink.fillRect(x, y, edge, edge);
    };
    if (cell.copies === 0) fill(nobody, 1);
    else fill(common, 0.25 + 0.75 * (cell.copies / most));
    if (cell.underWay > 0) fill(underWay, 1);
    if (cell.have > 0) fill(have, cell.have === 255 ? 1 : 0.35 + 0.5 * (cell.have / 255));
  });
  ink.globalAlpha = 1;
}
