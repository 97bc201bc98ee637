/** Policies as text: one in a few lines for the list, or all of one; and as data for programs. */
import { describeParam } from '../../policy/choke/params.js';
import type { ChokePolicy, ParamSpec } from '../../policy/choke/policy.js';
import { wrap } from '../help.js';
import type { Colors } from '../io.js';

export const policyJson = ({ name, summary, source, scope, params }: ChokePolicy): object =>
  ({ name, summary, source, scope, params });

const WIDTH = 78;
const specsOf = ({ params }: ChokePolicy): readonly [string, ParamSpec][] => Object.entries(params);

/** Its meaning, its source, and the names of its parameters. */
export function policyLine(policy: ChokePolicy, colors: Colors): string {
  const { name, summary, source } = policy;
  const params = specsOf(policy).map(([key, spec]) => `${key}=${spec.default}`).join(' ') || 'no parameters';
  const indented = (text: string, paint: (line: string) => string): string[] => wrap(text, WIDTH - 2).map((line) => paint(`  ${line}`));
  return [`${colors.bold(name)}: ${summary}`, ...indented(params, colors.cyan), ...indented(`from ${source}`, colors.dim)].join('\n');
}

/** With what each parameter means and accepts, and how often the policy is asked. */
export function policyDetails(policy: ChokePolicy, colors: Colors): string {
  const { name, summary, source, scope } = policy;
  const specs = specsOf(policy);
  const width = Math.max(0, ...specs.map(([key, spec]) => `${key}=${spec.default}`.length)) + 2;
  const rows = specs.map(([key, spec]) => {
    const [first = '', ...more] = wrap(`${spec.doc}: ${describeParam(spec)}`, WIDTH - width);
    const below = more.map((line) => `\n  ${' '.repeat(width)}${line}`).join('');
    return `  ${colors.cyan(`${key}=${spec.default}`.padEnd(width))}${first}${below}`;
  });
  const times = rhythm(policy, scope).map((line) => `  ${line}`);
  return [`${colors.bold(name)}: ${summary}`, colors.dim(`  from ${source}`), ...times, ...rows].join('\n');
}

function rhythm(policy: ChokePolicy, scope: ChokePolicy['scope']): readonly string[] {
  const { tickMs, optimisticMs, react, minHoldMs } = policy.timing(policy.defaults);
  const rounds = `decides every ${tickMs / 1000} s for ${scope === 'torrent' ? 'each torrent by itself' : 'all torrents together'}`;
  const events = react.length === 0 ? 'at no other time' : `at once on: ${react.join(', ')}`;
  const more = [
    ...(optimisticMs === undefined ? [] : [`tries other peers every ${optimisticMs / 1000} s`]),
    ...(minHoldMs === 0 ? [] : [`leaves a choice alone for ${minHoldMs / 1000} s`]),
  ];
  return [...wrap(`${rounds}, and ${events}`, WIDTH - 2), ...more];
}
