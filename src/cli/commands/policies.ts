/**
 * `policies`: the choking policies that are built in; with a name, all of one; `policies replay`: a recorded run once more, with another
 * policy that is asked what it would have done.
 */
import { listPolicies } from '../../policy/choke/registry.js';
import { defineCommand } from '../command.js';
import { EXIT, misuse } from '../exit.js';
import { flag, many, text, value } from '../option.js';
import { policyDetails, policyJson, policyLine } from '../render/policy.js';
import { choosePolicy, DEFAULT_POLICY, POLICY_NAMES } from '../policy-source.js';
import { replayFile } from '../replay-file.js';

export const policies = defineCommand({
  name: 'policies',
  group: 'Learn',
  summary: 'lists choking policies; replays one',
  args: '[NAME]',
  words: [...POLICY_NAMES, 'replay'],
  arity: { least: 0, most: 2 },
  options: {
    policy: value('NAME|FILE', text, { group: 'Replay', meaning: 'which policy to ask', words: POLICY_NAMES, initial: DEFAULT_POLICY }),
    chokeParam: many('KEY=VALUE', text, { group: 'Replay', meaning: 'a parameter of it; repeatable' }),
    json: flag({ group: 'Output', meaning: 'for programs: an array; replay: an object a line' }),
  },
  notes: [
    '`policies replay FILE --policy NAME` asks a policy about a run that download or seed has written down with --record-choke FILE, '
      + 'and tells where it differs.',
  ],
  async run({ values, args: [first, file], io }) {
    const { json } = values;
    if (first === 'replay') {
      if (file === undefined) throw misuse('usage: actorrent policies replay FILE --policy NAME');
      const chosen = await choosePolicy({ name: values.policy, params: values.chokeParam, option: '--policy' });
      await replayFile(file, chosen, { print: io.print, json });
      return EXIT.done;
    }
    if (file !== undefined) throw misuse(`policies: unexpected argument ${file}; see actorrent policies --help`);
    if (first === undefined) {
      const all = listPolicies();
      io.print(json ? JSON.stringify(all.map(policyJson)) : all.map((policy) => policyLine(policy, io.colors)).join('\n'));
      return EXIT.done;
    }
    const { policy } = await choosePolicy({ name: first, params: [], option: 'policies' });
    io.print(json ? JSON.stringify(policyJson(policy)) : policyDetails(policy, io.colors));
    return EXIT.done;
  },
});
