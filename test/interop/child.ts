/**
 * A program that a test started: its output as lines, its peak memory, and its end. Only ever signalled by its own pid.
 * `setpriv --pdeathsig` ties it to us, so that a client does not outlive even a test run that is killed outright. (Of
 * opentracker this does not hold: the kernel drops the tie when a program changes its user.)
 * Output is kept bounded: the last `TAIL_LINES` lines, for the message of a test that fails.
 */
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';

const TAIL_LINES = 20;
const MAX_LINE_CHARS = 300;
/** Peak memory is a high-water mark kept by the kernel: the sampling only has to catch it before the program ends. */
const SAMPLE_MS = 100;
/** What a client gets to tell its tracker goodbye and to flush its cache; then it is killed. */
const STOP_GRACE_MS = 20_000;

export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

export interface Child {
  readonly name: string;
  readonly pid: number;
  readonly exited: Promise<Exit>;
  /** Undefined while it runs. */
  readonly exit: () => Exit | undefined;
  readonly onStdout: (hear: (line: string) => void) => void;
  readonly write: (line: string) => void;
  /** VmHWM of /proc/PID/status, in bytes: the most it ever had resident. */
  readonly peakRss: () => number;
  /** The last lines of both streams. */
  readonly tail: () => string;
  /** Sends the signal, waits, and kills what does not listen. Safe to call twice. */
  readonly stop: (signal?: NodeJS.Signals) => Promise<Exit>;
  /** At once, without waiting: for the end of the test run. */
  readonly kill: () => void;
}

export interface Command {
  readonly name: string;
  readonly argv: readonly string[];
  readonly cwd: string;
}

/** The environment of the caller stays out: no proxies, no settings of the user's, no test runner's variables. */
const environment = (home: string): NodeJS.ProcessEnv =>
  ({ PATH: process.env.PATH ?? '/usr/sbin:/usr/bin:/sbin:/bin', HOME: home, LANG: 'C.UTF-8' });

/**
 * `prefix` is what moves the program elsewhere, such as `ip netns exec NAME`; it must replace itself by the program.
 */
export function start({ name, argv, cwd }: Command, prefix: readonly string[] = []): Child {
  const [program, ...args] = [...prefix, 'setpriv', '--pdeathsig', 'KILL', ...argv];
  const child = spawn(program!, args, { cwd, env: environment(cwd), stdio: ['pipe', 'pipe', 'pipe'] });
  const lines: string[] = [];
  const ears: ((line: string) => void)[] = [];
  let exit: Exit | undefined;
  let peak = 0;

  const keep = (line: string): void => {
    const short = line.slice(0, MAX_LINE_CHARS);
    if (short === lines.at(-1)) return; // such as a status that did not change
    lines.push(short);
    if (lines.length > TAIL_LINES) lines.shift();
  };
  createInterface({ input: child.stdout }).on('line', (line) => {
    keep(line);
    for (const hear of ears) hear(line);
  });
  createInterface({ input: child.stderr }).on('line', keep);
  child.stdin.on('error', () => {}); // a program that ended does not read; its exit is what gets reported

  const sample = (): void => { peak = Math.max(peak, readPeakRss(child.pid)); };
  const sampling = setInterval(sample, SAMPLE_MS).unref();
  const exited = new Promise<Exit>((resolve) => {
    const end = (e: Exit): void => {
      clearInterval(sampling);
      exit ??= e;
      resolve(exit);
    };
    child.on('error', (e) => { keep(e.message); end({ code: 127, signal: null }); });
    // `close`, not `exit`: by then the last line has been read.
    child.on('close', (code, signal) => end({ code, signal }));
  });

  return {
    name, pid: child.pid ?? -1, exited,
    exit: () => exit,
    onStdout: (hear) => { ears.push(hear); },
    write: (line) => { child.stdin.write(`${line}\n`); },
    peakRss: () => { sample(); return peak; },
    tail: () => lines.map((l) => `  ${name}| ${l}`).join('\n'),
    stop: async (signal = 'SIGTERM') => {
      sample();
      if (!exit) child.kill(signal);
      const hard = setTimeout(() => { if (!exit) child.kill('SIGKILL'); }, STOP_GRACE_MS);
      return exited.finally(() => clearTimeout(hard));
    },
    kill: () => { if (!exit) child.kill('SIGKILL'); },
  };
}

function readPeakRss(pid: number | undefined): number {
  try {
    const kib = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
    return Number(kib ?? 0) * 1024;
  } catch {
    return 0; // it has just ended
  }
}
