/**
 * Status lines: one a torrent, in columns that line up, fitted to the terminal. From the left: name, bar, percent,
 * amount, rates, peers, what it is doing. A narrow terminal loses the amount first, then seeds, then peers, at last the bar. Pure.
 */
import type { Colors } from '../io.js';
import { phaseOf, type Board, type Phase, type Row } from './board.js';
import { duration, eta, percent, plural, rate, sizeOf } from '../../base/format.js';
import { columnsOf, fit, printable } from './text.js';

export interface Glyphs {
  readonly full: string;
  readonly half: string;
  readonly rest: string;
  readonly down: string;
  readonly up: string;
  readonly ellipsis: string;
}
export const UNICODE: Glyphs = { full: '━', half: '╸', rest: '─', down: '↓', up: '↑', ellipsis: '…' };
export const ASCII: Glyphs = { full: '=', half: '-', rest: '.', down: 'down', up: 'up', ellipsis: '..' };

export interface Look {
  readonly width: number;
  readonly rows: number;
  readonly colors: Colors;
  readonly glyphs: Glyphs;
}

interface Paints extends Pick<Look, 'colors' | 'glyphs'> {
  /** The part done. */
  readonly paint: (text: string) => string;
}

/** In half steps. */
export function progressBar(share: number, width: number, { paint, colors, glyphs }: Paints): string {
  const halves = Math.floor(share * width * 2);
  const done = glyphs.full.repeat(Math.floor(halves / 2)) + (halves % 2 === 1 ? glyphs.half : '');
  return paint(done) + colors.dim(glyphs.rest.repeat(width - done.length));
}

/** As many lines as fit, the busiest kept; and a line for the rest. */
export function statusLines(board: Board, look: Look): readonly string[] {
  const rows = [...board.values()];
  const room = Math.max(1, look.rows - 3);
  const shown = rows.length <= room ? rows : [...rows].sort((a, b) => rank(a) - rank(b)).slice(0, room);
  const lines = layOut(shown.map(cellsOf(look.glyphs)), look);
  const hidden = rows.length - shown.length;
  return hidden === 0 ? lines : [...lines, look.colors.dim(`and ${hidden} more`)];
}

/** Without colours, bars and fixed columns: for pipes and logs. */
export function plainStatus(row: Row): string {
  const { stats } = row;
  if (row.activity === 'fetching') return `${printable(row.name)}: ${doing(row)}, ${plural(stats.peers, 'peer')}`;
  const parts = [
    `${printable(row.name)}: ${percent(progressOf(row))}`,
    amountOf(row),
    `down ${rate(stats.downloadRate)}`,
    `up ${rate(stats.uploadRate)}`,
    plural(stats.peers, 'peer') + (stats.seeds > 0 ? ` (${seedsOf(row)})` : ''),
    doing(row),
  ];
  return row.activity === 'checking' ? `${parts[0]} checked` : parts.join('  ');
}

const ORDER: Readonly<Record<Phase, number>> = {
  failed: 0, downloading: 1, fetching: 1, checking: 2, paused: 3, queued: 3, seeding: 4, seeded: 5, complete: 5, stopped: 5,
};
const rank = (row: Row): number => ORDER[phaseOf(row)] - Math.min(0.5, row.stats.downloadRate / 1e9);

const progressOf = (row: Row): number =>
  isMeasured(row) ? row.checked : row.activity === 'seeding' || row.activity === 'complete' ? 1 : row.stats.progress;

/** By what is known of it beside its stats. */
const isMeasured = ({ activity }: Row): boolean => activity === 'checking' || activity === 'fetching';

const amountOf = ({ stats: { left, wanted } }: Row): string => sizeOf(wanted - left, wanted);

const seedsOf = ({ stats: { seeds } }: Row): string => seeds === 0 ? '' : plural(seeds, 'seed');

function doing(row: Row): string {
  const { stats } = row;
  const phase = phaseOf(row);
  if (phase === 'fetching') return 'fetching metadata';
  if (phase !== 'downloading') return phase;
  const ms = eta(stats.left, stats.downloadRate);
  return ms === undefined ? 'waiting' : `ETA ${duration(ms)}`;
}

interface Cells {
  readonly row: Row;
  readonly name: string;
  readonly amount: string;
  readonly down: string;
  readonly up: string;
  readonly peers: string;
  /** How many of the peers have everything. */
  readonly seeds: string;
  readonly doing: string;
}
type Column = 'amount' | 'down' | 'up' | 'peers' | 'seeds' | 'doing';

const cellsOf = (glyphs: Glyphs) => (row: Row): Cells => ({
  row,
  name: printable(row.name),
  amount: isMeasured(row) ? '' : amountOf(row),
  down: `${glyphs.down} ${rate(row.stats.downloadRate).padStart(RATE)}`,
  up: `${glyphs.up} ${rate(row.stats.uploadRate).padStart(RATE)}`,
  peers: plural(row.stats.peers, 'peer'),
  seeds: seedsOf(row),
  doing: doing(row),
});

const COLUMNS: readonly Column[] = ['amount', 'down', 'up', 'peers', 'seeds', 'doing'];
/** What goes first where it is narrow, and how much of the longest name is worth more than it. */
const DROPPED: readonly (readonly [Column, nameColumns: number])[] = [
  ['amount', 24], ['seeds', 16], ['peers', 12], ['up', 12], ['down', 12], ['doing', 4],
];
const LEAST_NAME = 4;
const LEAST_BAR = 8;
const MOST_BAR = 30;
const PERCENT = 7;
const GAP = 2;

function layOut(rows: readonly Cells[], look: Look): readonly string[] {
  // One column less than there is: a full line would make some terminals wrap.
  const width = look.width - 1;
  const widths = new Map(COLUMNS.map((c) => [c, Math.max(0, ...rows.map((cells) => columnsOf(cells[c])), STEADY[c])]));
  const longest = Math.max(0, ...rows.map((cells) => columnsOf(cells.name)));
  let columns = [...COLUMNS];
  const taken = (): number => columns.reduce((sum, c) => sum + widths.get(c)! + GAP, PERCENT + GAP);
  for (const [column, nameColumns] of DROPPED) {
    if (width - taken() >= Math.min(longest, nameColumns) + GAP + LEAST_BAR) continue;
    columns = columns.filter((c) => c !== column);
  }
  const room = width - taken();
  const forBoth = room - GAP;
  const bar = forBoth - LEAST_BAR < Math.min(longest, LEAST_NAME) ? 0
    : Math.min(MOST_BAR, Math.max(LEAST_BAR, Math.floor(forBoth * 0.45), forBoth - longest));
  const name = Math.max(0, Math.min(longest, bar === 0 ? room : forBoth - bar));
  return rows.map((cells) => {
    const tail = columns.map((c) => align(c, cells[c], widths.get(c)!));
    const progress = percent(progressOf(cells.row)).padStart(PERCENT);
    const all = [fit(cells.name, name, look.glyphs.ellipsis), ...(bar === 0 ? [] : [bars(cells.row, bar, look)]), progress, ...tail];
    return all.join(' '.repeat(GAP)).trimEnd();
  });
}

/** Least widths, so that columns do not jump while the numbers change. */
const RATE = '99.9 MB/s'.length;
const STEADY: Readonly<Record<Column, number>> = {
  amount: '999 of 999 MB'.length, down: 0, up: 0, peers: '99 peers'.length, seeds: '9 seeds'.length,
  doing: 'ETA 99:99'.length,
};

const align = (column: Column, text: string, width: number): string =>
  column === 'amount' ? text.padStart(width) : fit(text, width);

const COLORS = {
  failed: 'red', paused: 'yellow', queued: 'yellow', checking: 'blue', fetching: 'blue', downloading: 'cyan', seeding: 'green', seeded: 'green',
  complete: 'green', stopped: 'yellow',
} as const satisfies Readonly<Record<Phase, keyof Colors>>;

/** The part done has the colour of what the torrent is doing. */
const bars = (row: Row, width: number, look: Look): string =>
  progressBar(progressOf(row), width, { ...look, paint: look.colors[COLORS[phaseOf(row)]] });

