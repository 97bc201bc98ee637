/** Colours and signs of all pictures, for light and dark; and how text gets into an SVG. */
import type { Scope } from '../kernel/topology.js';

interface Shades {
  readonly frame: string;
  readonly fill: string;
  readonly line: string;
  readonly text: string;
}
type Theme = Readonly<Record<Scope, Shades>> & { readonly page: string; readonly ink: string; readonly faint: string };

const LIGHT: Theme = {
  page: '#ffffff', ink: '#1b2330', faint: '#5b6675',
  client: { frame: '#f4f8ff', fill: '#dfeafd', line: '#4f7fd9', text: '#2b58ad' },
  torrent: { frame: '#f3fbf5', fill: '#daf1e0', line: '#3d9a5f', text: '#20713f' },
  peer: { frame: '#fff8ef', fill: '#fde8cf', line: '#c9822b', text: '#96570b' },
};
const DARK: Theme = {
  page: '#12161d', ink: '#e8edf5', faint: '#98a4b5',
  client: { frame: '#161e2d', fill: '#22375c', line: '#6f9bec', text: '#9dbdf7' },
  torrent: { frame: '#14231b', fill: '#1e4630', line: '#57b97c', text: '#8ed9a9' },
  peer: { frame: '#271e13', fill: '#563a18', line: '#dc9a48', text: '#f0be82' },
};
export const SCOPES: readonly Scope[] = ['client', 'torrent', 'peer'];
export const LIGHT_SHADES: Readonly<Record<Scope, Shades>> = LIGHT;

const variables = (t: Theme): string => [
  `--page:${t.page};--ink:${t.ink};--faint:${t.faint}`,
  ...SCOPES.map((s) => `--${s}-frame:${t[s].frame};--${s}-fill:${t[s].fill};--${s}-line:${t[s].line};--${s}-text:${t[s].text}`),
].join(';');

const ofScope = (s: Scope): string => `.${s} .frame{fill:var(--${s}-frame);stroke:var(--${s}-line)}`
  + `.${s} .scope{fill:var(--${s}-text);stroke:var(--${s}-frame)}`
  + `.${s} .box{fill:var(--${s}-fill);stroke:var(--${s}-line)}.line.${s}{stroke:var(--${s}-line)}.${s}-head{fill:var(--${s}-line)}`;

const headOf = (s: Scope, name: string, size: number): string =>
  `<marker id="${s}-${name}" class="${s}-head" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="${size}" markerHeight="${size}" `
  + 'markerUnits="userSpaceOnUse" orient="auto-start-reverse"><path d="M0 1L10 5L0 9z"/></marker>';
/** Lines of some weight have larger ones. */
const HEADS = SCOPES.map((s) => headOf(s, 'head', 8) + headOf(s, 'large-head', 14)).join('');

export const SVG_STYLE = `<style>
:root{${variables(LIGHT)}}
@media(prefers-color-scheme:dark){:root{${variables(DARK)}}}
text{font-family:system-ui,-apple-system,"Segoe UI",Helvetica,Arial,sans-serif;fill:var(--ink)}
.page{fill:var(--page)}.frame{stroke-opacity:.35}.box{stroke-width:1.2}
.name{font-size:15px;font-weight:600;text-anchor:middle}.note{font-size:12px;text-anchor:middle;fill:var(--faint)}
.scope{font-size:12px;font-weight:600;paint-order:stroke;stroke-width:5px;stroke-linejoin:round}.legend text{font-size:12px;fill:var(--faint)}
.label{font-size:12px;text-anchor:middle;fill:var(--faint)}
.heading{font-size:22px;font-weight:700}.section{font-size:14px;font-weight:700}
.kind{font-size:13px;font-weight:600}.doc{font-size:13px;fill:var(--faint)}.doc tspan{fill:var(--faint)}
.start{fill:var(--ink)}
.line{fill:none;stroke-width:1.5}.line:hover{stroke-width:3}
.sign{fill:none;stroke:var(--ink);stroke-width:1.3;stroke-linecap:round;opacity:.65}
${SCOPES.map(ofScope).join('\n')}
</style>
<defs>${HEADS}<g id="clock" class="sign"><circle r="5"/><path d="M0-3V0L2 1.5"/></g>
<g id="eye" class="sign"><path d="M-6 0Q0-6 6 0Q0 6-6 0z"/><circle r="1.6"/></g></defs>`;

const THIN = 1.5;
const THICK = 6;
/** In pixels, of a line of this weight. */
export const lineWidth = (weight: number): number => Math.round((THIN + (THICK - THIN) * weight) * 10) / 10;

export const escapeXml = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
