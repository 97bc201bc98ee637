/**
 * Who dies in a demo with chaos, and what comes back for it: read from what the clients say of crashes, and from who owns whom.
 */
import { CLIENT, GROUPS, TORRENT } from '../../process/groups.js';
import type { Group } from '../../kernel/topology.js';
import { plural } from '../../base/format.js';

export class Casualties {
  private readonly counts = new Map<string, number>();

  /** One line for people; undefined where the warning is no death of a process. */
  report(client: string, warning: string): string | undefined {
    const dead = /^(\S+) crashed after .*: Error: killed$/.exec(warning)?.[1]?.split('/').at(-1)?.replace(/-\d+$/, '');
    const group = GROUPS.find((g) => dead !== undefined && g.owns.includes(dead));
    if (dead === undefined || !group) return undefined;
    this.counts.set(dead, (this.counts.get(dead) ?? 0) + 1);
    return `${client.padEnd(10)} ${dead.padEnd(11)} killed; ${aftermath(dead, group)}`;
  }

  /** How many of which. */
  get summary(): string {
    const all = [...this.counts.values()].reduce((sum, n) => sum + n, 0);
    return `${plural(all, 'process', 'processes')} killed: ${[...this.counts].map(([name, n]) => `${name} ${n}`).join(', ')}`;
  }
}

function aftermath(dead: string, group: Group): string {
  if (group.strategy === 'all-or-nothing') return 'its peer ends, and may be dialled again';
  const back = group.strategy === 'rest-for-one' ? group.owns.slice(group.owns.indexOf(dead)) : [dead];
  return `back: ${back.join(', ')}${dead === TORRENT.owner && group === CLIENT ? ', its torrents' : ''}`;
}
