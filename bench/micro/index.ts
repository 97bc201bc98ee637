/** Micro-benchmarks of what runs for every block or message, on the code that does it. */
import { MIB } from '../../src/base/units.js';
import type { Section } from '../report.js';
import { BITFIELDS } from './bitfields.js';
import { CODECS } from './codecs.js';
import { CREDIT } from './credit.js';
import { FRAMING } from './framing.js';
import { bytesPerMessage, MAILBOX } from './mailbox.js';
import { measure, type Case, type Figure } from './measure.js';
import { comparePicking, GOAL } from './picking.js';

const BUDGET_MS = 300;
const QUICK_MS = 50;

interface Line extends Figure {
  readonly name: string;
  readonly unit: string;
  readonly bytes?: number;
}

export async function run({ quick }: { readonly quick: boolean }): Promise<Section> {
  const now = (): number => performance.now();
  const budget = { ms: quick ? QUICK_MS : BUDGET_MS, now };
  const cases: readonly Case[] = [...FRAMING, ...BITFIELDS, ...CREDIT, ...MAILBOX, ...CODECS];
  const picking = comparePicking({ quick, now });
  const lines: readonly Line[] = [
    ...cases.map((c) => ({ ...measure(c, budget), name: c.name, unit: c.unit, ...(c.bytes !== undefined && { bytes: c.bytes }) })),
    ...picking.lines,
  ];
  const heap = bytesPerMessage();
  const met = picking.ratio <= GOAL ? 'met' : 'NOT met';
  return {
    title: 'Micro-benchmarks',
    columns: ['', 'ns', 'a', 'spread', 'a second'],
    rows: lines.map(row),
    notes: [
      `A message takes ${heap.toFixed(0)} bytes of heap until it is collected.`,
      `Picking a block of many costs ${picking.ratio.toFixed(2)} times one of few; goal ${GOAL}: ${met}.`,
    ],
    json: { lines, bytesPerMessage: heap, pickingRatio: picking.ratio },
  };
}

const row = ({ name, ns, unit, spread, bytes }: Line): string[] =>
  [name, ns < 100 ? ns.toFixed(1) : ns.toFixed(0), unit, `±${(spread * 100).toFixed(0)} %`, rateOf(ns, bytes)];

function rateOf(ns: number, bytes: number | undefined): string {
  const each = 1e9 / ns;
  if (bytes !== undefined) return `${(each * bytes / MIB).toFixed(0)} MiB`;
  return each >= 1e6 ? `${(each / 1e6).toFixed(1)} M` : `${(each / 1e3).toFixed(1)} k`;
}
