/**
 * A scenario: the same work for several clients, one at a time and in turn, each run in a part of one lab with new files.
 * In turn, since a machine's speed drifts: what disturbs one client then disturbs the others as much.
 */
import { MIB, type Bytes } from '../../src/base/units.js';
import { inLab, type Lab } from '../../test/interop/lab.js';
import { missing, type Need } from '../../test/interop/needs.js';
import { makeNetwork, type Network } from '../../test/interop/netns.js';
import type { BenchOptions, Part } from '../parts.js';
import type { Section } from '../report.js';
import { presence, type ClientName } from './clients.js';
import { compare, type Metric, type Sample, type Trial } from './compare.js';
import { roomyFolder } from './roomy-folder.js';

/** Does the work once; rejects where it was not done to the last byte. */
export type Measure = (client: ClientName, part: Lab) => Promise<Sample>;

export interface Scenario {
  readonly name: string;
  readonly doc: string;
  /** In the order of the table. Those that are not installed are left out, with a remark. */
  readonly clients: readonly ClientName[];
  readonly metrics: readonly Metric[];
  /** Whom the others are compared with. */
  readonly baseline?: ClientName;
  /** Besides the clients themselves. */
  readonly needs: readonly Need[];
  /** In a network of their own, which takes root; or on the machine's loopback. */
  readonly hosts: { readonly network: readonly string[] } | { readonly loopback: () => Network };
  /** Absent where no content is moved. */
  readonly size?: Size;
  /** What every run shares: content, seeders. */
  readonly prepare: (lab: Lab, bytes: Bytes) => Promise<Measure>;
}

/** Of the content, unless the user says otherwise. */
export interface Size {
  readonly mib: number;
  /** Where there is one, the scenario belongs to `--quick`. */
  readonly quickMib?: number;
  /** What is on disk at once, as a multiple of the content. */
  readonly copies: number;
}

export const asPart = (scenario: Scenario): Part => ({
  name: scenario.name, doc: scenario.doc, quick: scenario.size?.quickMib !== undefined,
  run: (options) => runScenario(scenario, options),
});

const progress = (line: string): void => { process.stderr.write(`  ${line}\n`); };

async function runScenario(scenario: Scenario, options: BenchOptions): Promise<Section> {
  const { name, doc, metrics, baseline, hosts, size } = scenario;
  const why = 'network' in hosts ? missing(scenario.needs) : undefined;
  if (why !== undefined) throw new Error(`${why}; --quick measures what needs neither root nor other clients`);
  const mib = size === undefined ? 0 : options.mib ?? (options.quick ? size.quickMib : undefined) ?? size.mib;
  const bytes = mib * MIB;
  const title = `${name}: ${doc}${mib > 0 ? ` (${mib} MiB)` : ''}`;
  const { clients, leftOut } = takingPart(scenario, options.clients);
  if (clients.length === 0) return { title, columns: [], rows: [], notes: leftOut, json: { title, leftOut } };
  const under = roomyFolder(bytes * (size?.copies ?? 0));
  const network = 'network' in hosts ? makeNetwork(hosts.network) : hosts.loopback();
  const trials = await inLab({ network, under: under.folder, report: progress }, async (lab) => {
    const measure = await scenario.prepare(lab, bytes);
    return inTurn({ name, clients, runs: options.runs, lab, measure });
  });
  return compare({
    title, metrics, clients, trials, ...(baseline !== undefined && { baseline }),
    notes: [...leftOut, ...under.notes],
  });
}

/** Those asked for that are here, and a line about each that is not. */
function takingPart({ name, clients }: Scenario, only: readonly string[]): TakingPart {
  const asked = clients.filter((client) => only.length === 0 || only.includes(client));
  const absent = asked.length > 0 ? asked.flatMap((client) => presence(client).missing ?? []) : [`${name} is not for ${only.join(', ')}`];
  return {
    clients: asked.filter((client) => presence(client).missing === undefined),
    leftOut: absent.map((line) => `left out: ${line}`),
  };
}

interface TakingPart {
  readonly clients: readonly ClientName[];
  readonly leftOut: readonly string[];
}

interface Turns {
  readonly name: string;
  readonly clients: readonly ClientName[];
  readonly runs: number;
  readonly lab: Lab;
  readonly measure: Measure;
}

/** Each round begins with another client, so that none always follows the same one. */
async function inTurn({ name, clients, runs, lab, measure }: Turns): Promise<readonly Trial[]> {
  const trials: Trial[] = [];
  for (let run = 1; run <= runs; run++) {
    for (let k = 0; k < clients.length; k++) {
      const client = clients[(run - 1 + k) % clients.length]!;
      progress(`${name}: ${client}, run ${run} of ${runs}`);
      const outcome = await lab.part(`${client} ${run}`, (part) => measure(client, part))
        .catch((e: unknown) => ({ error: e instanceof Error ? e.message : String(e) }));
      trials.push({ client, run, outcome });
    }
  }
  return trials;
}
