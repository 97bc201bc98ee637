/**
 * What the plots share: a frame with axes, scales and ticks, and one look. Each SVG stands by itself: its style sheet is
 * in it, light or dark as the reader's screen is. Colours are Paul Tol's "bright" scheme, told apart by colour-blind
 * readers and in print. Pure: data in, text out; every text that comes from outside is escaped.
 */
export const COLORS = ['#4477aa', '#ee6677', '#228833', '#ccbb44', '#66ccee', '#aa3377', '#999999'] as const;
export const colorOf = (i: number): string => COLORS[i % COLORS.length]!;

export interface Axis {
  readonly label: string;
  readonly from: number;
  readonly to: number;
  readonly tick?: (value: number) => string;
}

export interface Frame {
  readonly title: string;
  readonly x: Axis;
  readonly y: Axis;
}

export const WIDTH = 520;
const HEIGHT = 330;
const MARGIN = { left: 58, right: 18, top: 60, bottom: 48 } as const;

const STYLE = `
svg{--ink:#222;--soft:#666;--rule:#e4e4e4;--paper:#fff;background:var(--paper)}
@media (prefers-color-scheme:dark){svg{--ink:#e8e8e8;--soft:#a0a0a0;--rule:#3a3a3a;--paper:#1b1c1e}}
text{font:12px system-ui,sans-serif;fill:var(--ink)}
.title{font-size:14px;font-weight:600}.soft{fill:var(--soft);font-size:11px}.end{text-anchor:end}.mid{text-anchor:middle}
.rule{stroke:var(--rule);stroke-width:1}.line{fill:none;stroke-width:2;stroke-linejoin:round}`.trim();

export const escaped = (text: string): string =>
  text.replace(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`);

/** One decimal of a unit is far below a pixel of print. */
export const at = (n: number): string => (Math.round(n * 10) / 10).toString();

export const label = (x: number, y: number, text: string, kind = ''): string =>
  `<text x="${at(x)}" y="${at(y)}"${kind === '' ? '' : ` class="${kind}"`}>${escaped(text)}</text>`;

export function svg(title: string, height: number, body: readonly string[]): string {
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" role="img" aria-label="${escaped(title)}">`,
    `<style>${STYLE}</style>`, label(16, 24, title, 'title'), ...body, '</svg>',
  ].join('\n');
}

export interface Plane {
  x(value: number): number;
  y(value: number): number;
}

/** A frame with two axes, and what `draw` puts into it. `legend`: names, in the colours of their index. */
export function framed({ title, x, y }: Frame, legend: readonly string[], draw: (plane: Plane) => readonly string[]): string {
  const rows = legendRows(legend);
  const bottom = HEIGHT - MARGIN.bottom;
  const plane: Plane = {
    x: (v) => MARGIN.left + (v - x.from) / (x.to - x.from) * (WIDTH - MARGIN.left - MARGIN.right),
    y: (v) => bottom - (v - y.from) / (y.to - y.from) * (bottom - MARGIN.top),
  };
  const across = ticks(x).flatMap((v) => label(plane.x(v), bottom + 17, (x.tick ?? String)(v), 'soft mid'));
  const up = ticks(y).flatMap((v) => [
    `<line class="rule" x1="${MARGIN.left}" x2="${WIDTH - MARGIN.right}" y1="${at(plane.y(v))}" y2="${at(plane.y(v))}"/>`,
    label(MARGIN.left - 8, plane.y(v) + 4, (y.tick ?? String)(v), 'soft end'),
  ]);
  return svg(title, HEIGHT + rows.height, [
    ...up, ...across, ...draw(plane), ...rows.drawn,
    label(WIDTH - MARGIN.right, bottom + 36, x.label, 'soft end'), label(16, MARGIN.top - 16, y.label, 'soft'),
  ]);
}

const LEGEND_ROW = 18;
const LETTER = 7;

function legendRows(names: readonly string[]): { height: number; drawn: string[] } {
  if (names.length < 2) return { height: 0, drawn: [] };
  let [x, row] = [MARGIN.left, 0];
  const drawn = names.flatMap((name, i) => {
    const width = 26 + LETTER * name.length;
    if (x + width > WIDTH && x > MARGIN.left) [x, row] = [MARGIN.left, row + 1];
    const y = HEIGHT + row * LEGEND_ROW;
    const drawnHere = [`<rect x="${x}" y="${y - 9}" width="12" height="10" rx="2" fill="${colorOf(i)}"/>`, label(x + 17, y, name)];
    x += width;
    return drawnHere;
  });
  return { height: (row + 1) * LEGEND_ROW, drawn };
}

/** Round values, about five of them, within the axis. */
export function ticks({ from, to }: Pick<Axis, 'from' | 'to'>): number[] {
  const raw = (to - from) / 5;
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = [1, 2, 5, 10].find((m) => m * power >= raw)! * power;
  const first = Math.ceil(from / step - 1e-9);
  const last = Math.floor(to / step + 1e-9);
  return Array.from({ length: last - first + 1 }, (_, i) => Number(((first + i) * step).toPrecision(12)));
}
