/** Connections on loopback: what each half promises, with a plain Node socket or our own at the other end. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { test, type TestContext } from 'node:test';
import { Worker } from 'node:worker_threads';
import { concat, toUtf8 } from '../../src/base/bytes.js';
import { MIB } from '../../src/base/units.js';
import { withEvents } from '../../src/edge/intake.js';
import { nodeNet } from '../../src/edge/net.js';
import { SocketConnection } from '../../src/edge/socket.js';
import type { Connection, ReadHandler } from '../../src/ports/net.js';
import { content } from './scratch.js';

const HOST = '127.0.0.1';
const net = nodeNet();

interface Pair {
  readonly dialled: Connection;
  readonly accepted: Connection;
}

async function pair(t: TestContext): Promise<Pair> {
  const { promise: arrival, resolve } = withResolvers<Connection>();
  const listening = await net.listen({ host: HOST, port: 0 }, resolve);
  const dialled = await net.dial({ host: HOST, port: listening.port }, 5000);
  const accepted = await arrival;
  t.after(() => {
    listening.close();
    dialled.close();
    accepted.close();
  });
  return { dialled, accepted };
}

function withResolvers<T>(): { promise: Promise<T>; resolve: (value: T) => void } {
  let resolve!: (value: T) => void;
  const promise = new Promise<T>((r) => { resolve = r; });
  return { promise, resolve };
}

interface Collected {
  readonly handler: ReadHandler;
  readonly done: Promise<Uint8Array>;
  readonly ended: Promise<string>;
  readonly sizes: readonly number[];
}

/** Keeps copies of what comes, and tells when there are `length` bytes. */
function collect(length: number): Collected {
  const { promise: done, resolve } = withResolvers<Uint8Array>();
  const { promise: ended, resolve: end } = withResolvers<string>();
  const parts: Uint8Array[] = [];
  const sizes: number[] = [];
  let got = 0;
  const data = (bytes: Uint8Array): void => {
    parts.push(Uint8Array.from(bytes));
    sizes.push(bytes.length);
    got += bytes.length;
    if (got >= length) resolve(concat(parts));
  };
  return { handler: { data, end }, done, ended, sizes };
}

const write = (c: Connection, ...parts: Uint8Array[]): Promise<void> =>
  new Promise((resolve) => c.writer.write(parts, resolve));

/** Bytes there and back on a connection of their own: whatever was ready on another one has been read by then. */
async function turnsOfTheLoop(t: TestContext, turns: number): Promise<void> {
  const { dialled, accepted } = await pair(t);
  let left = turns;
  const { promise, resolve } = withResolvers<void>();
  accepted.reader.read({ data: () => void write(accepted, content(1)), end: () => undefined });
  dialled.reader.read({
    data: () => {
      if (--left === 0) resolve();
      else void write(dialled, content(1));
    },
    end: () => undefined,
  });
  await write(dialled, content(1));
  await promise;
}

/** A connection to a plain Node server, whose side of it is `far`. */
async function toPlain(t: TestContext): Promise<{ near: Connection; far: Socket; server: Server }> {
  const server = createServer({ pauseOnConnect: true }).listen(0, HOST);
  await once(server, 'listening');
  const arrival = once(server, 'connection') as Promise<[Socket]>;
  const near = await net.dial({ host: HOST, port: (server.address() as AddressInfo).port }, 5000);
  const [far] = await arrival;
  far.on('error', () => undefined);
  t.after(() => {
    near.close();
    far.destroy();
    server.close();
  });
  return { near, far, server };
}

test('both ends know each other, and large writes arrive whole in both directions at once', async (t) => {
  const { dialled, accepted } = await pair(t);
  assert.deepEqual([dialled.incoming, accepted.incoming], [false, true]);
  assert.deepEqual([dialled.remote.host, accepted.remote.host], [HOST, HOST]);
  const there = content(3 * MIB);
  const back = content(2 * MIB, 99);
  const atAccepted = collect(there.length);
  const atDialled = collect(back.length);
  dialled.reader.readAtMost(256 * 1024);
  accepted.reader.readAtMost(256 * 1024);
  dialled.reader.read(atDialled.handler);
  accepted.reader.read(atAccepted.handler);
  await Promise.all([write(dialled, there), write(accepted, back)]);
  assert.ok(Buffer.from(there).equals(await atAccepted.done));
  assert.ok(Buffer.from(back).equals(await atDialled.done));
});

test('a gathered write arrives in order, between those before and after it', async (t) => {
  const { dialled, accepted } = await pair(t);
  const parts = Array.from({ length: 3000 }, (_, i) => content(i % 40, i));
  const wanted = concat(parts);
  const got = collect(wanted.length);
  accepted.reader.read(got.handler);
  const order: number[] = [];
  dialled.writer.write(parts.slice(0, 1), () => order.push(0));
  dialled.writer.write(parts.slice(1, 2999), () => order.push(1));
  dialled.writer.write([], () => order.push(2));
  await write(dialled, parts[2999]!);
  assert.deepEqual(order, [0, 1, 2]);
  assert.deepEqual(await got.done, wanted);
});

test('nothing is read before `read`, nor while paused: the sender is stopped', async (t) => {
  const { dialled, accepted } = await pair(t);
  const all = content(24 * MIB);
  let taken = false;
  const sent = write(dialled, all).then(() => { taken = true; });
  let got = 0;
  let pauseAt = 0;
  const { promise: complete, resolve } = withResolvers<void>();
  await turnsOfTheLoop(t, 50);
  accepted.reader.read({
    data: (bytes) => {
      got += bytes.length;
      if (got === all.length) resolve();
      if (got >= pauseAt) accepted.reader.pause();
    },
    end: assert.fail,
  });
  accepted.reader.readAtMost(64 * 1024);
  for (const _ of [1, 2, 3]) {
    await turnsOfTheLoop(t, 50);
    const before = got;
    assert.ok(before > 0 && before < MIB, `${before} read`);
    await turnsOfTheLoop(t, 50);
    assert.equal(got, before, 'no byte while paused');
    assert.equal(taken, false, 'the transport has not taken it all');
    accepted.reader.resume();
    accepted.reader.pause();
    await turnsOfTheLoop(t, 10);
    assert.equal(got, before, 'resume and pause in one turn is pause');
    accepted.reader.resume();
  }
  pauseAt = Infinity;
  accepted.reader.resume();
  await Promise.all([complete, sent]);
});

test('reads are at most as large as told, from the next read on when told within one', async (t) => {
  const { dialled, accepted } = await pair(t);
  const all = content(MIB);
  const got = collect(all.length);
  accepted.reader.read({
    data: (bytes) => {
      got.handler.data(bytes);
      accepted.reader.readAtMost(1000);
    },
    end: assert.fail,
  });
  await write(dialled, all);
  await got.done;
  assert.ok(got.sizes[0]! <= 4096);
  assert.ok(Math.max(...got.sizes.slice(1)) <= 1000);
});

test('the end of the other side is told once, after its last byte; a reset in words', async (t) => {
  const { near, far } = await toPlain(t);
  const got = collect(5);
  near.reader.read(got.handler);
  far.end('hello');
  assert.equal(await got.ended, 'closed by the peer');
  assert.deepEqual(await got.done, toUtf8('hello'));

  const other = await toPlain(t);
  const reset = collect(1);
  other.near.reader.read(reset.handler);
  other.far.resetAndDestroy();
  assert.equal(await reset.ended, 'connection reset by the peer');
});

test('reading can be handed over while paused; it stays paused until resumed', async (t) => {
  const { near, far } = await toPlain(t);
  const greeting = withResolvers<void>();
  near.reader.read({
    data: () => {
      near.reader.pause();
      greeting.resolve();
    },
    end: () => assert.fail('handed over'),
  });
  far.write('greeting');
  await greeting.promise;
  far.end('the rest');
  const heir = collect(8);
  near.reader.read(heir.handler);
  await turnsOfTheLoop(t, 20);
  assert.deepEqual(heir.sizes, []);
  near.reader.resume();
  assert.deepEqual(await heir.done, toUtf8('the rest'));
  assert.equal(await heir.ended, 'closed by the peer');
});

test('an end that came before `read` is told by it', async (t) => {
  const { near, far } = await toPlain(t);
  far.resetAndDestroy();
  await write(near, content(1)); // fails, or makes the reset known
  await write(near, content(1));
  const got = collect(1);
  near.reader.read(got.handler);
  assert.notEqual(await got.ended, '');
});

test('each write is done exactly once, on a dying connection too; after close nothing else is told', async (t) => {
  for (const kill of ['close', 'reset'] as const) {
    const { near, far } = await toPlain(t);
    const counts = [0, 0, 0, 0, 0];
    const all = withResolvers<void>();
    const count = (i: number) => (): void => {
      counts[i]!++;
      if (counts.every((n) => n > 0)) all.resolve();
    };
    const ended: string[] = [];
    near.reader.read({ data: () => assert.fail('no data'), end: (reason) => ended.push(reason) });
    near.writer.write([content(16 * MIB)], count(0)); // more than the kernel takes: in flight when the connection dies
    near.writer.write([content(9), content(9)], count(1));
    near.writer.write([], count(2));
    if (kill === 'close') near.close();
    else far.resetAndDestroy();
    near.writer.write([content(9), content(9)], count(3));
    await turnsOfTheLoop(t, 10);
    near.writer.write([content(9)], count(4));
    await all.promise;
    await turnsOfTheLoop(t, 10);
    assert.deepEqual(counts, [1, 1, 1, 1, 1], kill);
    assert.equal(ended.length, kill === 'close' ? 0 : 1);
  }
});

test('closing within `data` stops at once', async (t) => {
  const { dialled, accepted } = await pair(t);
  let calls = 0;
  const { promise, resolve } = withResolvers<void>();
  accepted.reader.read({
    data: () => {
      calls++;
      accepted.close();
      resolve();
    },
    end: assert.fail,
  });
  await write(dialled, content(MIB));
  await promise;
  await turnsOfTheLoop(t, 10);
  assert.equal(calls, 1);
});

test('where no host is given both families are heard, and IPv4 looks like IPv4', async (t) => {
  const arrivals: Connection[] = [];
  const hosts = [HOST, 'localhost', '::1'];
  const allHere = withResolvers<void>();
  const listening = await net.listen({ port: 0 }, (c) => {
    if (arrivals.push(c) === hosts.length) allHere.resolve();
  });
  const dials = await Promise.allSettled(hosts.map((host) => net.dial({ host, port: listening.port }, 5000)));
  const made = dials.flatMap((d) => (d.status === 'fulfilled' ? [d.value] : []));
  t.after(() => [...made, ...arrivals].forEach((c) => c.close()));
  if (made.length < hosts.length) t.diagnostic('no IPv6 here');
  else await allHere.promise;
  listening.close();
  assert.ok(made.length >= 2);
  for (const { remote } of arrivals) assert.match(remote.host, /^(127\.0\.0\.1|::1)$/);
});

test('errors of listening and dialling are in words', async () => {
  const listening = await net.listen({ host: HOST, port: 0 }, () => undefined);
  const { port } = listening;
  await assert.rejects(net.listen({ host: HOST, port }, () => undefined),
    { message: `port ${port} is in use; choose another, or 0 for any` });
  await assert.rejects(net.listen({ host: '192.0.2.1', port: 0 }, () => undefined),
    { message: '192.0.2.1 is not an address of this machine' });
  listening.close();
  await assert.rejects(net.dial({ host: HOST, port }, 5000), { message: `${HOST}:${port}: connection refused` });
  await assert.rejects(net.dial({ host: HOST, port: 70_000 }, 5000), /port/i);
});

test('a dial that is not answered ends in time', async (t) => {
  // A listener that never accepts: its thread stands still, the kernel fills its short queue, then drops what comes.
  const worker = new Worker(`
    const { parentPort } = require('node:worker_threads');
    const server = require('node:net').createServer();
    server.listen({ port: 0, host: '${HOST}', backlog: 1 }, () => {
      parentPort.postMessage(server.address().port);
      setImmediate(() => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 20_000));
    });`, { eval: true });
  t.after(() => worker.terminate());
  const [port] = await once(worker, 'message') as [number];
  const dials = await Promise.allSettled(Array.from({ length: 6 }, () => net.dial({ host: HOST, port }, 300)));
  const reasons = dials.flatMap((d) => (d.status === 'rejected' ? [String(d.reason)] : []));
  dials.forEach((d) => { if (d.status === 'fulfilled') d.value.close(); });
  assert.ok(reasons.length > 0);
  for (const reason of reasons) assert.equal(reason, `Error: ${HOST}:${port}: no answer in 0.3 s`);
});

test('five hundred connections come and go and leave nothing behind', async () => {
  const before = process.getActiveResourcesInfo().length;
  const arrivals: Connection[] = [];
  const all = withResolvers<void>();
  const listening = await net.listen({ host: HOST, port: 0 }, (c) => {
    const { handler, ended } = collect(1);
    c.reader.read(handler);
    void ended.then(() => {
      c.close();
      if (arrivals.push(c) === 500) all.resolve();
    });
  });
  const to = { host: HOST, port: listening.port };
  const dialled = await Promise.all(Array.from({ length: 500 }, () => net.dial(to, 5000)));
  for (const c of dialled) c.close();
  await all.promise;
  listening.close();
  await new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
  assert.ok(process.getActiveResourcesInfo().length <= before, String(process.getActiveResourcesInfo()));
});

test("read by 'data' events, where Node has no buffer of ours: same promises", async (t) => {
  const { server, far } = await toPlain(t);
  far.destroy();
  const arrival = once(server, 'connection') as Promise<[Socket]>;
  const sender = connect((server.address() as AddressInfo).port, HOST);
  t.after(() => sender.destroy());
  const tapped = withEvents((await arrival)[0]);
  const c = new SocketConnection(tapped, { remote: { host: HOST, port: 1 }, incoming: true });
  const all = content(2 * MIB);
  sender.end(all);
  await turnsOfTheLoop(t, 20);
  const got = collect(all.length);
  c.reader.readAtMost(1000);
  c.reader.read({
    data: (bytes) => {
      got.handler.data(bytes);
      if (got.sizes.length === 100) c.reader.pause();
    },
    end: got.handler.end,
  });
  await turnsOfTheLoop(t, 20);
  assert.equal(got.sizes.length, 100);
  c.reader.resume();
  assert.ok(Buffer.from(all).equals(await got.done));
  assert.ok(Math.max(...got.sizes) <= 1000);
  assert.equal(await got.ended, 'closed by the peer');
});
