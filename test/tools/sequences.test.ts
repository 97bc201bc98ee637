/** The sequences of diagrams/: that each shows what its title says, in order, and that both renderings leave nothing out. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sequenceMermaid } from '../../src/graph/sequence-mermaid.js';
import { sequenceSvg } from '../../src/graph/sequence-svg.js';
import { timeAt, timeText, type Moment } from '../../src/graph/sequence.js';
import { sequences } from '../../tools/sequences.js';
import { assertWellFormed } from '../graph/well-formed.js';

const all = await sequences();
const textOf = (m: Moment): string => (m.type === 'end' ? `${m.who} ends` : `${m.from ?? 'outside'} ${m.to} ${m.kind} ${m.detail}`.trim());

/** What must be seen, one after the other, with others between. */
const STORIES: Readonly<Record<string, readonly RegExp[]>> = {
  'block-down': [
    /^Peer-1\/Controller PieceMgr needBlocks/, /^PieceMgr Peer-1\/Controller request/, /Peer-1\/Sender control/,
    /^outside Peer-1\/Receiver data 16 KiB/, /Files blocks 1 block/, /^PieceMgr Files check piece 0/, /^outside Files stored$/, /checked good/,
    /^PieceMgr PeerMgr have piece 0/, /send have/,
  ],
  'block-up': [
    /Receiver Peer-1\/Controller requests/, /Controller Peer-1\/SenderQueue serve/, /Sender Files read/, /^outside Files readBack/,
    /Files Peer-1\/Sender data/, /Limiter want 16 KiB/, /Sender grant/, /^outside Peer-1\/Sender wrote/, /Status uploaded 16 KiB/,
  ],
  'choke-round': [
    // Whom it tells first is of no matter.
    /report$/, /^Timer ChokeMgr tick round/, /^ChokeMgr Peer-\d\/Controller (un)?choke/, /^ChokeMgr Peer-\d\/Controller (un)?choke/,
    /^(Peer-\d)\/Controller \1\/SenderQueue (choke|send unchoke)/, /^(Peer-\d)\/SenderQueue \1\/Sender drop/, /SenderQueue serve/,
  ],
  'wrong-piece': [
    /^PieceMgr Files check/, /^outside Files stored mismatch/, /checked wrong/, /badPeers 1 peer/, /^Peer-1\/Controller ends/,
    /note banned/, /^PieceMgr Peer-2\/Controller request/, /checked good/, /PeerMgr have piece 0/,
  ],
  'graceful-stop': [
    /^outside TorrentMgr stop/, /Tracker stop/, /^Peer-1\/Controller ends/, /^Files TorrentMgr closed/, /^Tracker TorrentMgr closed/,
    /event stopped/, /^TorrentMgr ends/, /^ChokeMgr ends/,
  ],
};

for (const { name, sequence } of all) {
  test(`${name}: ${sequence.title}`, () => {
    const texts = sequence.moments.map(textOf);
    let at = -1;
    for (const story of STORIES[name]!) {
      at = texts.findIndex((text, i) => i > at && story.test(text));
      assert.ok(at >= 0, `${story} is missing, or too early, in\n${texts.join('\n')}`);
    }
    sequence.moments.reduce((before, m) => {
      assert.ok(m.at >= before);
      return m.at;
    }, 0);
    const messages = sequence.moments.filter((m) => m.type === 'message');
    const svg = sequenceSvg(sequence);
    assertWellFormed(svg);
    assert.deepEqual([...svg.matchAll(/class="said"[^>]*>(\w+)/g)].map(([, kind]) => kind), messages.map((m) => m.kind));
    const times = sequence.moments.map((_, i) => timeAt(sequence.moments, i)).filter((t) => t !== undefined);
    assert.deepEqual([...svg.matchAll(/class="time"[^>]*>([^<]+)/g)].map(([, time]) => time), times);
    const mermaid = sequenceMermaid(sequence);
    assert.deepEqual([...mermaid.matchAll(/->>p\d+: (\w+)/g)].map(([, kind]) => kind), messages.map((m) => m.kind));
    assert.equal(mermaid.match(/participant p\d+ as/g)!.length, sequence.lifelines.length);
    assert.equal(mermaid.match(/^ {2}box rgb\(\d+, \d+, \d+\) once a /gm)!.length, mermaid.match(/^ {2}end$/gm)!.length);
  });
}

test('there is a story for each, and each is there', () => {
  assert.deepEqual(all.map((s) => s.name).sort(), Object.keys(STORIES).sort());
});

test('times as they are written', () => {
  assert.deepEqual([0, 0.04, 81.44, 206.2, 999.6, 3670].map(timeText), ['0', '0 ms', '81.4 ms', '206 ms', '1000 ms', '3.67 s']);
});
