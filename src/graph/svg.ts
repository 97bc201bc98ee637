/**
 * A laid-out graph as SVG elements, and a page around them (sheet.ts puts the one on the other) that stands alone: no font, script or other
 * file. Boxes have the colour of their scope; a line has that of the narrower scope of its two ends, since there is one such line for each
 * torrent or peer. Follows the reader's light or dark.
 */
import { tenth, type Area } from './area.js';
import { LINE_HEIGHT, NAME_PX, NOTE_PX, STACK, type Layout } from './layout.js';
import type { Frame, GraphNode } from './model.js';
import { escapeXml, lineWidth, SVG_STYLE } from './svg-style.js';

export const LEGEND_HEIGHT = 36;

export function page({ title, width, height, content }: Sheet): string {
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img">`,
    `<title>${escapeXml(title)}</title>`,
    SVG_STYLE,
    `<rect class="page" width="${width}" height="${height}" rx="14"/>`,
    content,
    '</svg>',
    '',
  ].join('\n');
}

export interface Sheet {
  readonly title: string;
  readonly width: number;
  readonly height: number;
  /** SVG elements. */
  readonly content: string;
}

/** The elements of a graph, to be put on a page. */
export const picture = ({ frames, nodes, edges }: Layout): string => [
  ...frames.map(frameBox),
  ...edges.map(line),
  ...edges.map(labelText),
  ...frames.map(frameTitle),
  ...nodes.map(box),
].join('\n');

const frameBox = ({ scope, x, y, width, height }: Frame & Area): string =>
  `<g class="${scope}"><rect class="frame" x="${x}" y="${y}" width="${width}" height="${height}" rx="12"/></g>`;

/** Above the lines. */
const frameTitle = ({ scope, title, words: { x, y } }: Layout['frames'][number]): string =>
  `<g class="${scope}"><text class="scope" x="${x}" y="${y}">${escapeXml(title)}</text></g>`;

/** From this weight on. */
const LARGE_HEADS = 0.35;

function line({ from, to, there, back, scope, path, weight }: Layout['edges'][number]): string {
  const marker = weight !== undefined && weight >= LARGE_HEADS ? `${scope}-large-head` : `${scope}-head`;
  const head = (end: string, kinds: readonly string[]): string => (kinds.length > 0 ? `marker-${end}="url(#${marker})"` : '');
  const said = [tells(from, to, there), tells(to, from, back)].filter((words) => words !== '').join('\n');
  const title = `<title>${escapeXml(said || `${from} owns ${to}`)}</title>`;
  const thick = weight === undefined ? '' : ` style="stroke-width:${lineWidth(weight)}"`;
  return `<path class="line ${scope}"${thick} d="${path}" ${head('start', back)} ${head('end', there)}>${title}</path>`;
}

const tells = (from: string, to: string, kinds: readonly string[]): string =>
  kinds.length === 0 ? '' : `${from} tells ${to}: ${kinds.join(', ')}`;

function labelText({ label = [], labelArea }: Layout['edges'][number]): string {
  if (!labelArea) return '';
  const { x, y, width } = labelArea;
  const middle = tenth(x + width / 2);
  const lines = label.map((text, i) => `<tspan x="${middle}" y="${tenth(y + 12 + i * LINE_HEIGHT)}">${escapeXml(text)}</tspan>`);
  return `<text class="label">${lines.join('')}</text>`;
}

function box(node: GraphNode & Area): string {
  const { title, kind, scope, note, doc, stacked, alarms, watched } = node;
  const { x, y, width, height } = stacked === true
    ? { x: node.x, y: tenth(node.y + STACK), width: tenth(node.width - STACK), height: tenth(node.height - STACK) } : node;
  const middle = tenth(x + width / 2);
  if (kind === 'start') return `<circle class="start" cx="${middle}" cy="${tenth(y + height / 2)}" r="${width / 2}"/>`;
  const baseline = tenth(note === undefined ? y + height / 2 + NAME_PX / 3 : y + 25);
  const name = `<text class="name" x="${middle}" y="${baseline}">${escapeXml(title)}</text>`;
  const below = note === undefined ? '' : `<text class="note" x="${middle}" y="${tenth(baseline + NOTE_PX + 6)}">${escapeXml(note)}</text>`;
  const clock = alarms ? `<use href="#clock" x="${tenth(x + width - 12)}" y="${tenth(y + 12)}"/>` : '';
  const eye = watched ? `<use href="#eye" x="${tenth(x + width - 12)}" y="${tenth(y + height - 10)}"/>` : '';
  const size = `width="${width}" height="${height}"`;
  const round = kind === 'process' ? 8 : height / 2;
  const box = (by: number): string => `<rect class="box" x="${tenth(x + by)}" y="${tenth(y - by)}" ${size} rx="${round}"/>`;
  const behind = stacked === true ? box(STACK) + box(STACK / 2) : '';
  return `<g class="${scope} ${kind}"><title>${escapeXml(doc)}</title>${behind}`
    + `<rect class="box" x="${x}" y="${y}" ${size} rx="${round}"/>${name}${below}${clock}${eye}</g>`;
}

/** What the signs mean, where there are any. */
export function legendOf({ nodes }: Layout): string {
  if (!nodes.some((n) => n.alarms)) return '';
  const y = 12;
  return `<g class="legend"><use href="#clock" x="26" y="${y - 4}"/><text x="40" y="${y}">has Timer wake it</text>`
    + `<use href="#eye" x="168" y="${y - 4}"/><text x="182" y="${y}">talks with Api, for the live page</text>`
    + `<text x="396" y="${y}">an arrow head is at who hears; colours are scopes</text></g>`;
}
