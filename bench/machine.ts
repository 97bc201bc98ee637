/** What the figures were measured on: without it they mean nothing to anyone else. */
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
