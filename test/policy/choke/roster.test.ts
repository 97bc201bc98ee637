import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { peerKey, torrentKey } from '../../../src/base/brand.js';
import { RosterEntry, type Introduction, type PeerReport } from '../../../src/policy/choke/roster.js';

const INTRODUCTION: Introduction = {
  key: peerKey(1), torrent: torrentKey(2), connectedAt: 1000, outgoing: true, local: false,
  fastExtension: true,
};
const REPORT: PeerReport = {
  peerInterested: true, amInterested: false, peerChoking: true, peerIsSeed: false, peerUploadOnly: false, havePieces: 5,
  peerHasWanted: false, downTotal: 0, upTotal: 0, lastPieceAt: null, peerUnchokedUsSince: null, outstandingToPeer: 0,
  queuedFromPeer: 3, socketDrained: false,
};
const WINDOW = { kind: 'window', ms: 2000, bucketMs: 1000 } as const;
const entry = (): RosterEntry => new RosterEntry(INTRODUCTION, [{ rates: [WINDOW, { kind: 'ewma', tauMs: 1000 }] }]);

describe('RosterEntry', () => {
  it('before any report: introduced, choked, of no interest', () => {
    const e = entry();
    const view = e.view(1000, 0);
    assert.deepEqual([e.key, e.torrent], [1, 2]);
    assert.deepEqual(view, {
      ...INTRODUCTION, ...REPORT, peerInterested: false, havePieces: 0, queuedFromPeer: 0, socketDrained: true,
      amChoking: true, haveRate: 0, downLastRound: 0, upLastRound: 0, upSinceUnchoke: 0, down: [0, 0], up: [0, 0],
      lastChokeChangeAt: 1000, lastUnchokedAt: null,
    });
  });

  it('shows what was reported last', () => {
    const e = entry();
    e.take(REPORT, 1000);
    e.take({ ...REPORT, havePieces: 6, lastPieceAt: 1500 }, 2000);
    const { havePieces, lastPieceAt, queuedFromPeer } = e.view(2000, 0);
    assert.deepEqual([havePieces, lastPieceAt, queuedFromPeer], [6, 1500, 3]);
  });

  it('says how much went up since the last report, and what the interest was', () => {
    const e = entry();
    assert.deepEqual(e.take({ ...REPORT, upTotal: 10 }, 1000), { uploaded: 10, was: false });
    assert.deepEqual(e.take({ ...REPORT, upTotal: 15, peerInterested: false }, 1000), { uploaded: 5, was: true });
  });

  it('estimates rates with what the policy names, in its order', () => {
    const e = entry();
    e.take({ ...REPORT, downTotal: 1000, upTotal: 500 }, 1500);
    e.take({ ...REPORT, downTotal: 3000, upTotal: 1500 }, 2500);
    assert.deepEqual([e.view(3000, 0).down[0], e.view(3000, 0).up[0]], [1500, 750]);
    assert.equal(e.view(3000, 0).down.length, 2);
    e.watchedBy([{ rates: [WINDOW] }]);
    assert.deepEqual([e.view(3000, 0).down, e.view(3000, 0).up], [[0], [0]]);
  });

  it('counts pieces a second, and a peer that seems to lose some does not count', () => {
    const e = entry();
    e.take({ ...REPORT, havePieces: 60 }, 1000);
    const { haveRate } = e.view(1000, 0);
    assert.ok(haveRate > 0.9 && haveRate < 1.1, `${haveRate}`);
    e.take({ ...REPORT, havePieces: 0 }, 1000);
    assert.equal(e.view(1000, 0).haveRate, haveRate);
  });

  it('payload of the last round is of the last complete one', () => {
    const e = entry();
    e.take({ ...REPORT, downTotal: 100, upTotal: 10 }, 1000);
    assert.equal(e.view(1000, 0).downLastRound, 0);
    e.endRound();
    e.take({ ...REPORT, downTotal: 150, upTotal: 10 }, 2000);
    assert.deepEqual([e.view(2000, 0).downLastRound, e.view(2000, 0).upLastRound], [100, 10]);
    e.endRound();
    assert.deepEqual([e.view(2000, 0).downLastRound, e.view(2000, 0).upLastRound], [50, 0]);
  });

  it('knows since when it is unchoked and how much went up since; a choke keeps both', () => {
    const e = entry();
    e.take({ ...REPORT, upTotal: 100 }, 1000);
    e.ordered(false, 2000);
    e.take({ ...REPORT, upTotal: 130 }, 3000);
    const seen = (now: number): unknown[] => {
      const { amChoking, lastChokeChangeAt, lastUnchokedAt, upSinceUnchoke } = e.view(now, 0);
      return [amChoking, lastChokeChangeAt, lastUnchokedAt, upSinceUnchoke];
    };
    assert.deepEqual(seen(3000), [false, 2000, 2000, 30]);
    e.ordered(true, 4000);
    assert.deepEqual(seen(5000), [true, 4000, 2000, 30]);
  });
});
