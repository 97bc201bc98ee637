/**
 * What a restart is: an empty mailbox, relatives that remind, and what the process itself kept. The tree on the stage is a client with
 * a Server, and an Owner of groups, each with a Worker and a Clerk. All write one log; what they do is said with the mail.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Kernel, type KernelOptions } from '../../src/kernel/kernel.js';
import type { Mailbox } from '../../src/kernel/mailbox.js';
import { child, defineProcess, type Planner, type Self } from '../../src/kernel/process.js';
import { declare } from '../../src/kernel/topology.js';

type Order =
  | { readonly type: 'boom' | 'spoil' | 'wait' | 'keep' | 'late' }
  | { readonly type: 'carry'; readonly what: string };
type OwnerMsg = Order | { readonly type: 'adopt'; readonly name: string } | { readonly type: 'drop'; readonly name: string };
type Box<N extends string = string> = Mailbox<Order, N>;

interface State {
  /** Its next end, or its next reminder, throws. */
  spoilt: boolean;
  readonly late: () => void;
}

function stage(options: Partial<KernelOptions> = {}) {
  const log: string[] = [];
  const late: (() => void)[] = [];
  const say = (id: string, what: string): void => void log.push(`${id.split('/').slice(-2).join('/')} ${what}`);

  const life = {
    init(_: unknown, self: Self<any, any>): State {
      say(self.id, self.kept === undefined ? 'begins' : `begins with ${String(self.kept)}`);
      return { spoilt: false, late: () => self.post({ type: 'carry', what: 'from a port' }) };
    },
    step(s: State, m: Order, self: Self<any, any>): void {
      say(self.id, `takes ${m.type}`);
      if (m.type === 'boom') throw new Error('boom');
      if (m.type === 'spoil') s.spoilt = true;
      if (m.type === 'keep') self.keep('a memory');
      if (m.type === 'late') late.push(s.late);
    },
    end(s: State, self: Self<any, any>): void {
      say(self.id, 'ends');
      if (s.spoilt) throw new Error('cannot even end');
    },
    lost: (m: Order): void => void (m.type === 'carry' && log.push(`lost ${m.what}`)),
  };
  const reminder = (s: State, self: Self<any, any>, who: Mailbox<never>): void => {
    say(self.id, `reminds ${who.process}`);
    if (s.spoilt) throw new Error('forgot it too');
  };

  const server = defineProcess({ declaration: declare({ name: 'Server', scope: 'client', doc: '', tells: {} }), ...life });
  const worker = defineProcess({
    declaration: declare({ name: 'Worker', scope: 'torrent', doc: '', tells: { Server: ['carry'] } }), ...life,
    reminds: { Server: reminder },
  });
  const clerk = defineProcess({
    declaration: declare({ name: 'Clerk', scope: 'torrent', doc: '', tells: { Worker: ['carry'] } }), ...life,
    reminds: { Worker: reminder },
  });
  const groups = new Map<string, { group: Mailbox<never>; worker: Box<'Worker'>; clerk: Box<'Clerk'> }>();
  const planGroup: Planner<{ worker: Box<'Worker'>; clerk: Box<'Clerk'> }> = (reserve) => {
    const [w, c] = [reserve(worker), reserve(clerk)];
    return {
      plan: { strategy: 'one-for-one', children: [child(worker, w, () => undefined), child(clerk, c, () => undefined)] },
      exports: { worker: w, clerk: c },
    };
  };
  const owner = defineProcess({
    declaration: declare({ name: 'Owner', scope: 'client', doc: '', tells: { Worker: ['carry'] } }), ...life,
    step(s: State, m: OwnerMsg, self: Self<any, any>): void {
      if (m.type === 'adopt') {
        const { mailbox, exports } = self.supervise(m.name, planGroup);
        groups.set(m.name, { group: mailbox, ...exports });
      } else if (m.type === 'drop') self.stopChild(groups.get(m.name)!.group);
      else life.step(s, m, self);
    },
    reminds: { Worker: reminder },
    childFailed: (_, failure, self) => say(self.id, `lost ${failure.process}`),
  });
  const kernel = new Kernel({
    now: () => 0, seed: 1, strict: true, chaos: true, onPanic: (e) => assert.fail(String(e)),
    onCrash: ({ id, error }) => say(id, `crashes: ${(error as Error).message}`), ...options,
  });
  const { exports } = kernel.boot('Client', (reserve) => {
    const [a, o] = [reserve(server), reserve(owner)];
    return {
      plan: {
        strategy: 'one-for-one', restarts: { most: 3, withinMs: 1000 },
        children: [child(server, a, () => undefined), child(owner, o, () => undefined)],
      },
      exports: { server: a, owner: o },
    };
  });
  for (const name of ['Torrent-1', 'Torrent-2']) kernel.send(exports.owner, { type: 'adopt', name });
  log.length = 0;
  return { kernel, log, late, group: (name: string) => groups.get(name)!, ...exports };
}

test('its group and all below it remind a process that starts again, and nobody else', () => {
  const { kernel, log, server } = stage();
  kernel.send(server, { type: 'boom' });
  assert.deepEqual(log, [
    'Client/Server takes boom', 'Client/Server crashes: boom', 'Client/Server ends', 'Client/Server begins',
    'Torrent-1/Worker reminds Server', 'Torrent-2/Worker reminds Server',
  ]);
});

test('so do the owners of its group; of another group it has no relatives', () => {
  const { kernel, log, group } = stage();
  kernel.send(group('Torrent-2').worker, { type: 'boom' });
  assert.deepEqual(log.slice(3), ['Torrent-2/Worker begins', 'Client/Owner reminds Worker', 'Torrent-2/Clerk reminds Worker']);
});

test('mail on its way to the earlier life is lost, and what it fell over; what it carries is let go', () => {
  const lines: string[] = [];
  const declaration = declare({ name: 'Crowd', scope: 'client', doc: '', tells: { Victim: ['carry'] } });
  const victim = defineProcess({
    declaration: declare({ name: 'Victim', scope: 'client', doc: '', tells: {} }),
    init: () => ({}),
    step: (_, m: { type: 'carry'; n: number }) => {
      lines.push(`takes ${m.n}`);
      if (m.n === 1) throw new Error('boom');
    },
    lost: (m) => void lines.push(`lost ${m.n}`),
  });
  const crowd = defineProcess({
    declaration,
    init: (to: Mailbox<{ type: 'carry'; n: number }, 'Victim'>) => ({ to }),
    step: (s, m: { type: 'go' }, self: Self<typeof declaration, { type: 'go' }>) => {
      assert.equal(m.type, 'go');
      for (const n of [0, 1, 2, 3]) self.tell(s.to, { type: 'carry', n });
    },
    reminds: { Victim: (s, self) => self.tell(s.to, { type: 'carry', n: 4 }) },
  });
  const kernel = new Kernel({ now: () => 0, seed: 1, strict: true, onPanic: (e) => assert.fail(String(e)) });
  const { exports } = kernel.boot('Client', (reserve) => {
    const [v, c] = [reserve(victim), reserve(crowd)];
    return { plan: { strategy: 'one-for-one', children: [child(victim, v, () => undefined), child(crowd, c, () => v)] }, exports: c };
  });
  kernel.send(exports, { type: 'go' });
  assert.deepEqual(lines, ['takes 0', 'takes 1', 'lost 1', 'lost 2', 'lost 3', 'takes 4']);
});

test('what a port brings to an earlier life is lost, and so after the last', () => {
  const { kernel, log, late, group } = stage();
  const { worker, group: all } = group('Torrent-1');
  kernel.send(worker, { type: 'late' });
  kernel.send(worker, { type: 'boom' });
  kernel.send(worker, { type: 'late' });
  log.length = 0;
  late[0]!();
  late[1]!();
  assert.deepEqual(log.splice(0), ['lost from a port', 'Torrent-1/Worker takes carry']);
  kernel.shutDown(all);
  log.length = 0;
  late[1]!();
  assert.deepEqual(log, ['lost from a port']);
});

test('what it kept outlives its crash and that of its owner, and not its end', () => {
  const { kernel, log, owner, group } = stage();
  kernel.send(group('Torrent-1').worker, { type: 'keep' });
  kernel.send(group('Torrent-1').worker, { type: 'boom' });
  assert.ok(log.includes('Torrent-1/Worker begins with a memory'));
  kernel.send(owner, { type: 'boom' });
  log.length = 0;
  kernel.send(owner, { type: 'adopt', name: 'Torrent-1' });
  assert.deepEqual(log.splice(0), ['Torrent-1/Worker begins with a memory', 'Torrent-1/Clerk begins']);
  kernel.send(owner, { type: 'drop', name: 'Torrent-1' });
  kernel.send(owner, { type: 'adopt', name: 'Torrent-1' });
  assert.deepEqual(log.slice(-2), ['Torrent-1/Worker begins', 'Torrent-1/Clerk begins']);
});

test('one that cannot even end is reported and starts again', () => {
  const { kernel, log, server } = stage();
  kernel.send(server, { type: 'spoil' });
  kernel.send(server, { type: 'boom' });
  assert.deepEqual(log.slice(2, 6), [
    'Client/Server crashes: boom', 'Client/Server ends', 'Client/Server crashes: cannot even end', 'Client/Server begins',
  ]);
});

test('a throw in a reminder is a crash of who reminds', () => {
  const { kernel, log, server, group } = stage();
  kernel.send(group('Torrent-1').clerk, { type: 'spoil' });
  kernel.send(group('Torrent-1').worker, { type: 'boom' });
  assert.deepEqual(log.slice(-4), [
    'Torrent-1/Clerk crashes: forgot it too', 'Torrent-1/Clerk ends', 'Torrent-1/Clerk crashes: cannot even end', 'Torrent-1/Clerk begins',
  ]);
  kernel.send(server, { type: 'keep' });
  assert.equal(log.at(-1), 'Client/Server takes keep');
});

test('killed, a process falls over a mail of the kernel, or over its next', () => {
  const { kernel, log, server } = stage();
  kernel.kill('Client/Server');
  assert.deepEqual(log.splice(0, 3), ['Client/Server crashes: killed', 'Client/Server ends', 'Client/Server begins']);
  log.length = 0;
  kernel.kill('Client/Server', 'next mail');
  assert.deepEqual(log, []);
  kernel.send(server, { type: 'carry', what: 'a socket' });
  assert.deepEqual(log.slice(0, 4), ['Client/Server crashes: killed', 'Client/Server ends', 'lost a socket', 'Client/Server begins']);
});

test('supervisors are not killed, nor who is not there, nor anybody without chaos', () => {
  const { kernel } = stage();
  assert.throws(() => kernel.kill('Client/Owner/Torrent-1'), /no process to kill: Client\/Owner\/Torrent-1/);
  assert.throws(() => kernel.kill('Client/Nobody'), /no process to kill/);
  assert.throws(() => stage({ chaos: false }).kernel.kill('Client/Server'), /started with chaos/);
});

test('a process that cannot begin is tried again as often as its group allows, and then the group gives up', () => {
  const log: string[] = [];
  const panics: string[] = [];
  const broken = defineProcess({
    declaration: declare({ name: 'Broken', scope: 'client', doc: '', tells: {} }),
    init: () => {
      log.push('begins');
      throw new Error('no way');
    },
    step: () => undefined,
    end: () => void log.push('ends'),
  });
  const kernel = new Kernel({ now: () => 0, seed: 1, onPanic: (e) => panics.push(String(e)) });
  kernel.boot('Client', (reserve) => {
    const box = reserve(broken);
    return {
      plan: { strategy: 'one-for-one', restarts: { most: 2, withinMs: 1000 }, children: [child(broken, box, () => undefined)] },
      exports: undefined,
    };
  });
  assert.deepEqual(log, ['begins', 'begins', 'begins']);
  assert.deepEqual(panics, ['Error: no way']);
  assert.deepEqual(kernel.processes(), []);
});
