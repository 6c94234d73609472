import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ExchangeRecord } from '@turnpike/contract/exchange-record';
import type { RouteExplanation } from '@turnpike/contract/route-explanation';
import { routeQuestion } from '@turnpike/contract/route-question';
import type { z } from 'zod';
import { buildGateway } from '../../src/build.ts';
import { type Configuration, loadConfiguration } from '../../src/config/load-configuration.ts';
import { formatProblem } from '../../src/config/problem.ts';
import { createSnapshotHolder } from '../../src/config/snapshot-holder.ts';
import { type Clock, systemClock } from '../../src/core/clock.ts';
import { createLog } from '../../src/record/write-log.ts';
import { configurationParts } from '../kit/configuration.ts';
import { type Document, testKey } from '../kit/gateway-process.ts';
import { portOf } from '../kit/vendor-server.ts';

type Matches = (record: ExchangeRecord) => boolean;

/** A whole gateway inside the test's own process, without a store. */
export interface House {
  readonly origin: string;
  /** What was recorded so far, in order. */
  readonly records: readonly ExchangeRecord[];
  /** The first record that matches, as soon as it is written. */
  recordOf(matches: Matches): Promise<ExchangeRecord>;
  /** Lines of the log so far. */
  readonly log: readonly string[];
  /** Where a request would go, as the admin API tells it. */
  explain(question: z.input<typeof routeQuestion>): Promise<RouteExplanation>;
  /** Swaps the configuration, as a changed file does. */
  replace(document: Document): Promise<void>;
  /** Ends gently within this time; at once where none is given. */
  stop(graceMs?: number): Promise<void>;
}

/** A key that may do everything: what the kit's clients show. */
export const everyone = { name: 'everyone', value: testKey };

/** Builds a gateway from a document as users write it and listens on an ephemeral port. */
export async function openHouse(document: Document, clock: Clock = systemClock): Promise<House> {
  const recorder = createMemory();
  const log: string[] = [];
  const configuration = await configurationOf(document, clock);
  const holder = createSnapshotHolder(configuration.snapshot);
  const gateway = await buildGateway({
    configuration,
    holder,
    clock,
    log: createLog({ format: 'pretty', level: 'info', clock, write: (line) => void log.push(line) }),
    version: '0.0.0-test',
    recorder,
  });
  await new Promise<void>((resolve) => gateway.server.listen(0, '127.0.0.1', resolve));
  return {
    origin: `http://127.0.0.1:${portOf(gateway.server)}`,
    records: recorder.records,
    recordOf: (matches) => recorder.recordOf(matches),
    log,
    explain: (question) => gateway.explain(routeQuestion.parse(question)),
    async replace(next) {
      holder.replace((await configurationOf(next, clock)).snapshot);
    },
    stop: (graceMs = 0) => gateway.close(graceMs),
  };
}

/** What a document that must be good comes to. */
export async function configurationOf(document: Document, clock: Clock): Promise<Configuration> {
  const cwd = mkdtempSync(join(tmpdir(), 'turnpike-journey-'));
  try {
    writeFileSync(join(cwd, 'turnpike.json'), JSON.stringify({ virtual_keys: [everyone], ...document }));
    const flags = { config: 'turnpike.json' };
    const result = await loadConfiguration(configurationParts({ cwd, clock, flags }), { version: 1 });
    if (!result.ok) throw new Error(result.problems.map(formatProblem).join('\n'));
    return result.configuration;
  } finally {
    rmSync(cwd, { recursive: true, force: true });
  }
}

/** A recorder that tells its readers when what they wait for has come. */
function createMemory() {
  const records: ExchangeRecord[] = [];
  const waiting = new Set<{ matches: Matches; tell(record: ExchangeRecord): void }>();
  return {
    records,
    record(record: ExchangeRecord) {
      records.push(record);
      for (const waiter of waiting) {
        if (!waiter.matches(record)) continue;
        waiting.delete(waiter);
        waiter.tell(record);
      }
    },
    recordOf(matches: Matches): Promise<ExchangeRecord> {
      const found = records.find(matches);
      if (found) return Promise.resolve(found);
      return new Promise((resolve) => waiting.add({ matches, tell: resolve }));
    },
  };
}
