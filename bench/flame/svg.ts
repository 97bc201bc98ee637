/**
 * The picture: a bar of CPU time by part with its legend, and below it the stacks, callers above what they call. As wide as the time
 * they took; a frame says the rest when it is pointed at. Pure: the same frames give the same bytes.
 */
import { PARTS, type Part } from './parts.js';
import { costs, type Frame } from './profile.js';

const WIDTH = 1200;
const MARGIN = 16;
const INNER = WIDTH - 2 * MARGIN;
const BAR_AT = 56;
const BAR = 34;
const LEGEND_AT = BAR_AT + BAR + 14;
const LEGEND_COLUMNS = 5;
const LEGEND_ROW = 18;
const ROW = 17;
/** Of 11 px text, on average. */
const LETTER = 6.3;
/** Narrower frames are not seen. */
const LEAST = 0.5;
const MOST_ROWS = 80;

/** One hue a part; neighbours in the bar differ, and what lies below us is grey. */
export const COLOURS: Readonly<Record<Part, string>> = {
  'edge/net': '#7fb2e5', Receiver: '#f2a65a', protocol: '#9fd3a0', Controller: '#e58f8f', PieceMgr: '#c3a6e0', picking: '#f4d35e',
  Files: '#74c7b8', 'edge/disk': '#a7b7e8', 'hash worker': '#e9a3c9', 'file system': '#c98bd6', SenderQueue: '#d9b48f', Sender: '#b5d96b', ChokeMgr: '#f0b7a1',
  choking: '#8fc9d9', PeerMgr: '#d7a5b5', Limiter: '#cfcf7a', Status: '#b9a98f', Timer: '#a5c7a5', 'other processes': '#cbb4a4',
  model: '#9ec1cf', kernel: '#ffcf9c', cli: '#d4c5e2', other: '#e6dcc8', packages: '#c9c9b1', 'start of Node': '#d5cfc4',
  'node internals': '#c4ccd4', native: '#dde1e5', gc: '#aeb6bf',
};

export interface Picture {
  readonly title: string;
  /** One a thread. */
  readonly threads: readonly Frame[];
}

export function draw({ title, threads }: Picture): string {
  const total = threads.reduce((n, { total: t }) => n + t, 0);
  if (total === 0) throw new Error('the profiles hold no time but idle time');
  const parts = sharesOf(threads, total);
  const stacksAt = LEGEND_AT + Math.ceil(parts.length / LEGEND_COLUMNS) * LEGEND_ROW + 16;
  const stacks: string[] = [];
  const rows = stack(threads, { from: MARGIN, perMicro: INNER / total, top: stacksAt, depth: 0, total, out: stacks });
  const height = stacksAt + rows * ROW + MARGIN;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${height}" viewBox="0 0 ${WIDTH} ${height}"`
      + ' font-family="system-ui, -apple-system, \'DejaVu Sans\', sans-serif" font-size="11" fill="#222">',
    '<style>rect:hover{stroke:#222;stroke-width:1}text{pointer-events:none}</style>',
    `<rect width="${WIDTH}" height="${height}" fill="#fff" pointer-events="none"/>`,
    text(MARGIN, 26, title, 'font-size="17" font-weight="600"'),
    text(MARGIN, 45, `${seconds(total)} of CPU in ${threads.length === 1 ? 'one thread' : `${threads.length} threads`}, idle time left out`,
      'fill="#666"'),
    ...bar(parts),
    ...legend(parts),
    ...stacks,
    '</svg>', '',
  ].join('\n');
}

interface Share {
  readonly part: Part;
  readonly micros: number;
  /** Of all time. */
  readonly share: number;
}

function sharesOf(threads: readonly Frame[], total: number): readonly Share[] {
  const sums = costs(threads);
  return PARTS.flatMap((part) => {
    const micros = sums.get(part);
    return micros === undefined ? [] : [{ part, micros, share: micros / total }];
  });
}

function bar(parts: readonly Share[]): string[] {
  let x = MARGIN;
  return parts.flatMap(({ part, micros, share }) => {
    const width = share * INNER;
    const out = box({ x, y: BAR_AT, width, height: BAR, part, hint: `${part}: ${seconds(micros)}, ${percent(share)}`, label: part });
    x += width;
    return out;
  });
}

/** The costliest first, down the columns. */
function legend(parts: readonly Share[]): string[] {
  const column = INNER / LEGEND_COLUMNS;
  const rows = Math.ceil(parts.length / LEGEND_COLUMNS);
  return [...parts].sort((a, b) => b.share - a.share).flatMap(({ part, micros, share }, i) => {
    const x = MARGIN + Math.floor(i / rows) * column;
    const y = LEGEND_AT + (i % rows) * LEGEND_ROW;
    return [
      `<rect x="${x.toFixed(1)}" y="${y}" width="11" height="11" rx="2" fill="${COLOURS[part]}"/>`,
      text(x + 17, y + 10, `${part}  ${percent(share)}`),
      text(x + column - 18, y + 10, seconds(micros), 'fill="#888" text-anchor="end"'),
    ];
  });
}

interface Stacking {
  readonly from: number;
  readonly perMicro: number;
  readonly top: number;
  readonly depth: number;
  readonly total: number;
  readonly out: string[];
}

/** Draws frames side by side and what they call below them; gives how many rows that took. */
function stack(frames: readonly Frame[], at: Stacking): number {
  const { perMicro, top, depth, total, out } = at;
  if (depth === MOST_ROWS) return 0;
  let x = at.from;
  let rows = 0;
  for (const frame of frames) {
    const width = frame.total * perMicro;
    if (width >= LEAST) {
      const where = frame.place === '' ? '' : ` (${frame.place})`;
      const hint = `${frame.name}${where}, ${frame.part}: ${seconds(frame.total)}, ${percent(frame.total / total)};`
        + ` itself ${seconds(frame.own)}`;
      out.push(...box({ x, y: top + depth * ROW, width, height: ROW - 1, part: frame.part, hint, label: labelOf(frame) }));
      rows = Math.max(rows, 1 + stack(frame.calls, { ...at, from: x, depth: depth + 1 }));
    }
    x += width;
  }
  return rows;
}

/** Every process has a `step`: whose it is says more. */
const labelOf = ({ name, part }: Frame): string => (/^[A-Z]/.test(part) ? `${part}: ${name}` : name);

interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly part: Part;
  readonly hint: string;
  readonly label: string;
}

function box({ x, y, width, height, part, hint, label }: Box): string[] {
  // A line of white between neighbours, where there is room for it.
  const seen = width > 2 ? width - 0.6 : width;
  const rect = `<rect x="${x.toFixed(2)}" y="${y}" width="${seen.toFixed(2)}" height="${height}" rx="1" fill="${COLOURS[part]}">`
    + `<title>${escaped(hint)}</title></rect>`;
  const fits = Math.floor((width - 8) / LETTER);
  if (fits < 3) return [rect];
  const shown = label.length <= fits ? label : `${label.slice(0, fits - 1)}…`;
  return [rect, text(x + 4, y + height / 2 + 4, shown)];
}

const text = (x: number, y: number, content: string, more = ''): string =>
  `<text x="${x.toFixed(1)}" y="${y.toFixed(1)}"${more === '' ? '' : ` ${more}`}>${escaped(content)}</text>`;

const escaped = (s: string): string =>
  s.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
const seconds = (micros: number): string => (micros >= 1e6 ? `${(micros / 1e6).toFixed(2)} s` : `${(micros / 1e3).toFixed(1)} ms`);
const percent = (share: number): string => `${(share * 100).toFixed(1)} %`;
