/** The live page as people use it, in a browser. */
import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import type { Page } from 'playwright-core';
import { PAGE_FILE } from '../../src/cli/entries.js';
import { DOCUMENT } from '../../src/web/document.js';
import { assertHas, at, inLab, makeContent, put, request } from '../system/swarm.js';
import { looking, skip, until } from './browser.js';

/** Of the fact with this name, e.g. 1.20 MB/s, in bytes a second. */
async function rateOf(page: Page, fact: string): Promise<number> {
  const [n = '0', unit = 'B/s'] = (await page.locator('.facts div', { hasText: fact }).first().locator('dd').innerText()).split(' ');
  return Number(n) * { 'B/s': 1, 'KB/s': 1e3, 'MB/s': 1e6 }[unit]!;
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
  await looking(options, async ({ page, complaints }) => {
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
    const decisions = page.locator('.board thead button');
    await until(async () => await decisions.count() > 1, 'two decisions');
    const decided = await decisions.count();

    await page.getByRole('link', { name: 'Processes' }).click();
    await page.getByRole('button', { name: 'Limiter', exact: true }).press('Enter');
    await page.getByRole('button', { name: 'Client', exact: true }).click();
    await page.getByRole('button', { name: 'Kill this process' }).click();
    await page.getByText('killed Client/Limiter').waitFor();
    await page.getByRole('button', { name: 'Limiter: 1 restart' }).waitFor();

    await page.getByRole('link', { name: 'Choking' }).click();
    await page.getByRole('heading', { name: 'Whom we serve' }).waitFor();
    assert.ok(await decisions.count() >= decided, 'decisions are kept while another panel is shown');

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

test('a torrent that is added on the page appears, and so does what is wrong with a file that is none', { skip }, () => inLab(async (lab) => {
  const [first, second] = ['first', 'second'].map((name) => makeContent({ name, sizes: [100_000], pieceLength: 16_384 }));
  const folder = join(lab.folder, 'files');
  put(first!, folder);
  put(second!, folder);
  writeFileSync(join(lab.folder, 'first.torrent'), first!.file);
  await looking([join(lab.folder, 'first.torrent'), '--folder', folder, '--seed'], async ({ page, complaints }) => {
    const torrents = page.getByRole('list', { name: 'Torrents' }).getByRole('button');
    await page.getByRole('button', { name: /^first seeding/ }).waitFor();
    assert.equal(await torrents.count(), 1);
    const chooser = page.getByLabel('Add a torrent');
    await chooser.setInputFiles({ name: 'bad.torrent', mimeType: 'application/x-bittorrent', buffer: Buffer.from('<html>') });
    await page.getByText(/^not a valid torrent: /).waitFor();
    await chooser.setInputFiles({ name: 'second.torrent', mimeType: 'application/x-bittorrent', buffer: Buffer.from(second!.file) });
    await page.getByText('added second').waitFor();
    await page.getByRole('button', { name: /^second seeding/ }).click();
    await page.getByRole('heading', { name: 'second' }).waitFor();
    assert.equal(await torrents.count(), 2);
    assert.deepEqual(complaints.filter((said) => !said.includes('422')), []);
  });
}));

test('a torrent is removed once that is confirmed, with its files or without', { skip }, () => inLab(async (lab) => {
  const folder = join(lab.folder, 'files');
  const files = ['kept', 'gone'].map((name) => {
    const content = makeContent({ name, sizes: [100_000], pieceLength: 16_384 });
    put(content, folder);
    writeFileSync(join(lab.folder, `${name}.torrent`), content.file);
    return join(lab.folder, `${name}.torrent`);
  });
  await looking([...files, '--folder', folder, '--seed'], async ({ page, complaints }) => {
    await page.getByRole('button', { name: /^gone seeding/ }).click();
    const remove = page.getByRole('button', { name: 'Remove', exact: true });
    const dialog = page.getByRole('dialog', { name: 'Remove gone?' });
    await remove.click();
    await dialog.getByText(`Its 1 file (100 KB) in ${folder}`).waitFor();
    await page.keyboard.press('Enter');
    await dialog.waitFor({ state: 'hidden' });
    assert.equal(await page.getByRole('list', { name: 'Torrents' }).getByRole('button').count(), 2, 'nothing is done by Enter alone');
    await remove.click();
    await dialog.getByRole('button', { name: 'Remove and delete the files' }).click();
    await page.getByText('gone: removed, and 1 file (100 KB) deleted in').waitFor();
    await page.getByRole('heading', { name: 'kept' }).waitFor();
    assert.deepEqual(readdirSync(folder).filter((name) => !name.startsWith('.')), ['kept']);
    await remove.click();
    await page.getByRole('button', { name: 'Remove, keep the files' }).click();
    await page.getByText('kept: removed; its files stay in').waitFor();
    await page.getByText('No torrent yet.').waitFor();
    assert.deepEqual(readdirSync(folder).filter((name) => !name.startsWith('.')), ['kept']);
    assert.deepEqual(complaints, []);
  });
}));

test('of 50,000 files a page full is shown; others are found, and how much they are wanted is changed', { skip }, () => inLab(async (lab) => {
  const content = makeContent({ name: 'many', sizes: new Array<number>(50_000).fill(100), pieceLength: 65_536 });
  const folder = join(lab.folder, 'many-files');
  mkdirSync(folder);
  const file = join(lab.folder, 'many.torrent');
  writeFileSync(file, content.file);
  await looking([file, '--folder', folder], async ({ page, complaints }) => {
    const files = page.getByRole('region', { name: 'Files' });
    const rows = files.getByRole('rowheader');
    const wanted = (n: number) => files.getByLabel(`How much many/file-${n}.bin is wanted`);
    await files.getByText('1 to 100 of 50,000').waitFor();
    assert.equal(await rows.count(), 100);
    await files.getByRole('button', { name: 'Next' }).click();
    await files.getByText('101 to 200 of 50,000').waitFor();
    assert.deepEqual([await rows.count(), await rows.first().innerText()], [100, 'many/file-100.bin']);

    await files.getByLabel('Find').fill('-49999');
    await files.getByText('All 1 that are found').waitFor();
    await wanted(49_999).selectOption('high');
    await page.getByText('#50000: high').waitFor();
    await files.getByLabel('Find').fill('file-4999?.bin');
    await files.getByText('All 10 that are found').waitFor();
    await files.getByLabel('All 10').selectOption('skip');
    await until(async () => await wanted(49_999).inputValue() === 'skip', 'all that were found to be skipped');
    await wanted(49_998).selectOption('low');
    await page.getByText('#49999: low').waitFor();
    await page.reload();
    await files.getByLabel('Find').fill('-4999');
    await files.getByText('All 11 that are found').waitFor();
    assert.deepEqual(await Promise.all([4999, 49_997, 49_998].map((n) => wanted(n).inputValue())), ['normal', 'skip', 'low']);
    assert.deepEqual(complaints, []);
  });
}));

test('all that a browser loads is less than 500 kB compressed', () => {
  const sizes = [Buffer.from(DOCUMENT), ...['page.js', 'page.css'].map((name) => readFileSync(PAGE_FILE(name)))].map((file) => gzipSync(file).length);
  assert.ok(sizes.reduce((sum, n) => sum + n) < 500_000, sizes.join(' + '));
});

test('a magnet link whose metadata is not here is shown as that', { skip }, () => inLab(async (lab) => {
  const link = `magnet:?xt=urn:btih:${'1'.repeat(40)}&dn=film&x.pe=127.0.0.1:1`;
  await looking([link, '--folder', join(lab.folder, 'linked')], async ({ page, complaints }) => {
    await page.getByRole('button', { name: 'film' }).click();
    assert.equal(await page.locator('.torrents .soft').innerText(), 'fetching metadata');
    await page.getByText('its metadata is being fetched from peers').waitFor();
    assert.deepEqual(complaints, []);
  });
}));
