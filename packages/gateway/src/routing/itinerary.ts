import type { Deployment } from './plan.ts';

/**
 * The order in which one request tries the deployments of its plan, found one by one: only what is tried is looked at. How a deployment stands is
 * asked when its turn has come, so what a failure has shown meanwhile counts.
 */
export interface Itinerary {
  /** How many deployments the plan has. */
  readonly size: number;
  /** Who would be tried next if all of them failed, at most so many. Changes nothing. */
  preview(count: number): readonly Deployment[];
  /** Whoever is tried next. Undefined: nobody is left. */
  next(): Deployment | undefined;
  /** Whoever has not been tried yet, in no particular order. */
  left(): readonly Deployment[];
  /** From now on only those are tried that fit. */
  keepOnly(fits: (deployment: Deployment) => boolean): void;
  /** A real answer has begun there: the session is at home there from now on. */
  arrived(deployment: Deployment): void;
}
