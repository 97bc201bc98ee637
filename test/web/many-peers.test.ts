/** The live page of a client with 200 peers that all give: what is told stays bounded, and the picture readable. */
import assert from 'node:assert/strict';
import { get } from 'node:http';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { test } from 'node:test';
import { SECOND, type Bytes, type Millis } from '../../src/base/units.js';
import { PROCESSES } from '../../src/process/index.js';
import { RawPeer } from '../system/raw-peer.js';
import { inLab, makeContent } from '../system/swarm.js';
import { looking, skip } from './browser.js';

const PEERS = 200;
/** Half of the strangers that Listener has patience with. */
const AT_ONCE = 50;
/** At 50 KB/s they last for nearly three minutes. */
const PIECES = 512;
/** The page is told so often at most. */
const BEAT = 0.4 * SECOND;
/** Of what is told of a peer at a beat. */
const BYTES_A_PEER = 400;

test('200 peers: a row each, one box for all, and each of them on demand', { skip }, () => inLab(async (lab) => {
  const content = makeContent({ name: 'crowd', sizes: [PIECES * 16_384], pieceLength: 16_384 });
  const { infoHash } = content.meta;
  const folder = join(lab.folder, 'crowded');
  mkdirSync(folder);
  const file = join(lab.folder, 'crowd.torrent');
  writeFileSync(file, content.file);
  await looking([file, '--folder', folder, '--max-peers', '250', '--down-limit', '50'], async ({ page, url, port, complaints }) => {
    const all = page.locator('table.peers tbody tr');
    const peers: RawPeer[] = [];
    while (peers.length < PEERS) {
      for (const peer of await Promise.all(Array.from({ length: AT_ONCE }, () => RawPeer.dial(port, { infoHash })))) {
        peer.answer = (m) => { if (m.type === 'request') peer.serve(content, m); };
        peer.send({ type: 'bitfield', bits: new Uint8Array(PIECES / 8).fill(255) }, { type: 'unchoke' });
        peers.push(peer);
      }
      await all.nth(peers.length - 1).waitFor();
    }
    assert.equal(await all.count(), PEERS);

    const told = await hear(new URL(`events?torrent=${infoHash}&processes=&kind=Controller`, url), 12);
    assert.ok(told.count <= 1 + told.lasted / BEAT, `peers were told ${told.count} times in ${told.lasted} ms`);
    assert.ok(told.most < PEERS * BYTES_A_PEER, `${told.most} bytes of ${PEERS} peers`);

    await page.getByRole('link', { name: 'Processes' }).click();
    const controllers = page.getByRole('button', { name: new RegExp(`^Controller: ${PEERS} of them`) });
    await controllers.waitFor();
    assert.equal(await page.locator('svg.graph .box').count(), PROCESSES.length);
    await page.getByRole('button', { name: 'Who owns whom' }).click();
    await controllers.press('Enter');
    const rows = page.getByRole('region', { name: 'Controller', exact: true }).locator('tbody tr');
    await rows.nth(PEERS - 1).getByRole('button').click();
    await page.getByRole('heading', { name: /\/Controller$/ }).waitFor();
    await page.getByText('Its last messages, the newest first').waitFor();
    assert.equal(await rows.count(), PEERS);
    for (const peer of peers) peer.close();
    assert.deepEqual(complaints, []);
  });
}));

interface Told {
  /** How often the peers were told. */
  readonly count: number;
  readonly lasted: Millis;
  /** At once. */
  readonly most: Bytes;
}

/** Until the peers were told of so often. */
function hear(url: URL, times: number): Promise<Told> {
  return new Promise((resolve, reject) => {
    const began = performance.now();
    const request = get(url, { agent: false }, (answer) => {
      let topic = '';
      let count = 0;
      let most = 0;
      createInterface({ input: answer }).on('error', reject).on('line', (line) => {
        if (line.startsWith('event: ')) topic = line.slice(7);
        if (!line.startsWith('data: ') || topic !== 'peers') return;
        most = Math.max(most, line.length);
        if (++count < times) return;
        answer.removeAllListeners('error').on('error', () => undefined);
        resolve({ count, lasted: performance.now() - began, most });
        request.destroy();
      });
    });
    request.on('error', reject);
  });
}
