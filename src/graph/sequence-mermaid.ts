/** A sequence as a Mermaid sequence diagram. */
import { FRAMES } from './model.js';
import { timeAt, type Moment, type Sequence } from './sequence.js';
import { LIGHT_SHADES } from './svg-style.js';

export function sequenceMermaid({ title, lifelines, moments }: Sequence): string {
  const idOf = new Map(lifelines.map(({ id }, i) => [id, `p${i}`]));
  const comesFromOutside = moments.some((m) => m.type === 'message' && m.from === undefined);
  const boxes = lifelines.flatMap((line, i) => {
    const begins = line.scope !== lifelines[i - 1]?.scope;
    const ends = line.scope !== lifelines[i + 1]?.scope;
    const frame = FRAMES.find((f) => f.scope === line.scope)!;
    return [
      ...(begins ? [`  box ${rgb(LIGHT_SHADES[line.scope].fill)} ${frame.title}`] : []),
      `    participant ${idOf.get(line.id)} as ${line.title}${line.note === undefined ? '' : ` (${line.note})`}`,
      ...(ends ? ['  end'] : []),
    ];
  });
  const whole = `p0${lifelines.length > 1 ? `,p${lifelines.length - 1}` : ''}`;
  const row = (m: Moment): string => (m.type === 'end'
    ? `  Note over ${idOf.get(m.who)}: ends`
    : `  ${m.from === undefined ? 'outside' : idOf.get(m.from)}->>${idOf.get(m.to)}: ${plain(`${m.kind} ${m.detail}`)}`);
  return [
    '---', `title: ${title}`, '---', 'sequenceDiagram',
    ...(comesFromOutside ? ['  participant outside'] : []),
    ...boxes,
    ...moments.flatMap((m, i) => {
      const time = timeAt(moments, i);
      return [...(time === undefined ? [] : [`  Note over ${whole}: ${time}`]), row(m)];
    }),
    '',
  ].join('\n');
}

/** It takes no `#dfeafd` here. */
const rgb = (hex: string): string => `rgb(${[1, 3, 5].map((i) => Number.parseInt(hex.slice(i, i + 2), 16)).join(', ')})`;

/** Mermaid ends a statement at these. */
const plain = (text: string): string => text.trim().replaceAll(/[;#]/g, ',');
