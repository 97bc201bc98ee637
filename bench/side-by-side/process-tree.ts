/**
 * What a program and all below it have used, as the kernel counts: processor time from /proc/PID/stat, where the threads of
 * a process are included, as are its children that ended and were waited for; memory from VmHWM, each process's own peak,
 * so the sum is at least the peak of the sum. Only what still runs can be asked.
 */
import { readdirSync, readFileSync } from 'node:fs';

export interface Usage {
  /** User and system, ms; the kernel rounds each process down to 10 ms. */
  readonly cpuMs: number;
  /** The most that was ever resident, bytes. */
  readonly peakBytes: number;
  /** Resident now, bytes. */
  readonly residentBytes: number;
}

/** USER_HZ: a tick of /proc is 10 ms on every Linux that Node runs on. */
const TICK_MS = 10;

export interface ProcessStat {
  readonly pid: number;
  readonly parent: number;
  readonly cpuMs: number;
}

/** A line of /proc/PID/stat. The name stands in parentheses and may itself hold spaces and parentheses. */
export function parseStat(line: string): ProcessStat {
  const afterName = line.slice(line.lastIndexOf(')') + 2).split(' ');
  // proc_pid_stat(5) numbers fields from 1, and `state` after the name is the third: 4 ppid, 14-17 utime stime cutime cstime.
  const field = (n: number): number => Number(afterName[n - 3]);
  return { pid: Number.parseInt(line, 10), parent: field(4), cpuMs: (field(14) + field(15) + field(16) + field(17)) * TICK_MS };
}

/** The processes of `all` that are `root` or below it. */
export function treeOf(all: readonly ProcessStat[], root: number): readonly ProcessStat[] {
  const found = all.filter((p) => p.pid === root);
  for (let i = 0; i < found.length; i++) found.push(...all.filter((p) => p.parent === found[i]!.pid));
  return found;
}

/** A field in kB of /proc/PID/status, in bytes; 0 where a process has none, such as one that has just ended. */
export const parseKib = (status: string, field: string): number =>
  Number(new RegExp(`^${field}:\\s+(\\d+) kB$`, 'm').exec(status)?.[1] ?? 0) * 1024;

/** Throws where one of the processes is gone: its figures went with it. */
export function treeUsage(pids: readonly number[]): Usage {
  const all = readdirSync('/proc').filter((name) => /^\d+$/.test(name)).flatMap((pid) => {
    const line = read(`/proc/${pid}/stat`);
    return line === '' ? [] : [parseStat(line)];
  });
  const trees = pids.map((pid) => treeOf(all, pid));
  const gone = pids.filter((_, i) => trees[i]!.length === 0);
  if (gone.length > 0) throw new Error(`process ${gone.join(', ')} ended before it could be asked what it had used`);
  const tree = trees.flat();
  const status = tree.map(({ pid }) => read(`/proc/${pid}/status`));
  const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);
  return {
    cpuMs: sum(tree.map((p) => p.cpuMs)),
    peakBytes: sum(status.map((text) => parseKib(text, 'VmHWM'))),
    residentBytes: sum(status.map((text) => parseKib(text, 'VmRSS'))),
  };
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return ''; // it has just ended
  }
}
