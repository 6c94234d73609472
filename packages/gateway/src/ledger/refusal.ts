import type { Unit } from './counters.ts';

/** The levels at which limits can stand. */
export type Level =
  'gateway' | 'organization' | 'team' | 'user' | 'key' | 'tag' | 'session' | 'provider' | 'credential' | 'model';

/** The limit of whom: `{ level: 'team', name: 'platform' }`. The gateway has no name. */
export interface LimitOwner {
  readonly level: Level;
  readonly name?: string;
}

/** How a limit stands for one caller. */
export interface Standing {
  readonly kind: 'budget' | 'rate' | 'concurrency';
  /** Id of the budget or rate limit. */
  readonly limitId: string;
  readonly limitName: string;
  readonly owner: LimitOwner;
  /** Its scope, where it names more than the owner: `model openai/*`. */
  readonly where: string | undefined;
  readonly unit: Unit;
  /** Length of its window or of its refill: `day`, `minute`; `total`. Absent for concurrency. */
  readonly every?: string;
  readonly rolling?: true;
  readonly timeZone?: string;
  readonly enforced: boolean;
  readonly limit: bigint;
  readonly used: bigint;
  readonly held: bigint;
  /** Never less than zero. */
  readonly remaining: bigint;
  /** When it starts anew, or has room again; milliseconds since 1970. Absent: not known, or never. */
  readonly resetsAtMs?: number;
}

/** Why a request cannot go on. Pure data: the pipeline makes the failure of it. */
export interface Refusal extends Standing {
  readonly refused: true;
  /** `limit`: it is used up. `unpriced`: a budget in dollars cannot hold what has no known price. */
  readonly why: 'limit' | 'unpriced';
  /** What the request wanted of it. */
  readonly wanted: bigint;
  /** Whether the limit is of a provider or a model as served, so that another deployment may do. */
  readonly elsewhere: boolean;
  readonly retryAfterMs?: number;
  readonly contact?: string;
  /** Answers instead, where the budget says so. */
  readonly fallbackModel?: string;
}

/** The counters did not answer, and without them nothing may be spent. */
export interface CountersRefusal {
  readonly refused: true;
  readonly why: 'counters-unreachable';
  readonly retryAfterMs: number;
}
