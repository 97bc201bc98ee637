/** A session around a client that only plays its part: the exit code, and who is told what. No sockets, no files. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { infoHash, torrentKey } from '../../src/base/brand.js';
import type { Client } from '../../src/client.js';
import { runSession, type Session } from '../../src/cli/session.js';
import type { Until } from '../../src/cli/outcome.js';
import type { ClientEvent } from '../../src/ports/events.js';
import type { Terminal } from '../../src/ports/terminal.js';

const of = { torrent: infoHash('c'.repeat(40)), name: 'n' };
const DONE: ClientEvent = { event: 'done', downloaded: 1, uploaded: 0, elapsedMs: 1, ...of };

interface Play {
  readonly result: ReturnType<typeof runSession>;
  readonly shown: string[];
  readonly terminal: Terminal;
  stops: number;
}

/** Answers `stop` as a client does: later, with `stopped`. */
function play(until: Until): Play {
  let terminal: Terminal | undefined;
  const shown: string[] = [];
  const client: Pick<Client, 'add' | 'stop'> = {
    add: () => torrentKey(1),
    stop: () => {
      state.stops++;
      setImmediate(() => terminal?.show({ event: 'stopped' }));
    },
  };
  const session: Partial<Session> = {
    start: (_config, ports) => {
      terminal = ports.terminal;
      return client as Client;
    },
    requests: [{ meta: { infoHash: of.torrent } } as Session['requests'][number]],
    until,
    output: {
      show: (e) => void shown.push(e.event), note: (line) => void shown.push(line), typing: () => undefined, suspend: () => undefined,
      end: () => void shown.push('end'),
    },
    log: undefined,
    lines: () => () => void shown.push('no more lines'),
  };
  const result = runSession(session as Session);
  const state: Play = { result, shown, terminal: terminal!, stops: 0 };
  return state;
}

test('done: stops the client, once, and exits 0', async () => {
  const p = play('done');
  p.terminal.show(DONE);
  p.terminal.show(DONE);
  assert.equal(p.stops, 0, 'not inside the step of the client');
  assert.equal(await p.result, 0);
  assert.equal(p.stops, 1);
  assert.deepEqual(p.shown, ['done', 'done', 'stopped', 'end']);
});

test('an error fails the run with its reason', async () => {
  const p = play('done');
  p.terminal.show({ event: 'error', reason: 'no space left on device', ...of });
  await assert.rejects(p.result, { code: 1, message: 'n: no space left on device' });
});

test('the client ends by itself: `quit` was typed', async () => {
  const p = play('stopped');
  p.terminal.lines(() => undefined);
  p.terminal.show({ event: 'stopped' });
  assert.equal(await p.result, 0);
  assert.deepEqual(p.shown, ['stopped', 'no more lines', 'end']);
});

test('Ctrl-C: an orderly end, and 130', async () => {
  const p = play('stopped');
  process.emit('SIGINT');
  assert.equal(await p.result, 130);
  assert.equal(p.stops, 1);
  assert.match(p.shown[0]!, /^stopping: saving state and telling trackers/);
  assert.equal(process.listenerCount('SIGINT'), 0, 'the next Ctrl-C is the shell\'s again');
});
