import type { SkippedRecord } from '@turnpike/contract/exchange-record';
import { ready, type Standing } from '../../src/routing/breaker.ts';
import { deploymentName } from '../../src/routing/deployment-name.ts';
import { createItineraries, type Traveller } from '../../src/routing/itineraries.ts';
import type { Itinerary } from '../../src/routing/itinerary.ts';
import type { Deployment, Plan } from '../../src/routing/plan.ts';
import { createSessionMemory, type SessionMemory } from '../../src/routing/session-memory.ts';
import { createVitals, type Vitals } from '../../src/routing/vitals.ts';
import { type VirtualClock, virtualClock } from './deployments.ts';

/** Where itineraries begin, with all that they depend on in the test's hands. */
export interface Station {
  readonly clock: VirtualClock;
  readonly memory: SessionMemory;
  readonly vitals: Vitals;
  readonly skipped: SkippedRecord[];
  /** How deployments stand, by their names. Others are well. */
  readonly unwell: Map<string, Standing>;
  start(plan: Plan, traveller?: Partial<Traveller>): Itinerary;
}

export function station(): Station {
  const clock = virtualClock();
  const memory = createSessionMemory(clock);
  const vitals = createVitals(clock);
  const skipped: SkippedRecord[] = [];
  const unwell = new Map<string, Standing>();
  const health = { standing: (deployment: Deployment) => unwell.get(deploymentName(deployment)) ?? ready };
  const itineraries = createItineraries({ health, memory, vitals, clock });
  let requests = 0;
  return {
    clock,
    memory,
    vitals,
    skipped,
    unwell,
    start(plan, traveller = {}) {
      const request = `request-${(requests += 1)}`;
      return itineraries.start(plan, { session: 'a', request, price: () => undefined, ...traveller }, skipped);
    },
  };
}

/** All that an itinerary leads to, in order. */
export function allOf(itinerary: Itinerary): readonly Deployment[] {
  const all: Deployment[] = [];
  for (let next = itinerary.next(); next; next = itinerary.next()) all.push(next);
  return all;
}

/** A request that is answered by the first that it goes to, or by the first that does not fail it. */
export function served(itinerary: Itinerary, fails: (deployment: Deployment) => boolean = () => false): string {
  for (let next = itinerary.next(); next; next = itinerary.next()) {
    if (fails(next)) continue;
    itinerary.arrived(next);
    return deploymentName(next);
  }
  throw new Error('nobody answers');
}
