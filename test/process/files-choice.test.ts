/** Which files are wanted: by what was said last, now or in an earlier run, and what PieceMgr, people and the page hear of it. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SECOND } from '../../src/base/units.js';
import { Layout } from '../../src/model/layout.js';
import { parseResumeRecord } from '../../src/protocol/resume-record.js';
import type { FakeDisk } from './fake-disk.js';
import { LENGTHS, PIECE, prioritize, RECORD, recover, remembered, start, stop, TORRENT } from './files-stage.js';

const wanted = (...priorities: string[]) => ['PieceMgr', 'wanted', { priorities }];
const layoutOf = (lengths: readonly number[]): Layout => new Layout({
  files: lengths.map((length) => ({ length, padding: false })), pieceLength: PIECE, totalBytes: lengths.reduce((sum, n) => sum + n, 0),
});
const recorded = ({ records }: FakeDisk): unknown => {
  const record = parseResumeRecord(records.get(RECORD)!, { infoHash: TORRENT, pieceCount: 4, fileCount: 2 });
  return record.ok && record.value.priorities;
};

test('other files are wanted: people hear of them, and PieceMgr when there is a place for them', async () => {
  const { stage, disk } = await start({ disk: remembered([0]), said: ['normal', 'skip'] });
  assert.deepEqual(disk.log.at(-1), 'prepare', 'they share a piece');
  stage.forget().send(prioritize('high', 1));
  assert.deepEqual(stage.told(), [['Status', 'note', { note: { event: 'files', files: [
    { number: 2, path: '1', length: LENGTHS[1], had: 0, priority: 'high' },
  ] } }]]);
  await stage.settle();
  assert.deepEqual([stage.told(), disk.log.at(-1)], [[wanted('normal', 'high')], 'prepare']);
  stage.send({ type: 'listFiles' });
  assert.deepEqual(stage.all('note')[0].note.files.map((f: any) => [f.number, f.had, f.priority]), [[1, PIECE, 'normal'], [2, 0, 'high']]);
});

test('a file that nothing is wanted of has no place', async () => {
  const layout = layoutOf([PIECE, PIECE]);
  const { stage, disk } = await start({ layout, said: ['skip', 'normal'] });
  assert.equal(disk.log.at(-1), 'prepare 1');
  await stage.send(prioritize('low', 0), prioritize('skip', 1)).settle();
  assert.equal(disk.log.at(-1), 'prepare 0');
});

test('it is recorded, and holds at the next start where that says nothing else', async () => {
  const { stage, disk } = await start({ said: ['low'] });
  await stage.send(prioritize('skip', 1)).advance(60 * SECOND).settle();
  assert.deepEqual(recorded(disk), [undefined, 'skip'], 'but not what the options said');

  const next = await start({ disk });
  next.stage.send(recover);
  assert.deepEqual(next.stage.all('recovered')[0].priorities, ['normal', 'skip']);
  await next.stage.send(prioritize('high', 0), stop).settle();
  assert.deepEqual(recorded(disk), ['high', 'skip']);

  const other = await start({ disk, said: [undefined, 'low'] });
  other.stage.send(recover);
  assert.deepEqual(other.stage.all('recovered')[0].priorities, ['high', 'low']);
  await other.stage.send(prioritize('normal', 0), stop).settle();
  assert.deepEqual(recorded(disk), ['normal', 'skip'], 'options are not taken for good');
});

test('a record from before says nothing of files', async () => {
  const { stage } = await start({ disk: remembered([0]) });
  assert.deepEqual(stage.send(recover).all('recovered')[0].priorities, ['normal', 'normal']);
});

test('what was said before the record was read holds against it, and a place is made', async () => {
  const disk = remembered([0, 1, 2, 3], { priorities: ['skip', 'skip'] });
  const { stage } = await start({ disk, recalled: false });
  await stage.send(prioritize('low', 1)).settle();
  stage.send(recover);
  assert.deepEqual(stage.all('recovered')[0].priorities, ['skip', 'low']);
  assert.equal(disk.log.at(-1), 'prepare');
});

test('it holds over a crash', async () => {
  const { stage } = await start();
  await stage.send(prioritize('skip', 0)).kill().settle();
  assert.deepEqual(stage.forget().send(recover).all('recovered')[0].priorities, ['skip', 'normal']);
});

test('on the page: those that match, a page full at a time, with paths of bounded length', async () => {
  const count = 50_000;
  const layout = layoutOf(new Array<number>(count).fill(1));
  const { stage, look: mail } = await start({ layout, pathOf: (file) => ['t', file === 7 ? 'x'.repeat(5000) : `${file}`] });
  const look = (find: string, from: number): any => stage.send(mail(find, from)).all('filesSeen')[0].files;
  const { shown, ...all } = look('*', 0);
  assert.deepEqual([all, shown.length], [{ find: '*', from: 0, matching: count }, 100]);
  assert.deepEqual(shown[1], { number: 2, path: 't/1', length: 1, had: 0, priority: 'normal' });
  assert.equal(shown[7].path.length, 301);
  assert.deepEqual(look('*', count - 1).shown.map((f: any) => f.number), [count]);
  assert.deepEqual(look('*9999', 2).shown.map((f: any) => f.number), [30_000, 40_000, 50_000]);
  assert.deepEqual(look('*', 2 * count).shown, []);
});
