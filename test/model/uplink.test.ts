import assert from 'node:assert/strict';
import { test } from 'node:test';
import { uplinkOf, type UplinkLimits } from '../../src/model/uplink.js';

const FREE: UplinkLimits<string> = { all: null, eachTorrent: null, torrents: new Map() };

test('torrents have together what all may, or what they may by themselves, whichever is less', () => {
  const table: readonly (readonly [Partial<UplinkLimits<string>>, some: readonly string[], number | null])[] = [
    [{}, ['a', 'b'], null],
    [{ all: 50 }, ['a', 'b'], 50],
    [{ all: 50, eachTorrent: 20 }, ['a', 'b'], 40],
    [{ all: 50, eachTorrent: 20 }, ['a', 'b', 'c'], 50],
    [{ eachTorrent: 20 }, ['a'], 20],
    [{ torrents: new Map([['a', 5]]) }, ['a'], 5],
    [{ torrents: new Map([['a', 5]]) }, ['a', 'b'], null],
    [{ eachTorrent: 20, torrents: new Map([['a', 5]]) }, ['a', 'b'], 25],
    [{ eachTorrent: 20, torrents: new Map([['a', null]]) }, ['a', 'b'], null],
    [{ all: 50, eachTorrent: 20 }, [], 50],
    [{ eachTorrent: 20 }, [], null],
  ];
  for (const [limits, some, expected] of table) assert.equal(uplinkOf({ ...FREE, ...limits }, some), expected);
});
