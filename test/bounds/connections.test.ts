/** Connections beyond the bound: who comes is turned away, who is to be dialled waits until one has closed. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { atMost } from '../../src/bounds/connections.js';
import type { Connection } from '../../src/ports/net.js';
import { FakeConnection, FakeNet } from '../process/fake-connection.js';

const settle = (): Promise<void> => new Promise((resolve) => { setImmediate(resolve); });
const HERE = { host: '10.0.0.1', port: 1 };

function bounded() {
  const fake = new FakeNet();
  const net = atMost(fake, 2);
  const accepted: Connection[] = [];
  void net.listen({ port: 1 }, (c) => accepted.push(c));
  const comes = (): FakeConnection => {
    const connection = new FakeConnection(HERE, true);
    fake.accept!(connection);
    return connection;
  };
  return { fake, net, accepted, comes };
}

test('beyond the bound who comes is turned away; a close makes room, once', () => {
  const { accepted, comes } = bounded();
  comes();
  comes();
  assert.ok(comes().closed);
  accepted[0]!.close();
  accepted[0]!.close();
  assert.ok(!comes().closed);
  assert.ok(comes().closed);
  assert.equal(accepted.length, 3);
});

test('a dial counts from its beginning, and one that fails no longer', async () => {
  const { fake, net, comes } = bounded();
  const [one, two] = [net.dial(HERE, 1), net.dial(HERE, 1)];
  await settle();
  assert.ok(comes().closed);
  fake.dials[0]!.reject(new Error('refused'));
  await assert.rejects(one, { message: 'refused' });
  const connection = new FakeConnection(HERE);
  fake.dials[1]!.resolve(connection);
  const dialled = await two;
  assert.ok(!comes().closed);
  assert.ok(comes().closed);
  dialled.close();
  assert.ok(connection.closed && !comes().closed);
});

test('dials beyond the bound wait for their turn, and each end lets one begin', async () => {
  const { fake, net, accepted, comes } = bounded();
  comes();
  const first = net.dial(HERE, 1);
  for (const port of [2, 3]) void net.dial({ ...HERE, port }, 1);
  const begun = async (): Promise<number[]> => {
    await settle();
    return fake.dials.map(({ to }) => to.port);
  };
  assert.deepEqual(await begun(), [1]);
  fake.dials[0]!.reject(new Error('refused'));
  await assert.rejects(first);
  assert.deepEqual(await begun(), [1, 2]);
  accepted[0]!.close();
  assert.deepEqual(await begun(), [1, 2, 3]);
  assert.ok(comes().closed);
});
