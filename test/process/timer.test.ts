import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Mailbox } from '../../src/kernel/mailbox.js';
import { timer, type Tick, type TimerClient } from '../../src/process/timer.js';
import { ManualClock } from './manual-clock.js';
import { Stage } from './stage.js';

function start() {
  const boxes: Mailbox<Tick, TimerClient>[] = [];
  const stage = new Stage(timer, (cast, { clock }) => {
    boxes.push(cast('Files'), cast('Status'));
    return { clock };
  });
  const [files, status] = boxes as [Mailbox<Tick, TimerClient>, Mailbox<Tick, TimerClient>];
  const register = (after: number, tag: string, replyTo = files) =>
    ({ type: 'register', replyTo, after, tag }) as const;
  const cancel = (tag: string, replyTo = files) => ({ type: 'cancel', replyTo, tag }) as const;
  return { stage, register, cancel, files, status };
}

test('an alarm goes off once, when it is due', () => {
  const { stage, register } = start();
  stage.send(register(100, 'a')).advance(99);
  assert.deepEqual(stage.told(), []);
  stage.advance(1);
  assert.deepEqual(stage.told(), [['Files', 'tick', { tag: 'a' }]]);
  stage.advance(1000);
  assert.deepEqual(stage.told(), []);
});

test('the same tag again replaces the alarm; other tags and other processes keep theirs', () => {
  const { stage, register, status } = start();
  stage.send(register(100, 'a'), register(100, 'b'), register(100, 'a', status), register(300, 'a')).advance(100);
  assert.deepEqual(stage.told(), [['Files', 'tick', { tag: 'b' }], ['Status', 'tick', { tag: 'a' }]]);
  stage.advance(200);
  assert.deepEqual(stage.told(), [['Files', 'tick', { tag: 'a' }]]);
});

test('a cancelled alarm does not go off, and to cancel what is not there is no mistake', () => {
  const { stage, register, cancel } = start();
  stage.send(register(100, 'a'), cancel('a'), cancel('never')).advance(1000);
  assert.deepEqual(stage.told(), []);
});

test('alarms go off in the order of their time', () => {
  const { stage, register } = start();
  stage.send(register(30, 'c'), register(10, 'a'), register(20, 'b')).advance(30);
  assert.deepEqual(stage.told().map(([, , rest]) => rest), [{ tag: 'a' }, { tag: 'b' }, { tag: 'c' }]);
});

test('after a crash old alarms are silent, and new ones go off', () => {
  const { stage, register } = start();
  stage.send(register(100, 'old')).crash({ type: 'due' });
  assert.equal(stage.clock.pending, 0);
  stage.send(register(50, 'new')).advance(200);
  assert.deepEqual(stage.told(), [['Files', 'tick', { tag: 'new' }]]);
});

test('a stop leaves no alarm on the clock', () => {
  const { stage, register } = start();
  stage.send(register(100, 'a')).stop();
  assert.equal(stage.clock.pending, 0);
});

test('the clock of these tests: 60 s make an alarm of 10 s that sets itself anew go off six times', () => {
  const clock = new ManualClock();
  const at: number[] = [];
  const again = (): void => {
    at.push(clock.now());
    clock.after(10_000, again);
  };
  clock.after(10_000, again);
  clock.advance(60_000);
  assert.deepEqual(at, [10_000, 20_000, 30_000, 40_000, 50_000, 60_000]);
});
