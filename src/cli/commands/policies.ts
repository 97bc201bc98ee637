/** `policies`: the built-in choking policies, their parameters and where they come from. */
import { describeParam } from '../../policy/choke/params.js';
import type { ChokePolicy, ParamSpec } from '../../policy/choke/policy.js';
import { listPolicies } from '../../policy/choke/registry.js';
import { defineCommand } from '../command.js';
import { EXIT } from '../exit.js';
import { wrap } from '../help.js';
import type { Colors } from '../io.js';
import { flag } from '../option.js';

export const policies = defineCommand({
  name: 'policies',
  group: 'Learn',
  summary: 'lists choking policies and their parameters',
  args: '',
  arity: { least: 0, most: 0 },
  options: {
    json: flag({ group: 'Output', meaning: 'one JSON array, for programs' }),
  },
  async run({ values, io }) {
    const all = listPolicies();
    io.print(values.json ? JSON.stringify(all.map(policyJson)) : all.map((p) => policyText(p, io.colors)).join('\n\n'));
    return EXIT.done;
  },
});

export const policyJson = ({ name, summary, source, scope, params }: ChokePolicy): object =>
  ({ name, summary, source, scope, params });

export function policyText({ name, summary, source, params }: ChokePolicy, colors: Colors): string {
  const specs: readonly [string, ParamSpec][] = Object.entries(params);
  const width = Math.max(0, ...specs.map(([key, spec]) => `${key}=${spec.default}`.length)) + 2;
  const rows = specs.map(([key, spec]) => {
    const [first = '', ...more] = wrap(`${spec.doc}: ${describeParam(spec)}`, 78 - width);
    const below = more.map((line) => `\n  ${' '.repeat(width)}${line}`).join('');
    return `  ${colors.cyan(`${key}=${spec.default}`.padEnd(width))}${first}${below}`;
  });
  return [`${colors.bold(name)}: ${summary}`, colors.dim(`  from ${source}`), ...rows].join('\n');
}
