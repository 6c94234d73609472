/** What the configuration sets in requests, whatever the agent has asked for. Absent: as the agent wants it. */
export interface Parameters {
  readonly reasoningEffort?: string;
  /** At most so many; a shorter limit of the agent's stays. */
  readonly maxOutputTokens?: number;
  readonly temperature?: number;
  readonly topP?: number;
  readonly verbosity?: string;
  readonly serviceTier?: string;
}
