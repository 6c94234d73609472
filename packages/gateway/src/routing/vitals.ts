/** How deployments do, measured from what passes through: in memory, each replica for itself. Deployments go by their names (`deploymentName`). */
export interface Vitals {
  /** An attempt goes out. */
  begin(deployment: string): VitalAttempt;
  /** Undefined: nothing is known. */
  of(deployment: string): VitalSigns | undefined;
  /** All that is known, for people and metrics. */
  view(): readonly (VitalSigns & { readonly deployment: string })[];
}

/** One attempt, as it goes on. */
export interface VitalAttempt {
  /** A real answer has begun. */
  answered(): void;
  /** It is over, however it ended. `outputTokens`: where the answer is whole and the provider has counted. More calls do nothing. */
  over(outputTokens?: number): void;
}

export interface VitalSigns {
  /** Attempts that are not over. */
  readonly inFlight: number;
  /** Averages in which older answers count less and less. Absent: not measured lately. */
  readonly firstTokenMs?: number;
  readonly tokensPerSecond?: number;
}
