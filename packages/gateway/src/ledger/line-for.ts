import type { Limit } from './limits.ts';
import type { StandingClaim } from './standing.ts';
import type { StillWaiting } from './waiting-room.ts';

/** A line helps if all that refuses may be waited for. One stands in front of what takes longest. */
export function lineFor(blocking: readonly StandingClaim[]): StillWaiting | undefined {
  const queues = blocking.map(({ applicable }) => queueMsOf(applicable.limit));
  const patienceMs = Math.min(...queues);
  const [longest] = [...blocking].sort((a, b) => (b.state.waitMs ?? 0) - (a.state.waitMs ?? 0));
  if (patienceMs === 0 || !longest) return undefined;
  const retryMs = longest.state.waitMs;
  if (retryMs !== undefined && retryMs > patienceMs) return undefined;
  return { account: longest.applicable.account, retryMs, patienceMs };
}

/** How long a request may wait for room under a limit. */
export function queueMsOf(limit: Limit): number {
  return limit.kind === 'budget' ? 0 : limit.queueMs;
}
