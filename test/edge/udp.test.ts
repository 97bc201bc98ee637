/** Conversations over real sockets on loopback. */
import assert from 'node:assert/strict';
import { createSocket, type Socket } from 'node:dgram';
import { networkInterfaces } from 'node:os';
import { test } from 'node:test';
import { nodeUdp } from '../../src/edge/udp.js';
import type { Move, Talker } from '../../src/ports/udp.js';

const udp = nodeUdp();

/** Says `words` until something is heard that makes `heard` happy. */
const talker = (heard: (packet: Uint8Array) => Move<string>, wait = 10_000): Talker<string> & { said: number } => ({
  said: 0,
  next() {
    this.said++;
    return { kind: 'send', packet: Buffer.from('hello'), wait };
  },
  heard: (packet) => heard(packet),
});
const asText = (packet: Uint8Array): Move<string> => ({ kind: 'done', reply: Buffer.from(packet).toString() });

async function remote(host: '127.0.0.1' | '::1', hear: (this: Socket, said: string, port: number) => void) {
  const socket = createSocket(host === '::1' ? 'udp6' : 'udp4');
  socket.on('message', (packet, { port }) => hear.call(socket, packet.toString(), port));
  await new Promise<void>((resolve) => socket.bind(0, host, resolve));
  return { at: { host, port: socket.address().port }, close: () => new Promise<void>((resolve) => socket.close(() => resolve())) };
}

for (const host of ['127.0.0.1', '::1'] as const) {
  test(`says something to ${host} and takes the answer`, async (t) => {
    if (!Object.values(networkInterfaces()).flat().some((i) => i?.address === host)) return t.skip(`no ${host} here`);
    const other = await remote(host, function (said, port) { this.send(`${said}!`, port, host); });
    assert.equal(await udp.converse(other.at, talker(asText), { timeout: 10_000 }), 'hello!');
    await other.close();
  });
}

test('a name is asked over the family that is wanted, and no other', async () => {
  const other = await remote('127.0.0.1', function (said, port) { this.send(`${said}!`, port, '127.0.0.1'); });
  const named = { host: 'localhost', port: other.at.port };
  assert.equal(await udp.converse(named, talker(asText), { timeout: 10_000, family: 4 }), 'hello!');
  await assert.rejects(udp.converse(named, talker(asText), { timeout: 10_000, family: 6 }), { message: /^(no such host|connection refused)$/ });
  await other.close();
});

test('says it again when nothing that matters was heard', async () => {
  let heard = 0;
  const other = await remote('127.0.0.1', function (_, port) { this.send(++heard < 3 ? 'noise' : 'answer', port, '127.0.0.1'); });
  const patient = talker((packet) => (packet.length === 5 ? { kind: 'ignored' } : asText(packet)), 1);
  assert.equal(await udp.converse(other.at, patient, { timeout: 10_000 }), 'answer');
  assert.ok(patient.said >= 3);
  await other.close();
});

test('fails in words: nobody there, no such host, too late, what the talker says', async () => {
  const gone = await remote('127.0.0.1', () => undefined);
  await gone.close();
  await assert.rejects(udp.converse(gone.at, talker(asText), { timeout: 10_000 }), { message: 'connection refused' });
  await assert.rejects(udp.converse({ host: 'nowhere.invalid', port: 1 }, talker(asText), { timeout: 10_000 }), Error);
  const silent = await remote('127.0.0.1', () => undefined);
  await assert.rejects(udp.converse(silent.at, talker(asText), { timeout: 20 }), { message: 'no answer in 0.02 s' });
  const sulky: Talker<string> = { next: () => ({ kind: 'failed', reason: 'not today' }), heard: asText };
  await assert.rejects(udp.converse(silent.at, sulky, { timeout: 10_000 }), { message: 'not today' });
  await silent.close();
});
