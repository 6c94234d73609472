import { existsSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ClientDialectName } from '../../src/core/items.ts';
import { ask } from '../kit/ask.ts';
import type { Fault } from '../kit/faulty-upstream.ts';
import { alone, dialectNames, type FaultyHouse, startFaultyHouse } from './faulty-providers.ts';

const measurable = existsSync('/proc/self/statm');

describe.skipIf(!measurable)(`memory${measurable ? '' : ' (skipped: no /proc)'}`, () => {
  let house: FaultyHouse;

  beforeAll(async () => {
    house = await startFaultyHouse({});
  }, 30_000);

  afterAll(() => house.stop());

  async function askMany(fault: Fault, count: number): Promise<void> {
    const places = dialectNames.flatMap((provider): [ClientDialectName, ClientDialectName][] => [
      [provider, provider],
      ['responses', provider],
    ]);
    for (let round = 0; round < count; round += 1) {
      await Promise.all(
        places.map(([dialect, provider]) => ask(house.gateway.origin, { dialect, model: alone(fault, provider) })),
      );
    }
  }

  it.each(['huge-frame', 'reset-midway', 'cut-at-start'] as const)(
    'stays flat over many answers with %s',
    async (fault) => {
      await askMany(fault, 5);
      const before = house.gateway.residentBytes();
      await askMany(fault, 20);
      // 160 answers; the huge ones alone bring 800 MB.
      expect(house.gateway.residentBytes() - before).toBeLessThan(64 * 1024 * 1024);
    },
  );
});
