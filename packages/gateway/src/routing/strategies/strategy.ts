import type { Hash } from '../affinity.ts';
import type { Deployment } from '../plan.ts';
import type { Fork } from '../fork.ts';
import type { VitalSigns } from '../vitals.ts';

/** What a choice may depend on, beside its options. */
export interface Circumstances {
  /** Whose choice it is: the same session has the same one. */
  readonly seed: Hash;
  /** How a deployment does, by its name. Undefined: nothing is known. */
  vitals(deployment: string): VitalSigns | undefined;
  /** How many requests run there. */
  inFlight(deployment: string): number;
  /** What a deployment costs this caller now, for comparison. Undefined: nobody knows. */
  price(deployment: Deployment): number | undefined;
}

/** A way to choose among options. Those that it finds equally good are shared out by weight, each session in its own order. */
export interface Strategy {
  /** How it likes the option with this number: the least is tried first. Absent: all are equally good. */
  rank?(fork: Fork, circumstances: Circumstances): (at: number) => number;
  /** It would choose otherwise from one moment to the next, so it decides for new sessions only: others stay where they have been. */
  readonly remembers: boolean;
  /** It chooses among the keys of a target, too. Else they are shared out by weight. */
  readonly amongKeys: boolean;
}
