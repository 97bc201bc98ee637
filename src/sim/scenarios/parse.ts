/**
 * Scenarios as JSON: parsed value -> Scenario. Times are in seconds (`delayMs` apart), rates and sizes in bytes or as
 * text with a suffix (`"50K"`, `"64Mi"`). Everything is bounded, as a scenario may come from anywhere:
 *
 *     { "name": "mine", "size": "64Mi", "peers": [
 *       { "name": "seed", "has": 1, "up": "200K", "down": "1M" },
 *       { "name": "home", "count": 30, "up": "50K", "down": "400K", "arrives": { "every": 5 }, "leaves": 60 } ] }
 */
import { parseRate } from '../../base/rate-text.js';
import type { Result } from '../../base/result.js';
import { KIB, MIB, SECOND, type Millis } from '../../base/units.js';
import type { ChosenPolicy } from '../../client.js';
import { parseParams } from '../../policy/choke/params.js';
import { findPolicy } from '../../policy/choke/registry.js';
import { PICK_ORDERS } from '../../policy/pick/selection.js';
import { ALLOWED_FAST_COUNT } from '../../protocol/allowed-fast.js';
import { choosePieceLength } from '../../protocol/metainfo-build.js';
import { JsonReader, reading } from './json-reader.js';
import type { Arrival, Departure, PeerClass, Period, Scenario } from './scenario.js';

const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,39}$/;
const MOST_PEERS = 10_000;
const MOST_PIECES = 100_000;
/** In seconds: 30 days. */
const LONGEST = 2_592_000;
const TIME = { least: 0, most: LONGEST } as const;
const RATE = { least: 100, most: 1e12 } as const;
const SIZE = { least: 1, most: 1e12 } as const;
const DEFAULTS = { lasts: 4 * 3600, announceEvery: 300, delayMs: 25, maxPeers: 80 } as const;

export const parseScenario = (json: unknown): Result<Scenario> => reading(() => scenarioOf(new JsonReader(json, '')));

function scenarioOf(r: JsonReader): Scenario {
  const size = r.amount('size', parseRate, SIZE);
  const pieceLength = r.amount('pieceLength', parseRate, { least: 16 * KIB, most: 16 * MIB }, choosePieceLength(size));
  if (!Number.isInteger(Math.log2(pieceLength))) r.refuse('pieceLength', 'a power of two');
  if (size / pieceLength > MOST_PIECES) r.refuse('pieceLength', `pieces so long that they are at most ${MOST_PIECES}`);
  const classes = r.objects('peers', 1, 100).map(classOf);
  const names = classes.map((c) => c.name);
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice !== undefined) r.refuse('peers', 'each name once', twice);
  const count = classes.reduce((n, c) => n + c.count, 0);
  if (count > MOST_PEERS) r.refuse('peers', `at most ${MOST_PEERS} in all`, `${count}`);
  const scenario: Scenario = {
    name: nameOf(r), summary: r.text('summary', ''), size, pieceLength, classes,
    lasts: SECOND * r.number('lasts', { least: 1, most: LONGEST }, DEFAULTS.lasts),
    announceEvery: SECOND * r.number('announceEvery', { least: 10, most: 86_400 }, DEFAULTS.announceEvery),
    slowStart: r.flag('slowStart'),
    connectionsBreakAfter: maybeTime(r, 'connectionsBreakAfter'),
  };
  r.end();
  return scenario;
}

function classOf(r: JsonReader): PeerClass {
  const policy = policyOf(r);
  const kind: PeerClass = {
    name: nameOf(r),
    count: r.number('count', { least: 1, most: MOST_PEERS, integer: true }, 1),
    up: r.amount('up', parseRate, RATE),
    down: r.amount('down', parseRate, RATE),
    delay: r.number('delayMs', { least: 0.01, most: 10_000 }, DEFAULTS.delayMs),
    has: r.number('has', { least: 0, most: 1 }, 0),
    arrives: arrivalOf(r),
    picks: r.oneOf('picks', PICK_ORDERS, 'rarest'),
    allowedFast: r.number('allowedFast', { least: 0, most: 100, integer: true }, ALLOWED_FAST_COUNT),
    leaves: departureOf(r),
    givesUpAfter: maybeTime(r, 'givesUpAfter'),
    behindNat: r.flag('behindNat'),
    corrupt: r.flag('corrupt'),
    maxPeers: r.number('maxPeers', { least: 1, most: MOST_PEERS, integer: true }, DEFAULTS.maxPeers),
    limitsUpTo: r.number('limitsUpTo', { least: 0, most: 1 }, 0),
    ...(policy && { policy }),
    ...(r.has('silent') && { silent: periodOf(r.object('silent')) }),
  };
  r.end();
  return kind;
}

/** In seconds: `{ "from": 30, "to": 90 }`. */
function periodOf(r: JsonReader): Period {
  const from = r.number('from', TIME);
  const to = r.number('to', { ...TIME, least: from });
  r.end();
  return { from: SECOND * from, to: SECOND * to };
}

function nameOf(r: JsonReader): string {
  const name = r.text('name');
  return NAME.test(name) ? name : r.refuse('name', 'letters, digits, dots and dashes, at most 40');
}

function policyOf(r: JsonReader): ChosenPolicy | undefined {
  const texts = r.texts('params');
  if (!r.has('policy')) return texts.length > 0 ? r.refuse('params', 'none without a policy') : undefined;
  const policy = r.take('policy', findPolicy(r.text('policy')));
  return { policy, params: r.take('params', parseParams(policy, texts)) };
}

/** A time in seconds, or `{ "every": 5, "from": 0 }` for a Poisson process. */
function arrivalOf(r: JsonReader): Arrival {
  if (typeof r.raw('arrives') !== 'object') return { kind: 'at', at: SECOND * r.number('arrives', TIME, 0) };
  const poisson = r.object('arrives');
  const arrival: Arrival = {
    kind: 'poisson', mean: SECOND * poisson.number('every', TIME), from: SECOND * poisson.number('from', TIME, 0),
  };
  poisson.end();
  return arrival;
}

/** `"never"`, seconds after completion, or `{ "about": 60 }` for an exponentially distributed time. */
function departureOf(r: JsonReader): Departure {
  const leaves = r.raw('leaves') ?? 'never';
  if (leaves === 'never') return { kind: 'never' };
  if (typeof leaves !== 'object') return { kind: 'after', ms: SECOND * r.number('leaves', TIME) };
  const about = r.object('leaves');
  const departure: Departure = { kind: 'about', mean: SECOND * about.number('about', TIME) };
  about.end();
  return departure;
}

const maybeTime = (r: JsonReader, key: string): Millis =>
  (r.has(key) ? SECOND * r.number(key, { least: 1, most: LONGEST }) : Infinity);
