/** Connections beyond the bound: turned away or not dialled, until one has closed. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { atMost } from '../../src/bounds/connections.js';
import type { Connection } from '../../src/ports/net.js';
import { FakeConnection, FakeNet } from '../process/fake-connection.js';

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
  await assert.rejects(net.dial(HERE, 1), { message: 'all 2 connections are taken' });
  assert.equal(fake.dials.length, 2);
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
