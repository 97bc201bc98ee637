/** The live page in a browser: Debian's Chromium, driven over its debugging protocol, looks at the real program. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout } from 'node:timers/promises';
import { chromium, type Browser, type Page } from 'playwright-core';
import { PROGRAM } from '../../src/cli/entries.js';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome'];
const found = (process.env['PATH'] ?? '').split(delimiter).flatMap((dir) => NAMES.map((name) => join(dir, name))).find(existsSync);
const isRequired = process.env['ACTORRENT_BROWSER'] === 'required';
/** Why the tests cannot be; they fail instead where ACTORRENT_BROWSER=required. */
export const skip = found === undefined && !isRequired ? 'there is no chromium on the PATH' : false;

export const launch = (): Promise<Browser> => chromium.launch({ executablePath: found!, args: ['--no-sandbox'] });

export interface Look {
  readonly page: Page;
  readonly url: string;
  /** Where the program takes peers. */
  readonly port: number;
  /** What the browser complained of. */
  readonly complaints: readonly string[];
}

/** The page of a `download` with these options, once it tells its address. */
export async function looking(args: readonly string[], play: (look: Look) => Promise<void>): Promise<void> {
  const program = spawn(process.execPath, [PROGRAM, 'download', ...args, '--ui', '0', '--json', '--ip', '127.0.0.1', '--port', '0'], {
    stdio: ['ignore', 'pipe', 'inherit'], env: { ...process.env, ACTORRENT_CONFIG: 'none' },
  });
  const ended = new Promise((resolve) => program.once('close', resolve));
  const where = await new Promise<{ url: string; port: number }>((resolve, reject) => {
    const told: { url?: string; port?: number } = {};
    createInterface({ input: program.stdout }).on('line', (line) => {
      const event = JSON.parse(line) as { event: string; url?: string; port?: number };
      if (event.event === 'page') told.url = event.url!;
      if (event.event === 'listening') told.port = event.port!;
      if (told.url !== undefined && told.port !== undefined) resolve({ url: told.url, port: told.port });
    });
    program.once('close', () => reject(new Error('it ended before it told its address')));
  });
  const browser = await launch();
  try {
    const page = await browser.newPage();
    const complaints: string[] = [];
    page.on('pageerror', (error) => complaints.push(error.message));
    page.on('console', (message) => { if (message.type() === 'error') complaints.push(message.text()); });
    await page.goto(where.url);
    await play({ page, complaints, ...where });
  } finally {
    await browser.close();
    program.kill('SIGTERM');
    await ended;
  }
}

export async function until(holds: () => Promise<boolean>, what: string): Promise<void> {
  const end = performance.now() + 20_000;
  while (!await holds()) {
    assert.ok(performance.now() < end, `in vain waited for ${what}`);
    await setTimeout(100);
  }
}
