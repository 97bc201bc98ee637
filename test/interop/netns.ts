/**
 * A network of the test's own: N hosts, each a network namespace with one veth into a bridge that sits in a namespace
 * of its own. Nothing is made in the machine's own namespace and nothing routes out, so runs cannot meet each other or
 * the world. Host K is 10.77.0.K and fd77::K. Needs root. Transmission refuses peers on loopback, hence all this.
 */
import { spawnSync } from 'node:child_process';
import { start, type Child, type Command } from './child.js';

const MAX_HOSTS = 32;

export interface Host {
  readonly name: string;
  readonly ip4: string;
  readonly ip6: string;
  readonly start: (command: Command) => Child;
}

export interface Network {
  readonly hosts: readonly Host[];
  /** Synchronous, so that it can also run when the process is on its way out. Idempotent. */
  readonly remove: () => void;
}

let made = 0;

export function makeNetwork(names: readonly string[]): Network {
  if (names.length > MAX_HOSTS) throw new Error(`${names.length} hosts asked for, at most ${MAX_HOSTS} allowed`);
  const run = `actorrent-${process.pid}-${++made}`;
  const hub = `${run}-hub`;
  const spaces: string[] = [];
  const addSpace = (space: string): void => {
    ip(['netns', 'add', space]);
    spaces.push(space);
  };
  const remove = (): void => {
    for (const space of spaces.splice(0)) spawnSync('ip', ['netns', 'del', space]);
  };

  try {
    addSpace(hub);
    batch(hub, ['link add bridge0 type bridge', 'link set bridge0 up']);
    const hosts = names.map((name, i): Host => {
      const k = i + 1;
      const space = `${run}-${k}`;
      const ip4 = `10.77.0.${k}`;
      const ip6 = `fd77::${k.toString(16)}`;
      addSpace(space);
      batch(space, [
        `link add eth0 type veth peer name port${k} netns ${hub}`,
        'link set lo up', 'link set eth0 up',
        `addr add ${ip4}/24 dev eth0`,
        `addr add ${ip6}/64 dev eth0 nodad`, // without waiting a second for duplicates
        // Linux's own default, whatever the machine is set to: BBR on veth falls into one of two modes, 30 % apart.
        `route change 10.77.0.0/24 dev eth0 src ${ip4} congctl cubic`,
        'route change fd77::/64 dev eth0 proto kernel metric 256 congctl cubic',
      ]);
      batch(hub, [`link set port${k} master bridge0 up`]);
      return { name, ip4, ip6, start: (command) => start(command, ['ip', 'netns', 'exec', space]) };
    });
    return { hosts, remove };
  } catch (e) {
    remove();
    throw e;
  }
}

/** Undefined where networks can be made here; else why not. */
export function whyNoNetwork(): string | undefined {
  try {
    makeNetwork(['probe']).remove();
    return undefined;
  } catch (e) {
    return e instanceof Error ? e.message : String(e);
  }
}

const batch = (space: string, commands: readonly string[]): void =>
  ip(['-n', space, '-batch', '-'], commands.join('\n'));

function ip(args: readonly string[], input = ''): void {
  const { status, error, stderr } = spawnSync('ip', args, { input, encoding: 'utf8', timeout: 10_000 });
  if (error) throw new Error(`ip ${args.join(' ')}: ${error.message}`);
  if (status !== 0) throw new Error(`ip ${args.join(' ')}: ${stderr.trim()}`);
}
