/** The console's commands, from a line to what to do. Pure; errors name what is accepted. */
import { parseRate } from '../base/rate-text.js';
import { flaw, ok, type Result } from '../base/result.js';
import type { ChosenPolicy, Direction, Limit } from '../client.js';
import { didYouMean } from '../policy/choke/nearest.js';
import { parseParams } from '../policy/choke/params.js';
import { findPolicy } from '../policy/choke/registry.js';

export type Command =
  | { readonly type: 'help' | 'status' | 'peers' | 'pause' | 'resume' | 'quit' }
  | { readonly type: 'limit'; readonly direction: Direction; readonly limit: Limit }
  | { readonly type: 'policy'; readonly chosen: ChosenPolicy };

export const HELP: readonly string[] = [
  'status               how far each torrent is',
  'peers                who we are connected to',
  'limit up|down RATE   KB/s, or with a suffix (1.5M, 64Ki); 0: no limit',
  'policy NAME [K=V]    another choking policy, from now on',
  'pause, resume        all torrents',
  'quit                 save, say goodbye, exit',
];
const NAMES = ['help', 'status', 'peers', 'limit', 'policy', 'pause', 'resume', 'quit'] as const;

export function parseCommand(line: string): Result<Command> {
  const [word = '', ...args] = line.trim().split(/\s+/);
  const name = NAMES.find((n) => n === word.toLowerCase());
  switch (name) {
    case undefined: return flaw('command', `one of ${NAMES.join(', ')}`, `'${word}'${didYouMean(word, NAMES)}`);
    case 'limit': return limit(args);
    case 'policy': return policy(args);
    case 'help':
    case 'status':
    case 'peers':
    case 'pause':
    case 'resume':
    case 'quit':
      return args.length === 0 ? ok({ type: name }) : flaw(name, 'no arguments', args.join(' '));
  }
}

function limit([direction, text, ...more]: readonly string[]): Result<Command> {
  if ((direction !== 'up' && direction !== 'down') || text === undefined || more.length > 0) {
    return flaw('limit', 'up or down, and a rate: limit up 20', [direction, text, ...more].join(' ').trim() || 'nothing');
  }
  const rate = parseRate(text);
  return rate.ok ? ok({ type: 'limit', direction, limit: rate.value }) : rate;
}

function policy([name, ...params]: readonly string[]): Result<Command> {
  const found = findPolicy(name ?? '');
  if (!found.ok) return found;
  const checked = parseParams(found.value, params);
  return checked.ok ? ok({ type: 'policy', chosen: { policy: found.value, params: checked.value } }) : checked;
}
