import assert from 'node:assert/strict';
import { test } from 'node:test';
import { infoHash } from '../../src/base/brand.js';
import { flaw, ok } from '../../src/base/result.js';
import type { Mailbox } from '../../src/kernel/mailbox.js';
import type { ClientEvent } from '../../src/ports/events.js';
import type { Modules } from '../../src/ports/modules.js';
import type { ApiMsg } from '../../src/process/api.js';
import { consoleProcess } from '../../src/process/console.js';
import { removalInWords } from '../../src/process/console-removal.js';
import { Stage } from './stage.js';

function start(modules?: Modules) {
  const shown: ClientEvent[] = [];
  let typed: ((line: string) => void) | undefined;
  let api: Mailbox<ApiMsg, 'Api'>;
  const stage = new Stage(consoleProcess, (cast, { kernel }) => {
    api = cast('Api');
    return {
      kernel, terminal: {
        lines(onLine) {
          typed = onLine;
          return () => { typed = undefined; };
        },
        show: (event) => void shown.push(event),
      },
      torrentMgr: cast('TorrentMgr'), limiter: cast('Limiter'), chokeMgr: cast('ChokeMgr'), ...(modules && { modules }),
    };
  });
  const type = (line: string): unknown[] => {
    shown.length = 0;
    typed!(line);
    return shown.map((e) => (e.event === 'answer' ? e.lines : e));
  };
  const ask = (line: string, ticket: number): void => void stage.send({ type: 'line', line, asker: { ticket, replyTo: api } });
  return { stage, shown, type, ask, listening: () => typed !== undefined };
}
const of = (n: number) => ({ torrent: infoHash(n.toString(16).padStart(40, '0')), name: `T${n}` });
const stats = (n: number, progress: number): ClientEvent => ({
  event: 'stats', downloaded: 1, uploaded: 2, left: 3, wanted: 9, downloadRate: 15_300, uploadRate: 0, peers: 4, seeds: 1, progress, ...of(n),
});

const started = (n: number): ClientEvent => ({ event: 'started', bytes: 1, pieces: 1, folder: '/f', ...of(n) });

test('events are shown as they are', () => {
  const { stage, shown } = start();
  const event: ClientEvent = { event: 'listening', port: 1 };
  stage.send({ type: 'event', event });
  assert.deepEqual([shown, stage.told()], [[event], []]);
});

test('status: a line a torrent, of the latest numbers', () => {
  const { stage, type } = start();
  assert.deepEqual(type('status'), [['nothing yet: still checking']]);
  for (const event of [stats(1, 0.1), stats(2, 0.9999), stats(1, 0.5)]) stage.send({ type: 'event', event });
  assert.deepEqual(type('status'), [[
    'T1: 50.0 %, down 15.3 KB/s, up 0.0 KB/s, 4 peers (1 seed)',
    'T2: 99.9 %, down 15.3 KB/s, up 0.0 KB/s, 4 peers (1 seed)',
  ]]);
});

test('status tells who is paused, who waits for its turn, and who has seeded enough', () => {
  const { stage, type } = start();
  const states = (): string[] => (type('status')[0] as string[]).map((line) => line.split(', ')[1]!);
  const say = (event: 'paused' | 'queued' | 'resumed' | 'removed', n: number): void => void stage.send({ type: 'event', event: { event, ...of(n) } });
  for (const n of [1, 2, 3]) stage.send({ type: 'event', event: stats(n, 0.1) });
  say('paused', 1);
  say('queued', 2);
  stage.send({ type: 'event', event: { event: 'seeded', uploaded: 1, ratio: 1, ...of(3) } });
  assert.deepEqual(states(), ['paused', 'queued', 'seeded']);
  stage.kill();
  for (const n of [1, 2, 3]) stage.send({ type: 'event', event: stats(n, 0.1) });
  for (const n of [1, 2]) say('resumed', n);
  assert.deepEqual(states(), ['down 15.3 KB/s', 'down 15.3 KB/s', 'seeded']);
  say('removed', 3);
  stage.send({ type: 'event', event: stats(3, 0.1) });
  assert.deepEqual(states(), ['down 15.3 KB/s', 'down 15.3 KB/s', 'down 15.3 KB/s']);
});

test('remove: at the terminal its event is the answer; who else asked hears it once it is done, or why it is not', () => {
  const { stage, type, ask } = start();
  stage.send({ type: 'event', event: started(1) }, { type: 'event', event: started(2) });
  assert.deepEqual(type('remove T1 --with-data'), []);
  assert.deepEqual(stage.told(), [['TorrentMgr', 'remove', { torrent: of(1).torrent, withData: true }]]);
  ask('remove T1', 1);
  ask('remove T1', 2);
  ask('remove T2', 3);
  ask('remove T3', 4);
  assert.deepEqual(stage.all('answered').map(({ ticket, reply }) => [ticket, reply.done, reply.lines]), [
    [2, false, ['it is being removed already']], [4, false, ["torrent: expected the start of one name or info-hash, found 0 like 'T3'"]],
  ]);
  const deleted = { files: 1, bytes: 2000, left: 0 };
  stage.send({ type: 'event', event: { event: 'removed', ...of(1), folder: '/f', deleted } });
  stage.send({ type: 'event', event: { event: 'error', ...of(2), reason: 'gave up' } });
  assert.deepEqual(stage.all('answered').map(({ ticket, reply }) => [ticket, reply.done, reply.lines]), [
    [1, true, ['T1: removed, and 1 file (2.00 KB) deleted in /f']], [3, false, ['gave up']],
  ]);
  ask('remove T2', 5);
  assert.equal(stage.all('answered')[0].reply.done, false, 'it is forgotten');
});

test('what became of a removal, in words', () => {
  const deleted = (files: number, left: number) => ({ folder: 'out', deleted: { files, bytes: files, left } });
  const partly = { ...deleted(1, 1), reason: 'b: permission denied' };
  const sharing = <R extends ReturnType<typeof deleted>>(removal: R) => ({ ...removal, deleted: { ...removal.deleted, shared: 1 } });
  const removals = [{}, { folder: 'out' }, deleted(3, 1), deleted(0, 2), partly, sharing(deleted(1, 1)), sharing(deleted(1, 3)), sharing(partly)];
  assert.deepEqual(removals.map(removalInWords), [
    'removed',
    'removed; its files stay in out',
    "removed, and 3 files (3 B) deleted in out; 1 file stays, which may be somebody else's",
    "removed; nothing of it was deleted in out; 2 files stay, which may be somebody else's",
    'removed, and 1 file (1 B) deleted in out; not all: b: permission denied',
    'removed, and 1 file (1 B) deleted in out; 1 file stays, which another torrent has too',
    "removed, and 1 file (1 B) deleted in out; 1 file stays, which another torrent has too; 2 files stay, which may be somebody else's",
    'removed, and 1 file (1 B) deleted in out; 1 file stays, which another torrent has too; not all: b: permission denied',
  ]);
});

const commands: readonly (readonly [string, readonly unknown[], readonly unknown[]])[] = [
  ['peers', [['TorrentMgr', 'listPeers']], []],
  ['pause', [['TorrentMgr', 'pause']], []],
  ['resume', [['TorrentMgr', 'resume']], []],
  ['quit', [['TorrentMgr', 'stop']], []],
  ['limit up 20', [['Limiter', 'setLimit', { direction: 'up', limit: 20_000, of: 'all' }]], [['up limit: 20 KB/s']]],
  ['limit down 0', [['Limiter', 'setLimit', { direction: 'down', limit: null, of: 'all' }]], [['down limit: none']]],
  ['nonsense', [],
    [['command: expected one of help, status, peers, files, priority, limit, policy, shadow, pause, resume, remove, graph, quit, '
      + "found 'nonsense'"]]],
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

test('a policy for one torrent, and one that looks on', () => {
  const { stage, type } = start();
  stage.send({ type: 'event', event: started(1) }, { type: 'event', event: started(2) });
  assert.deepEqual(type('policy wgo for t2'), [['choking policy of T2: wgo']]);
  assert.deepEqual(type('policy wgo for t'), [["torrent: expected the start of one name or info-hash, found 2 like 't'"]]);
  assert.deepEqual(type('shadow bep3'), [['shadow policy: bep3']]);
  assert.deepEqual(type('shadow off'), [['no shadow policy']]);
  const told = stage.told().map(([, kind, rest]: any) => [kind, rest?.chosen?.policy.name, rest?.torrent?.slice(-1)]);
  assert.deepEqual(told, [['setPolicy', 'wgo', '2'], ['setShadow', 'bep3', undefined], ['setShadow', undefined, undefined]]);
});

test('one torrent is paused, and goes on', () => {
  const { stage, type } = start();
  stage.send({ type: 'event', event: started(1) }, { type: 'event', event: started(2) });
  assert.deepEqual([type('pause t2'), type('resume t2')], [[], []]);
  assert.deepEqual(stage.told().map(([, kind, rest]: any) => [kind, rest.torrent.slice(-1)]), [['pause', '2'], ['resume', '2']]);
  assert.deepEqual(type('pause t3'), [["torrent: expected the start of one name or info-hash, found 0 like 't3'"]]);
});

test('whoever asks from elsewhere is answered there, and may do less', () => {
  const { stage, shown, ask } = start();
  const answers: readonly (readonly [string, boolean, RegExp])[] = [
    ['limit up 20', true, /^up limit: 20 KB\/s$/], ['pause', true, /^paused$/], ['policy wgo', true, /^choking policy: wgo$/],
    ['shadow off', true, /^no shadow policy$/], ['limit up much', false, /^rate: expected/], ['quit', false, /^quit: only at the terminal$/],
    ['policy ./mine.mjs', false, /cannot be loaded here$/], ['policy wgo for nobody', false, /0 like 'nobody'/],
  ];
  answers.forEach(([line, done, expected], ticket) => {
    ask(line, ticket);
    const [[, kind, rest]] = stage.told('Api') as any;
    assert.deepEqual([kind, rest.ticket, rest.reply.done], ['answered', ticket, done], line);
    assert.match(rest.reply.lines.join(' '), expected);
  });
  assert.deepEqual(shown, []);
});

test('what files are wanted, TorrentMgr answers itself', () => {
  const { stage, ask } = start();
  ask('priority *.mkv high', 1);
  assert.deepEqual(stage.told(), [['TorrentMgr', 'prioritize', { glob: '*.mkv', priority: 'high', asker: { ticket: 1, replyTo: '@Api' } }]]);
});

test('a policy in a file is not loaded for whoever asks from elsewhere', () => {
  const { stage, ask } = start({ load: () => assert.fail('loaded') });
  ask('policy ./mine.mjs', 1);
  const [[, , rest]] = stage.told('Api') as any;
  assert.deepEqual(rest.reply, { done: false, lines: ['policies in files: only at the terminal'] });
});

const refused: readonly (readonly [string, RegExp])[] = [
  ['policy tit-for-tta', /^choke policy: .*did you mean tit-for-tat/],
  ['policy wgo slots', /^choke parameter: expected KEY=VALUE/],
  ['policy wgo slots=many', /^wgo\.slots: expected an integer from 1 to 500/],
  ['shadow wgo slots=many', /^wgo\.slots: /],
];
for (const [line, expected] of refused) {
  test(`'${line}' is refused with what is accepted`, () => {
    const { stage, type } = start();
    assert.match(String(type(line)), expected);
    assert.deepEqual(stage.told(), []);
  });
}

test('a policy in a file is used when it is loaded, or what is wrong with it is told', async () => {
  const mine = { name: 'mine', scope: 'session', defaults: { slots: 4 }, timing: () => ({ tickMs: 1000, react: [], minHoldMs: 0 }),
    init: () => null, decide: () => ({ unchoked: new Map(), state: null }) };
  const { stage, shown, type } = start({ async load(path) {
    return path === './mine.mjs' ? ok({ default: mine }) : flaw(path, 'an ES module', 'no such file');
  } });
  assert.deepEqual(type('policy ./mine.mjs slots=9'), []);
  await stage.settle();
  assert.deepEqual(shown.at(-1), { event: 'answer', lines: ['choking policy: mine'] });
  const [[, kind, rest]] = stage.told() as any;
  assert.deepEqual([kind, rest.chosen.params], ['setPolicy', { slots: 9 }]);
  type('policy ./none.mjs');
  await stage.settle();
  assert.deepEqual(shown.at(-1), { event: 'answer', lines: ['./none.mjs: expected an ES module, found no such file'] });
  assert.deepEqual(stage.told(), []);
});

test('where no files can be loaded it says so', () => {
  assert.deepEqual(start().type('policy ./mine.mjs'), [['policies in files cannot be loaded here']]);
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

test('a torrent that is removed is forgotten, and all of it is news when it comes again', () => {
  const { stage, shown, type } = start();
  const seeded: ClientEvent = { event: 'seeded', uploaded: 1, ratio: 1, ...of(1) };
  const tell = (...events: readonly ClientEvent[]): void => { for (const event of events) stage.send({ type: 'event', event }); };
  tell(started(1), stats(1, 1), seeded, seeded, { event: 'removed', ...of(1) });
  assert.deepEqual(shown.map((e) => e.event), ['started', 'stats', 'seeded', 'removed']);
  assert.deepEqual(type('status'), [['nothing yet: still checking']]);
  assert.match(String(type('pause T1')), /found 0 like 'T1'/);
  shown.length = 0;
  tell(started(1), seeded);
  assert.deepEqual(shown.map((e) => e.event), ['started', 'seeded']);
});
