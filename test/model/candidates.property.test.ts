/** Candidates against a model that keeps a list and looks at all of it: whatever happens, both dial the same one. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { formatEndpoint, type Endpoint } from '../../src/base/endpoint.js';
import type { Random } from '../../src/base/random.js';
import { MINUTE, SECOND, type Millis } from '../../src/base/units.js';
import { Candidates } from '../../src/model/candidates.js';

const longest: Random = { u32: () => 0, below: () => 0, unit: () => 1 };

class Model {
  private list: { endpoint: Endpoint; byUser: boolean; failures: number; tryAt: Millis }[] = [];
  private readonly banned = new Set<string>();

  find = ({ host, port }: Endpoint) => this.list.find((c) => c.endpoint.host === host && c.endpoint.port === port);

  add(endpoint: Endpoint, byUser: boolean): void {
    if (this.find(endpoint) || this.banned.has(endpoint.host) || this.banned.has(formatEndpoint(endpoint))) return;
    this.list.push({ endpoint, byUser, failures: 0, tryAt: byUser ? -Infinity : 0 });
  }

  next(now: Millis): Endpoint | undefined {
    const due = this.list.filter((c) => c.tryAt <= now);
    due.sort((a, b) => a.failures - b.failures || (a.tryAt < b.tryAt ? -1 : Number(a.tryAt > b.tryAt)));
    if (due[0]) due[0].tryAt = Infinity;
    return due[0]?.endpoint;
  }

  get nextAt(): Millis {
    return Math.min(Infinity, ...this.list.map((c) => c.tryAt));
  }

  failed(endpoint: Endpoint, now: Millis, lasted: Millis): void {
    const c = this.find(endpoint);
    if (!c) return;
    if (lasted >= 30 * SECOND) c.failures = 0;
    c.tryAt = now + Math.min(30 * MINUTE, 5 * SECOND * 2 ** c.failures++);
    if (c.failures >= 5 && !c.byUser) this.list = this.list.filter((other) => other !== c);
  }

  left(endpoint: Endpoint, now: Millis, { lasted }: { readonly lasted: Millis }): void {
    const c = this.find(endpoint);
    if (c?.tryAt !== Infinity) return;
    const isBrief = lasted < 30 * SECOND;
    c.tryAt = now + (isBrief ? Math.min(10 * MINUTE, MINUTE * 2 ** c.failures) : 30 * SECOND);
    c.failures = isBrief ? c.failures + 1 : 0;
  }

  release(endpoint: Endpoint): void {
    const c = this.find(endpoint);
    if (c) c.tryAt = 0;
  }

  ban({ host }: Endpoint): void {
    this.banned.add(host);
    this.list = this.list.filter((c) => c.endpoint.host !== host);
  }

  avoid(endpoint: Endpoint): void {
    this.banned.add(formatEndpoint(endpoint));
    this.list = this.list.filter((c) => c !== this.find(endpoint));
  }

  get size(): number {
    return this.list.length;
  }
}

const happens = fc.oneof(
  { weight: 6, arbitrary: fc.constant('next' as const) },
  { weight: 4, arbitrary: fc.constantFrom('tracker', 'user') },
  { weight: 6, arbitrary: fc.constantFrom('failed' as const, 'left' as const, 'release' as const) },
  { weight: 1, arbitrary: fc.constantFrom('ban' as const, 'avoid' as const) },
);
const steps = fc.array(fc.record({
  what: happens, host: fc.integer({ min: 1, max: 3 }), port: fc.integer({ min: 1, max: 5 }), pause: fc.constantFrom(0, 0, 1, 4999, 5000, 60_000),
  lasted: fc.constantFrom(0, 29_999, 30_000),
}), { maxLength: 150 });

test('dials the same as a model that looks at all', () => {
  fc.assert(fc.property(steps, (all) => {
    const [real, model] = [new Candidates(longest), new Model()];
    let now = 0;
    for (const { what, host, port, pause, lasted } of all) {
      now += pause;
      const endpoint = { host: `10.0.0.${host}`, port };
      switch (what) {
        case 'next':
          assert.deepEqual(real.next(now), model.next(now));
          break;
        case 'tracker':
        case 'user':
          real.add([endpoint], what);
          model.add(endpoint, what === 'user');
          break;
        case 'failed':
          real.failed(endpoint, now, lasted);
          model.failed(endpoint, now, lasted);
          break;
        case 'left':
          real.left(endpoint, now, { lasted });
          model.left(endpoint, now, { lasted });
          break;
        case 'release':
        case 'ban':
        case 'avoid':
          real[what](endpoint);
          model[what](endpoint);
      }
      assert.equal(real.size, model.size);
      // Which time in the past does not matter.
      assert.equal(Math.max(now, real.nextAt), Math.max(now, model.nextAt));
    }
  }));
});
