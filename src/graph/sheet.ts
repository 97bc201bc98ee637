/** A view as one SVG: its graphs one below the other, and below them the mailbox, a line a kind of message. */
import type { MessageDoc } from '../kernel/topology.js';
import { layOut, type Layout } from './layout.js';
import { legendOf, page, picture, LEGEND_HEIGHT } from './svg.js';
import { escapeXml } from './svg-style.js';
import { FONTS_DIFFER, widthOf } from './text-width.js';
import type { View } from './view.js';

const MARGIN = 24;
const HEADING = 52;
const SECTION = 34;
const ROW = 18;
const TEXT_PX = 13;
const LEAST_WIDTH = 760;

const FOOT: Block = { content: '', height: 12 };

interface Block {
  readonly content: string;
  readonly height: number;
}

export async function svgOf(view: View): Promise<string> {
  const { mailbox } = view;
  const layouts = await Promise.all(view.graphs.map(layOut));
  const width = Math.max(mailbox ? LEAST_WIDTH : 0, ...layouts.map((l) => l.width));
  const blocks: Block[] = [
    ...(mailbox ? [heading(view)] : []),
    ...layouts.flatMap((layout, i): Block[] => [
      ...(i > 0 ? [section('States')] : []),
      centred(layout, width),
      ...(legendOf(layout) === '' ? [] : [{ content: legendOf(layout), height: LEGEND_HEIGHT }]),
    ]),
    ...(mailbox ? [section('Mailbox'), ...mailbox.map((m) => row(m, { names: columnOf(mailbox), width })), FOOT] : []),
  ];
  let y = 0;
  const content = blocks.map((block) => {
    const placed = `<g transform="translate(0 ${Math.round(y)})">${block.content}</g>`;
    y += block.height;
    return placed;
  });
  return page({ title: view.title, width, height: Math.ceil(y), content: content.join('\n') });
}

const centred = (layout: Layout, width: number): Block => ({
  height: layout.height, content: `<g transform="translate(${Math.round((width - layout.width) / 2)} 0)">\n${picture(layout)}\n</g>`,
});

const heading = ({ title, doc }: View): Block => ({
  height: HEADING,
  content: `<text class="heading" x="${MARGIN}" y="34">${escapeXml(title)}</text>`
    + `<text class="doc" x="${MARGIN + Math.ceil(widthOf(title, 22, 'bold') * FONTS_DIFFER) + 14}" y="34">${escapeXml(doc)}</text>`,
});

const section = (title: string): Block => ({ height: SECTION, content: `<text class="section" x="${MARGIN}" y="22">${title}</text>` });

/** Where the words begin that say what a kind is. */
const columnOf = (mailbox: readonly MessageDoc[]): number =>
  MARGIN + 14 + Math.ceil(FONTS_DIFFER * Math.max(0, ...mailbox.map((m) => widthOf(m.kind, TEXT_PX, 'bold'))));

function row({ kind, doc }: MessageDoc, { names, width }: { readonly names: number; readonly width: number }): Block {
  const lines = wrap(doc, width - names - MARGIN);
  const words = lines.map((text, i) => `<tspan x="${names}" y="${14 + i * ROW}">${escapeXml(text)}</tspan>`).join('');
  return {
    height: lines.length * ROW + 5,
    content: `<text class="kind" x="${MARGIN}" y="14">${escapeXml(kind)}</text><text class="doc">${words}</text>`,
  };
}

/** Lines of words, none wider than this; fonts differ, so a little is kept free. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const longer = lines.length === 0 ? word : `${lines.at(-1)} ${word}`;
    if (lines.length === 0 || widthOf(longer, TEXT_PX) > width * 0.9) lines.push(word);
    else lines[lines.length - 1] = longer;
  }
  return lines;
}
