/**
 * Takes the pictures of docs/page.md: a swarm of the demo as Chromium shows it, in its first minute. `node build/test/web/pictures.js`;
 * look at them before they are kept.
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout } from 'node:timers/promises';
import type { Page } from 'playwright-core';
import { PROGRAM } from '../../src/cli/entries.js';
import { launch } from './browser.js';

const INTO = 'docs/page';
/** Long enough for a few rounds of choking, and the content lasts longer. */
const MINUTE_MS = 50_000;
const SIZE_MIB = '500';

const folder = mkdtempSync(join(tmpdir(), 'actorrent-pictures-'));
const args = [PROGRAM, 'demo', '--size', SIZE_MIB, '--folder', join(folder, 'demo')];
const demo = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
const ended = new Promise((resolve) => demo.once('close', resolve));
const url = await new Promise<string>((resolve) => {
  createInterface({ input: demo.stdout }).on('line', (line) => {
    const [found] = /http:\S+/.exec(line.includes('live page') ? line : '') ?? [];
    if (found !== undefined) resolve(found);
  });
});
const browser = await launch();
try {
  const page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
  await page.goto(url);
  await limit(page, 'Download', '3000');
  await limit(page, 'Upload', '6000');
  await page.getByText('up limit: 6000 KB/s').waitFor();
  await setTimeout(MINUTE_MS);
  await page.getByRole('heading', { name: 'actorrent' }).click();
  await picture(page, 'torrent');
  for (const panel of ['Choking', 'Limits']) {
    await page.getByRole('link', { name: panel }).click();
    await setTimeout(2000);
    await picture(page, panel.toLowerCase());
  }
  await page.emulateMedia({ colorScheme: 'dark' });
  await page.getByRole('link', { name: 'Processes' }).click();
  await page.getByRole('button', { name: /^Controller/ }).click();
  await setTimeout(3000);
  await picture(page, 'processes');
  await page.getByRole('link', { name: 'Torrent', exact: true }).click();
  await page.emulateMedia({ colorScheme: 'light' });
  await page.setViewportSize({ width: 390, height: 844 });
  await setTimeout(2000);
  await picture(page, 'phone');
} finally {
  await browser.close();
  demo.kill('SIGINT');
  await ended;
  rmSync(folder, { recursive: true });
}

async function limit(page: Page, direction: 'Download' | 'Upload', to: string): Promise<void> {
  const input = page.getByLabel(`${direction} limit, KB/s`);
  await input.fill(to);
  await input.press('Enter');
}

async function picture(page: Page, name: string): Promise<void> {
  await page.screenshot({ path: join(INTO, `${name}.png`), fullPage: true });
}
