/**
 * What is remembered of sessions, in memory and for each replica by itself: where they have been served, and where an answer of theirs broke off.
 * Deployments go by their names (`deploymentName`), so that it outlives a new configuration.
 */
export interface SessionMemory {
  /** Where a session has been served lately, the newest choice first. Empty: nobody knows it. */
  homes(session: string): readonly string[];
  /** A session is served there now, by a choice that was made then. */
  settle(session: string, deployment: string, chosenAtMs: number): void;
  /** Whether the session has been served there lately. */
  isThere(session: string, deployment: string): boolean;
  /** The session's next attempts go elsewhere, as long as there is anywhere else to go. */
  avoid(session: string, deployment: string, untilMs: number): void;
  /** Until when the session had better not go there. Undefined: it may. */
  avoidedUntil(session: string, deployment: string): number | undefined;
}
