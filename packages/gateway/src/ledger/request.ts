import type { EntryPayer } from './counters.ts';

/** Who pays, by ids, and whom to ask when a limit refuses. */
export interface Payer extends EntryPayer {
  /** Contact text of the nearest level that has one. */
  readonly contact?: string;
}

/** What does not change between the attempts of an exchange. */
export interface Caller {
  readonly payer: Payer;
  readonly exchangeId: string;
  /** The client's session. Absent: all such requests of a key are one session. */
  readonly session?: string;
}

/** Where an attempt goes. */
export interface Place {
  readonly provider: string;
  readonly model: string;
  /** The key, as records name it. */
  readonly credential?: string;
}

/** What an attempt may cost at most, as far as is known. */
export interface Estimate {
  /** Absent: the price is not known. Then it fits no budget in dollars. */
  readonly nanoDollars?: bigint;
  readonly inputTokens: number;
  readonly outputTokens: number;
}

/** What an attempt has cost. */
export interface Actual extends Estimate {
  /** The provider did not report: we counted ourselves. */
  readonly estimated: boolean;
}

/** One try at an answer. */
export interface Attempt {
  /** The name that was asked for, or of the model that stands in for it. */
  readonly modelAsked: string;
  readonly place: Place;
  /** The most it can cost: what budgets hold. */
  readonly estimate: Estimate;
  /** What it will hardly exceed: what rates of tokens count until it is settled. Absent: as the estimate. */
  readonly likely?: Estimate;
}
