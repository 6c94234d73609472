import type { Snapshot } from '../../src/config/snapshot.ts';
import { createPriceBook, type PriceBook } from '../../src/catalog/price-book.ts';
import type { Clock } from '../../src/core/clock.ts';
import { createLimitBook } from '../../src/ledger/applicable.ts';
import { createLedger } from '../../src/ledger/ledger.ts';
import { compileLimits } from '../../src/ledger/limits.ts';
import { allOpen } from '../../src/routing/availability.ts';
import { createHealth } from '../../src/routing/health.ts';
import { createItineraries } from '../../src/routing/itineraries.ts';
import { createRefusedSeals } from '../../src/routing/refused-seals.ts';
import { createSessionMemory } from '../../src/routing/session-memory.ts';
import { createVitals } from '../../src/routing/vitals.ts';
import { createRetryBudget } from '../../src/routing/retry-budget.ts';
import { createMemoryCounters } from '../../src/ledger/memory/memory-counters.ts';

/** A ledger in memory over the limits that a test gives, the prices of the snapshot, and deployments of which nothing is known yet. */
export function paymentPorts(
  clock: Clock,
  {
    budgets = [],
    rateLimits = [],
  }: { budgets?: Parameters<typeof compileLimits>[0]; rateLimits?: Parameters<typeof compileLimits>[1] } = {},
) {
  const book = createLimitBook(compileLimits(budgets, rateLimits));
  const counters = createMemoryCounters({ nowMs: clock.now() });
  const health = createHealth({ clock, random: () => 0.5, isCurrent: () => true });
  const memory = createSessionMemory(clock);
  const vitals = createVitals(clock);
  let ids = 0;
  const newId = (prefix: string) => `${prefix}${(ids += 1)}`;
  return {
    health,
    onAttempt: health.begin,
    vitals,
    availability: () => allOpen,
    memory,
    refusedSeals: createRefusedSeals(),
    itineraries: createItineraries({ health, memory, vitals, clock }),
    retries: createRetryBudget(clock),
    ledger: createLedger({ limits: () => book, counters, clock, newId, onAlert: () => {} }),
    prices: ({ catalog, pricing }: Snapshot): PriceBook => createPriceBook({ ...pricing, catalog }),
  };
}
