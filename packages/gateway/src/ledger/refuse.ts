import type { Aim } from './applicable.ts';
import { reservedBy } from './lapsed.ts';
import type { Refusal } from './refusal.ts';
import { isOfDeployment, type StandingClaim, standingOf } from './standing.ts';

/** Where nothing is known of when there will be room, clients are asked to wait so long. */
const unknownWaitMs = 1000;

/** The refusal to tell of, when several limits refuse: the one that lasts in spite of fallbacks, other deployments and waiting. */
export function refuse(blocking: readonly StandingClaim[], aim: Aim, nowMs: number): Refusal | undefined {
  const refusals = blocking.map((each) => refusalOf(each, aim, nowMs));
  return refusals.sort((a, b) => stubbornness(b) - stubbornness(a))[0];
}

/** A refusal by one claim that does not fit. */
export function refusalOf(blocking: StandingClaim, aim: Aim, nowMs: number): Refusal {
  const { applicable, claim, state } = blocking;
  const { limit } = applicable;
  const { contact } = aim.caller.payer;
  const fallbackModel = limit.kind === 'budget' ? limit.fallbackModel : undefined;
  const standing = standingOf(blocking, nowMs);
  const retryAfterMs = retryOf(state.waitMs, claim.kind, standing.resetsAtMs, nowMs);
  return {
    ...standing,
    refused: true,
    why: 'limit',
    wanted: reservedBy(claim),
    elsewhere: isOfDeployment(limit, aim),
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
    ...(contact === undefined ? {} : { contact }),
    ...(fallbackModel === undefined ? {} : { fallbackModel }),
  };
}

function retryOf(
  waitMs: number | undefined,
  kind: StandingClaim['claim']['kind'],
  resetsAtMs: number | undefined,
  nowMs: number,
): number | undefined {
  if (waitMs !== undefined) return Math.ceil(waitMs);
  if (kind === 'running') return unknownWaitMs;
  return resetsAtMs === undefined ? undefined : Math.max(0, resetsAtMs - nowMs);
}

function stubbornness({ fallbackModel, elsewhere, retryAfterMs }: Refusal): number {
  const lasts = Math.min(retryAfterMs ?? maxWaitMs, maxWaitMs);
  return (fallbackModel === undefined ? 4 * maxWaitMs : 0) + (elsewhere ? 0 : 2 * maxWaitMs) + lasts;
}

const maxWaitMs = 400 * 86_400_000;
