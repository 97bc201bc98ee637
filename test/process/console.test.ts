import assert from 'node:assert/strict';
import { test } from 'node:test';
import { infoHash } from '../../src/base/brand.js';
import type { ClientEvent } from '../../src/ports/events.js';
import { consoleProcess } from '../../src/process/console.js';
import { Stage } from './stage.js';

function start() {
  const shown: ClientEvent[] = [];
  let typed: ((line: string) => void) | undefined;
  const stage = new Stage(consoleProcess, (cast) => ({
    terminal: {
      lines(onLine) {
        typed = onLine;
        return () => { typed = undefined; };
      },
      show: (event) => void shown.push(event),
    },
    torrentMgr: cast('TorrentMgr'), limiter: cast('Limiter'), chokeMgr: cast('ChokeMgr'),
  }));
  const type = (line: string): unknown[] => {
    shown.length = 0;
    typed!(line);
    return shown.map((e) => (e.event === 'answer' ? e.lines : e));
  };
  return { stage, shown, type, listening: () => typed !== undefined };
}
const stats = (n: number, progress: number): ClientEvent => ({
  event: 'stats', torrent: infoHash(n.toString(16).padStart(40, '0')), name: `T${n}`, downloaded: 1, uploaded: 2,
  left: 3, downloadRate: 15_300, uploadRate: 0, peers: 4, seeds: 1, progress,
});

test('events are shown as they are', () => {
  const { stage, shown } = start();
  const event: ClientEvent = { event: 'listening', port: 1 };
  stage.send({ type: 'event', event });
  assert.deepEqual([shown, stage.told()], [[event], []]);
});

test('status: a line a torrent, of the latest numbers', () => {
  const { stage, type } = start();
  assert.deepEqual(type('status'), [['nothing yet: still checking']]);
  for (const event of [stats(1, 0.1), stats(2, 1), stats(1, 0.5)]) stage.send({ type: 'event', event });
  assert.deepEqual(type('status'), [[
    'T1: 50.0%, down 15.3 KB/s, up 0.0 KB/s, 4 peers (1 seed)',
    'T2: 100.0%, down 15.3 KB/s, up 0.0 KB/s, 4 peers (1 seed)',
  ]]);
});

const commands: readonly (readonly [string, readonly unknown[], readonly unknown[]])[] = [
  ['peers', [['TorrentMgr', 'listPeers']], []],
  ['pause', [['TorrentMgr', 'pause']], []],
  ['resume', [['TorrentMgr', 'resume']], []],
  ['quit', [['TorrentMgr', 'stop']], []],
  ['limit up 20', [['Limiter', 'setLimit', { direction: 'up', limit: 20_000 }]], [['up limit: 20 KB/s']]],
  ['limit down 0', [['Limiter', 'setLimit', { direction: 'down', limit: null }]], [['down limit: none']]],
  ['nonsense', [],
    [["command: expected one of help, status, peers, limit, policy, pause, resume, quit, found 'nonsense'"]]],
];
for (const [line, told, shown] of commands) {
  test(`'${line}'`, () => {
    const { stage, type } = start();
    assert.deepEqual(type(line), shown);
    assert.deepEqual(stage.told(), told);
  });
}

test('another policy goes to ChokeMgr', () => {
  const { stage, type } = start();
  assert.deepEqual(type('policy wgo slots=3'), [['choking policy: wgo']]);
  const [[to, kind, rest]] = stage.told() as any;
  assert.deepEqual([to, kind, rest.chosen.policy.name, rest.chosen.params.slots], ['ChokeMgr', 'setPolicy', 'wgo', 3]);
});

test('help lists the commands', () => {
  assert.ok((start().type('help')[0] as string[]).length >= 6);
});

test('as it ends it no longer listens', () => {
  const { stage, listening } = start();
  assert.ok(listening());
  stage.stop();
  assert.ok(!listening());
});
