import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { fromHex } from '../../src/base/bytes.js';
import { fromSeed } from '../../src/base/random.js';
import { clientName, makePeerId } from '../../src/protocol/peer-id.js';
import { fromLatin1, toLatin1 } from '../../src/protocol/raw.js';

test('ours: the prefix, then letters and digits of chance', () => {
  const text = toLatin1(fromHex(makePeerId(fromSeed(1))));
  assert.match(text, /^-AR0100-[A-Za-z0-9]{12}$/);
  assert.equal(makePeerId(fromSeed(1)), makePeerId(fromSeed(1)));
  assert.notEqual(makePeerId(fromSeed(1)), makePeerId(fromSeed(2)));
  assert.equal(clientName(fromLatin1(text)), 'actorrent 0.1.0');
});

const names: readonly (readonly [id: string, name: string])[] = [
  ['-TR3000-', 'Transmission 3.00'],
  ['-TR2940-', 'Transmission 2.94'],
  ['-TR4050-', 'Transmission 4.0.5'],
  ['-LT2080-', 'libtorrent 2.0.8'],
  ['-lt0D80-', 'rTorrent 0.13.8'],
  ['-qB4650-', 'qBittorrent 4.6.5'],
  ['-DE2110-', 'Deluge 2.1.1'],
  ['-UT355W-', 'uTorrent 3.5.5.32'],
  ['-AZ5760-', 'Vuze 5.7.6'],
  ['-WW0102-', 'WebTorrent 1.2'],
  ['-KT5110-', 'KTorrent 5.1.1'],
  ['-zz1234-', 'unknown client zz 1.2.3.4'],
  ['S58B-----', 'Shadow 5.8.11'],
  ['T03I--', 'BitTornado 0.3.18'],
  ['M7-9-2--', 'BitTorrent 7.9.2'],
  ['M4-20-8-', 'BitTorrent 4.20.8'],
  ['-TR30', 'unknown'],
  ['no client', 'unknown'],
  ['', 'unknown'],
];
for (const [id, name] of names) {
  test(`${JSON.stringify(id)} is ${name}`, () => assert.equal(clientName(fromLatin1(id.padEnd(20, '\xff'))), name));
}

test('any bytes have some name', () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 30 }), (bytes) => assert.ok(clientName(bytes).length > 0)));
});
