/**
 * The live page in a browser: Debian's Chromium, driven over its debugging protocol, looks at the real program while it downloads.
 * Skipped where there is no Chromium, unless ACTORRENT_BROWSER=required.
 */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { createInterface } from 'node:readline';
import { test } from 'node:test';
import { chromium, type Page } from 'playwright-core';
import { PROGRAM } from '../../src/cli/entries.js';
import { assertHas, at, inLab, makeContent, put, request } from '../system/swarm.js';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome'];
const found = (process.env['PATH'] ?? '').split(delimiter).flatMap((dir) => NAMES.map((name) => join(dir, name))).find(existsSync);
const isRequired = process.env['ACTORRENT_BROWSER'] === 'required';
const skip = found === undefined && !isRequired ? 'there is no chromium on the PATH' : false;

/** The page of a `download` with these options, once it tells its address; and what the browser complained of. */
async function looking(args: readonly string[], play: (page: Page, complaints: readonly string[]) => Promise<void>): Promise<void> {
  const program = spawn(process.execPath, [PROGRAM, 'download', ...args, '--ui', '0', '--json', '--ip', '127.0.0.1', '--port', '0'], {
    stdio: ['ignore', 'pipe', 'inherit'], env: { ...process.env, ACTORRENT_CONFIG: 'none' },
  });
  const ended = new Promise((resolve) => program.once('close', resolve));
  const url = await new Promise<string>((resolve, reject) => {
    createInterface({ input: program.stdout }).on('line', (line) => {
      const event = JSON.parse(line) as { event: string; url?: string };
      if (event.event === 'page') resolve(event.url!);
    });
    program.once('close', () => reject(new Error('it ended before it told its address')));
  });
  const browser = await chromium.launch({ executablePath: found!, args: ['--no-sandbox'] });
  try {
    const page = await browser.newPage();
    const complaints: string[] = [];
    page.on('pageerror', (error) => complaints.push(error.message));
    page.on('console', (message) => { if (message.type() === 'error') complaints.push(message.text()); });
    await page.goto(url);
    await play(page, complaints);
  } finally {
    await browser.close();
    program.kill('SIGTERM');
    await ended;
  }
}

/** Of the fact with this name, e.g. 1.20 MB/s, in bytes a second. */
async function rateOf(page: Page, fact: string): Promise<number> {
  const [n = '0', unit = 'B/s'] = (await page.locator('.facts div', { hasText: fact }).first().locator('dd').innerText()).split(' ');
  return Number(n) * { 'B/s': 1, 'KB/s': 1e3, 'MB/s': 1e6 }[unit]!;
}

async function until(holds: () => Promise<boolean>, what: string): Promise<void> {
  const end = performance.now() + 20_000;
  while (!await holds()) assert.ok(performance.now() < end, `in vain waited for ${what}`);
}

test('open, change a limit, swap the policy, kill a process, and watch the download finish', { skip }, () => inLab(async (lab) => {
  const content = makeContent({ name: 'film', sizes: [12_000_000], pieceLength: 65_536 });
  const seeder = lab.start('seeder');
  put(content, seeder.folder);
  seeder.client.add(request(content, seeder.folder));
  const { host, port } = await at(seeder);
  const folder = join(lab.folder, 'looked-at');
  mkdirSync(folder);
  const file = join(lab.folder, 'film.torrent');
  writeFileSync(file, content.file);
  const options = [file, '--folder', folder, '--peer', `${host}:${port}`, '--down-limit', '200', '--seed', '--chaos', '0'];
  await looking(options, async (page, complaints) => {
    const notice = page.locator('.notice');
    await page.getByRole('heading', { name: 'film' }).waitFor();
    await page.getByRole('rowheader', { name: `${host}:${port}` }).waitFor();
    await page.getByRole('img', { name: /^184 pieces: .* 0 that no peer has$/ }).waitFor();
    await until(async () => await rateOf(page, 'Down') > 0, 'the first bytes');
    assert.ok(await rateOf(page, 'Down') < 400_000);

    await page.getByLabel('Choking policy').selectOption('wgo');
    await page.getByText('choking policy: wgo').waitFor();
    await page.getByRole('link', { name: 'Choking' }).click();
    await page.getByText(/^By wgo, a round every/).waitFor();

    await page.getByRole('link', { name: 'Processes' }).click();
    await page.getByRole('button', { name: 'Limiter', exact: true }).press('Enter');
    await page.getByRole('button', { name: 'Client', exact: true }).click();
    await page.getByRole('button', { name: 'Kill this process' }).click();
    await page.getByText('killed Client/Limiter').waitFor();
    await page.getByRole('button', { name: 'Limiter: 1 restart' }).waitFor();

    await page.getByRole('link', { name: 'Torrent', exact: true }).click();
    const limit = page.getByLabel('Download limit, KB/s');
    await limit.fill('nonsense');
    await limit.press('Enter');
    await page.getByText(/^rate: expected KB\/s/).waitFor();
    assert.equal(await notice.getAttribute('class'), 'notice bad');
    await limit.fill('2M');
    await limit.press('Enter');
    await page.getByText('down limit: 2000 KB/s').waitFor();
    await until(async () => await rateOf(page, 'Down') > 600_000, 'the rate to follow the limit');

    await page.getByRole('button', { name: /^film seeding/ }).waitFor({ timeout: 25_000 });
    await page.getByRole('button', { name: 'Pause' }).click();
    await page.getByRole('button', { name: 'Resume' }).waitFor();
    assert.deepEqual(complaints.filter((said) => !said.includes('422')), []);
  });
  assertHas(content, folder);
}));
