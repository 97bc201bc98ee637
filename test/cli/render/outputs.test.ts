/** Golden lines of the outputs for pipes and programs, from one story. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import pc from 'picocolors';
import type { Io } from '../../../src/cli/io.js';
import { headline } from '../../../src/cli/render/headline.js';
import { jsonLine, jsonOutput } from '../../../src/cli/render/json.js';
import type { Verbosity } from '../../../src/cli/render/output.js';
import { plainOutput, STATUS_EVERY } from '../../../src/cli/render/plain.js';
import { of, started, stats, STORY } from './events.js';

function recording(): { readonly io: Io; readonly out: string[]; readonly err: string[] } {
  const [out, err]: [string[], string[]] = [[], []];
  const colors = pc.createColors(false);
  const io: Io = {
    env: {}, stdout: process.stdout, stderr: process.stderr, colors, errorColors: colors, unicode: true,
    print: (line) => void out.push(line), complain: (line) => void err.push(line),
  };
  return { io, out, err };
}

function told(verbosity: Verbosity): { readonly out: readonly string[]; readonly err: readonly string[] } {
  const { io, out, err } = recording();
  const output = plainOutput({ io, now: () => 0, ...verbosity });
  for (const event of STORY) output.show(event);
  output.note('stopping');
  output.end();
  return { out, err };
}

const TROUBLE = 'debian.iso: no space left on device';

test('plain: the files, as `priority` names them', () => {
  const { io, out } = recording();
  const file = { length: 2_000_000, had: 500_000, priority: 'high' } as const;
  const empty = { length: 0, had: 0, priority: 'skip' } as const;
  plainOutput({ io, now: () => 0, quiet: true, verbose: false }).show({
    event: 'files', torrent: of.torrent, name: 'show',
    files: [{ number: 3, path: 'show/extra/\u001b[2J', ...file }, { number: 12, path: 'show/b', ...empty }],
  });
  assert.deepEqual(out, ['show:', ' #3  high     25.0 %   2.00 MB  extra/\ufffd[2J', '#12  skip    100.0 %       0 B  b']);
});

test('plain: the news', () => {
  const { out, err } = told({ quiet: false, verbose: false });
  assert.deepEqual(out, [
    'watching in for .torrent and .magnet files', 'debian.iso: 652 MB in 2,488 pieces, in out',
    'debian.iso: 12 of 2,488 pieces are here, by the resume record',
    'debian.iso: resumed',
    'down limit: none',
    'debian.iso: complete, 652 MB in 1:12 (9.06 MB/s)',
    'debian.iso: seeded, 652 MB uploaded, ratio 1.00',
  ]);
  assert.deepEqual(err, [
    'debian.iso: tracker http://u/announce failed: no such host; again in 1:00',
    'debian.iso: 10.0.0.2:6881 banned: sent bad\ufffd[2J pieces',
    'debian.iso: paused: disk full',
    'out of the blue',
    TROUBLE,
    'actorrent: stopping',
  ]);
});

test('plain: --verbose adds, --quiet leaves trouble only', () => {
  const news = told({ quiet: false, verbose: false }).out;
  assert.deepEqual(told({ quiet: false, verbose: true }).out.filter((line) => !news.includes(line)), [
    'listening on port 6881',
    'debian.iso: http://t/announce gave 50 peers; 20 seeds and 1 leecher in all',
    'debian.iso: 10.0.0.1:6881 (libtorrent 2.0.8) connected',
    'debian.iso: unchoked 10.0.0.1:6881: optimistic',
    'shadow wgo agrees on 7 of 9 peers; it alone would unchoke 10.0.0.3:6881 (idle); bep3 alone unchokes 10.0.0.1:6881 (regular)',
  ]);
  const quiet = { out: ['down limit: none'], err: [TROUBLE, 'actorrent: stopping'] };
  assert.deepEqual(told({ quiet: true, verbose: false }), quiet);
});

test('plain: a status line now and then, and only where something changed', () => {
  const { io, out } = recording();
  let now = 0;
  const output = plainOutput({ io, now: () => now, quiet: false, verbose: false });
  output.show(started);
  out.length = 0;
  for (let second = 0; second <= 20; second++) {
    now = second * 1000;
    output.show(stats());
  }
  assert.deepEqual(out.splice(0), ['debian.iso: 0.0 % checked'], 'never twice the same');
  output.show({ event: 'checked', good: 0, pieces: 2488, resumed: false, ...of });
  now += STATUS_EVERY;
  output.show(stats());
  now += STATUS_EVERY;
  output.show(stats());
  now += STATUS_EVERY;
  output.show(stats({ left: 0, progress: 1, downloadRate: 0, seeds: 0, peers: 1 }));
  assert.deepEqual(out, [
    'debian.iso: 63.1 %  412 of 652 MB  down 12.4 MB/s  up 310 KB/s  24 peers (9 seeds)  ETA 0:20',
    'debian.iso: 100.0 %  652 of 652 MB  down 0 B/s  up 310 KB/s  1 peer  waiting',
  ]);
});

test('plain: the amount is of what is wanted, not of the whole torrent', () => {
  const { io, out } = recording();
  let now = 0;
  const output = plainOutput({ io, now: () => now, quiet: false, verbose: false });
  for (const event of [started, stats()]) output.show(event);
  output.show({ event: 'checked', good: 0, pieces: 2488, resumed: false, ...of });
  now += STATUS_EVERY;
  output.show(stats({ left: 25e6, wanted: 100e6, progress: 0.75 }));
  assert.match(out.at(-1)!, /^debian\.iso: 75\.0 %  75\.0 of 100 MB /);
});

test('json: one object a line, event and time first', () => {
  const first = '{"event":"listening","time":"1970-01-01T00:00:00.000Z","port":1}';
  assert.equal(jsonLine({ event: 'listening', port: 1 }, 0), first);
  const { io, out, err } = recording();
  const output = jsonOutput({ io, wall: () => 1_000 });
  for (const event of STORY) output.show(event);
  output.note('stopping');
  assert.deepEqual(err, ['actorrent: stopping']);
  for (const [i, line] of out.entries()) {
    assert.ok(!line.includes('\n'));
    assert.deepEqual(JSON.parse(line), { ...STORY[i], time: '1970-01-01T00:00:01.000Z' });
  }
  const line = JSON.parse(out[STORY.findIndex((e) => e.event === 'stats')]!) as object;
  assert.deepEqual(Object.keys(line).sort(), [
    'downloadRate', 'downloaded', 'event', 'left', 'name', 'peers', 'progress', 'seeds', 'time', 'torrent',
    'uploadRate', 'uploaded', 'wanted',
  ]);
});

test('a headline may leave out the name', () => {
  const done = STORY.find((e) => e.event === 'done')!;
  assert.deepEqual(headline(done, false), { weight: 'good', text: 'complete, 652 MB in 1:12 (9.06 MB/s)' });
  assert.deepEqual(headline({ event: 'error', reason: 'x' }), { weight: 'trouble', text: 'x' });
});
