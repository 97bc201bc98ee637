/** What the figures were measured on, and of which code: without it they mean nothing to anyone else. */
import { spawnSync } from 'node:child_process';
import { cpus, release, totalmem, type } from 'node:os';

export interface Machine {
  readonly cpu: string;
  readonly cores: number;
  readonly memoryBytes: number;
  readonly kernel: string;
  readonly node: string;
}

export function machine(): Machine {
  const all = cpus();
  return {
    cpu: all[0]?.model.trim() ?? 'unknown', cores: all.length, memoryBytes: totalmem(),
    kernel: `${type()} ${release()}`, node: process.versions.node,
  };
}

/** The commit that is checked out, `-dirty` with changes in the tree; null outside of a repository. */
export function commit(): string | null {
  const describe = ['describe', '--always', '--dirty', '--exclude=*'];
  const { status, stdout } = spawnSync('git', describe, { cwd: import.meta.dirname, encoding: 'utf8' });
  return status === 0 ? stdout.trim() : null;
}
