/**
 * A sequence as SVG, at the width of a README: a lifeline a process in the colour of its scope, an arrow a message with its kind on it, the
 * time at the left. What comes from outside starts at a dot; a cross is an end.
 */
import { tenth } from './area.js';
import type { Scope } from '../kernel/topology.js';
import { timeAt, type Lifeline, type Moment, type Sequence } from './sequence.js';
import { wrap } from './sheet.js';
import { page } from './svg.js';
import { escapeXml, SCOPES } from './svg-style.js';
import { FONTS_DIFFER, widthOf } from './text-width.js';

const WIDTH = 920;
const MARGIN = 24;
/** From the page's left to the first lifeline, and from the last to its right: half a head fits, and the times. */
const LEFT = 124;
const RIGHT = 70;
const DOC_LINE = 18;
const HEAD_PX = 12;
const HEAD_HEIGHT = 40;
const HEAD_GAP = 6;
const ROW = 29;
/** More room where time passes. */
const PAUSE = 10;
/** A found message's arrow is so long. */
const STUB = 46;
const KIND_PX = 12;
/** With more rows than this the heads stand below, too. */
const LONG = 16;

const ofScope = (s: Scope): string => `.life.${s}{stroke:var(--${s}-line)}.dot.${s}{fill:var(--${s}-line)}`;
const STYLE = `<style>.life{stroke-width:1.2;stroke-dasharray:3 4;opacity:.55}${SCOPES.map(ofScope).join('')}
.who{font-size:${HEAD_PX}px;font-weight:600;text-anchor:middle}.which{font-size:11px;text-anchor:middle;fill:var(--faint)}
.said{font-size:${KIND_PX}px;font-weight:600;paint-order:stroke;stroke:var(--page);stroke-width:5px;stroke-linejoin:round}
.said .what{font-weight:400;fill:var(--faint)}.time{font-size:12px;fill:var(--faint);text-anchor:end;font-variant-numeric:tabular-nums}
.pause{stroke:var(--faint);stroke-width:1;opacity:.22}
.cross{stroke:var(--ink);stroke-width:2;stroke-linecap:round}</style>`;

export function sequenceSvg(sequence: Sequence): string {
  const { title, doc, lifelines, moments } = sequence;
  const place = placesOf(lifelines);
  const words = wrap(doc, WIDTH - 3 * MARGIN);
  const top = 60 + words.length * DOC_LINE;
  const first = top + HEAD_HEIGHT;
  let y = first;
  const rows = moments.map((moment, i) => {
    const time = timeAt(moments, i);
    const sharesRow = time === undefined && moment.type === 'end' && moments[i - 1]?.type === 'end';
    if (!sharesRow) y += ROW + (time !== undefined && i > 0 ? PAUSE : 0);
    return { moment, time, y, rule: time !== undefined && i > 0 };
  });
  const last = y + ROW / 2;
  const isLong = moments.length > LONG;
  const content = [
    STYLE,
    `<text class="heading" x="${MARGIN}" y="36">${escapeXml(title)}</text>`,
    ...words.map((line, i) => `<text class="doc" x="${MARGIN}" y="${58 + i * DOC_LINE}">${escapeXml(line)}</text>`),
    ...lifelines.map(({ id, scope }) => line(place.get(id)!.x, { scope, from: first, to: endOf(id, rows) ?? last })),
    ...rows.flatMap((row) => (row.rule ? [ruleAt(row.y - ROW + 4 - PAUSE / 2)] : [])),
    ...[top, ...(isLong ? [last] : [])].flatMap((at) => lifelines.map((lifeline) => head(lifeline, place.get(lifeline.id)!, at))),
    ...rows.map(({ moment, y: at }) => draw(moment, at, place)),
    ...rows.flatMap(({ time, y: at }) => (time === undefined ? [] : [timeText(time, at + 4)])),
  ].join('\n');
  return page({ title, width: WIDTH, height: Math.ceil(last + (isLong ? HEAD_HEIGHT : 0) + 16), content });
}

interface Place {
  readonly x: number;
  readonly scope: Scope;
  /** Width of its head. */
  readonly head: number;
}
type Places = ReadonlyMap<string, Place>;

/** Evenly, with heads as wide as there is room for, and as they need. */
function placesOf(lifelines: readonly Lifeline[]): Places {
  const gap = (WIDTH - LEFT - RIGHT) / Math.max(1, lifelines.length - 1);
  const needed = (l: Lifeline): number => Math.max(64, Math.ceil(widthOf(l.title, HEAD_PX, 'bold') * FONTS_DIFFER) + 12);
  return new Map(lifelines.map((l, i) =>
    [l.id, { x: tenth(LEFT + i * gap), scope: l.scope, head: Math.min(needed(l), Math.floor(gap) - HEAD_GAP) }]));
}

const line = (x: number, { scope, from, to }: { readonly scope: Scope; readonly from: number; readonly to: number }): string =>
  `<path class="life ${scope}" d="M${x} ${from}V${tenth(to)}"/>`;

const timeText = (time: string, y: number): string => `<text class="time" x="${MARGIN + 46}" y="${y}">${time}</text>`;

const ruleAt = (y: number): string => `<path class="pause" d="M${MARGIN} ${tenth(y)}H${WIDTH - MARGIN}"/>`;

function endOf(id: string, rows: readonly { readonly moment: Moment; readonly y: number }[]): number | undefined {
  return rows.find(({ moment }) => moment.type === 'end' && moment.who === id)?.y;
}

function head({ title, note, scope }: Lifeline, { x, head: width }: Place, y: number): string {
  // A name that may be too wide is made to fit.
  const room = width - 10;
  const fit = widthOf(title, HEAD_PX, 'bold') * FONTS_DIFFER > room ? ` textLength="${room}" lengthAdjust="spacingAndGlyphs"` : '';
  const name = `<text class="who" x="${x}" y="${y + (note === undefined ? 24 : 17)}"${fit}>${escapeXml(title)}</text>`;
  const which = note === undefined ? '' : `<text class="which" x="${x}" y="${y + 32}">${escapeXml(note)}</text>`;
  const box = `<rect class="box" x="${tenth(x - width / 2)}" y="${y}" width="${width}" height="${HEAD_HEIGHT}" rx="8"/>`;
  return `<g class="${scope}">${box}${name}${which}</g>`;
}

function draw(m: Moment, y: number, place: Places): string {
  if (m.type === 'end') {
    const { x } = place.get(m.who)!;
    return `<path class="cross" d="M${tenth(x - 5)} ${y - 5}l10 10m0 -10l-10 10"><title>ends</title></path>`;
  }
  const to = place.get(m.to)!;
  const from = m.from === undefined ? undefined : place.get(m.from)!;
  const scope = SCOPES[Math.max(SCOPES.indexOf(to.scope), SCOPES.indexOf(from?.scope ?? to.scope))]!;
  const start = from?.x ?? to.x - STUB;
  const dot = from ? '' : `<circle class="dot ${scope}" cx="${tenth(start)}" cy="${y}" r="3.5"/>`;
  return `${dot}<path class="line ${scope}" d="M${tenth(start)} ${y}H${to.x}" marker-end="url(#${scope}-head)"/>`
    + said(m, (start + to.x) / 2, y - 8);
}

/** Above the middle of its arrow, and within the page. */
function said({ kind, detail }: Moment & { readonly type: 'message' }, middle: number, y: number): string {
  const width = widthOf(kind, KIND_PX, 'bold') + (detail === '' ? 0 : widthOf(` ${detail}`, KIND_PX));
  const x = Math.min(Math.max(middle - width / 2, MARGIN + 54), WIDTH - MARGIN / 2 - width * 1.08);
  const what = detail === '' ? '' : ` <tspan class="what">${escapeXml(detail)}</tspan>`;
  return `<text class="said" x="${tenth(x)}" y="${y}">${escapeXml(kind)}${what}</text>`;
}
