/**
 * What is left of a client after its end: nothing. Neither processes nor sockets, servers or timers, however early the
 * end comes.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { nodeNet } from '../../src/edge/net.js';
import type { Connection, Listening, Net } from '../../src/ports/net.js';
import { leavesNothing } from './leaves-nothing.js';
import { listen } from './raw-peer.js';
import { at, eventually, inLab, Lab, makeContent, put, request, turn } from './swarm.js';
import { startTracker } from './tiny-tracker.js';

const content = makeContent({ name: 'leak', sizes: [300_000, 0, 20_000], pieceLength: 16_384 });

test('a whole life: seeder, leecher, tracker, strangers', () => leavesNothing(async () => {
  const tracker = await startTracker();
  const lab = new Lab();
  const tracked = makeContent({ name: 'tracked', sizes: [300_000], pieceLength: 16_384, trackers: [[tracker.url]] });
  const seeder = lab.start('seeder');
  put(tracked, seeder.folder);
  seeder.client.add(request(tracked, seeder.folder));
  const leecher = lab.start('leecher', { limits: { up: null, down: 10_000_000 } });
  leecher.client.add(request(tracked, leecher.folder, { peers: [await at(seeder)] }));
  await leecher.until('done');
  await Promise.all([leecher.stop(), seeder.stop()]);
  for (const { client } of [leecher, seeder]) assert.deepEqual(client.kernel.processes(), []);
  await lab.close();
  tracker.close();
}));

test('in the middle of a download, under a limit, with dials that nobody answers', () => leavesNothing(async () => {
  const mute = await listen({ infoHash: content.meta.infoHash, greeting: new Uint8Array(0) });
  await inLab(async (lab) => {
    const seeder = lab.start('seeder', { limits: { up: 50_000, down: null } });
    put(content, seeder.folder);
    seeder.client.add(request(content, seeder.folder));
    const leecher = lab.start('leecher');
    const peers = [await at(seeder), mute.endpoint, { host: '127.0.0.1', port: 1 }];
    leecher.client.add(request(content, leecher.folder, { peers }));
    await leecher.until('piece');
    await mute.next();
  });
  mute.close();
}));

test('before it could begin: nothing has listened yet', () => leavesNothing(async () => {
  await inLab(async (lab) => {
    const member = lab.start('member');
    member.client.add(request(content, member.folder));
    await member.stop();
    await turn();
  });
}));

test('during the check', () => leavesNothing(async () => {
  await inLab(async (lab) => {
    const member = lab.start('member');
    put(content, member.folder);
    member.client.add(request(content, member.folder));
    await member.until('checking');
    await member.stop();
  });
}));

test('what a port brings only after the end is let go: a connection, a listening socket', () => inLab(async (lab) => {
  const open = new Set<string>();
  const late: (() => void)[] = [];
  const slow: Net = {
    listen: () => new Promise<Listening>((resolve) => late.push(() => {
      open.add('server');
      resolve({ port: 1, close: () => open.delete('server') });
    })),
    dial: (to) => new Promise<Connection>((resolve) => late.push(() => {
      open.add('socket');
      const idle = (): void => undefined;
      resolve({
        remote: to, incoming: false, close: () => open.delete('socket'),
        reader: { read: idle, pause: idle, resume: idle, readAtMost: idle }, writer: { write: (_, done) => done() },
      });
    })),
  };
  const dialling = lab.start('dialling', {}, { net: { ...slow, listen: nodeNet().listen } });
  dialling.client.add(request(content, dialling.folder, { peers: [{ host: '127.0.0.1', port: 9 }] }));
  await eventually(() => late.length === 1, 'the dial');
  const listening = lab.start('listening', {}, { net: slow });
  await Promise.all([dialling.stop(), listening.stop()]);
  for (const bring of late) bring();
  await turn();
  assert.deepEqual([...open], []);
}));
