import type { ForeseenAttempt, ForeseenCost } from '@turnpike/contract/route-explanation';
import { Failure } from '../../core/failure.ts';
import type { Health } from '../../routing/health.ts';
import type { Deployment } from '../../routing/plan.ts';
import { type Aim, estimatesOf, reserve, type Reserving } from '../payment/reserve.ts';
import { placeOf } from '../place-of.ts';
import { type Asking, prepare } from '../prepare.ts';

/** What attempts of one request are rehearsed with. */
export interface Rehearsal {
  readonly asking: Asking;
  /** With a tab that reserves nothing. */
  readonly reserving: Reserving;
  readonly health: Pick<Health, 'standing'>;
}

/** What an attempt would come to. `failure`: it would end before anything is sent. */
export interface Rehearsed {
  readonly told: ForeseenAttempt;
  readonly failure?: Failure;
}

/** An attempt as it is made, up to the moment of sending. */
export async function rehearseAttempt(aim: Aim, { asking, reserving, health }: Rehearsal): Promise<Rehearsed> {
  const { deployment } = aim;
  const known = { ...placeOf(deployment), ...healthOf(deployment, health, reserving.nowMs), ...costOf(aim, reserving) };
  try {
    const { outputTokens } = await reserve(aim, reserving);
    const { lane, losses } = prepare(deployment, { ...asking, outputTokens }, reserving.snapshot);
    const limited = outputTokens === undefined ? {} : { maxOutputTokens: outputTokens };
    return { told: { ...known, lane, ...(losses.length === 0 ? {} : { losses }), ...limited } };
  } catch (thrown) {
    if (!(thrown instanceof Failure)) throw thrown;
    const { code, message } = thrown;
    return { told: { ...known, failure: { code, message } }, failure: thrown };
  }
}

function healthOf(deployment: Deployment, health: Pick<Health, 'standing'>, nowMs: number) {
  const standing = health.standing(deployment, nowMs);
  if (standing.state === 'ready') return {};
  const { state, why } = standing;
  return { health: { state, why, ...(state === 'resting' ? { untilMs: standing.untilMs } : {}) } };
}

/** Left out where not even a price is needed to see that it cannot be: then reserving tells why. */
function costOf({ deployment }: Aim, reserving: Reserving): { readonly cost?: ForeseenCost } {
  const { likely, bound } = estimatesOf(deployment, reserving);
  return {
    cost: {
      likelyInputTokens: likely.inputTokens,
      ...(likely.nanoDollars === undefined ? {} : { likelyNanoDollars: likely.nanoDollars.toString() }),
      ...(bound.nanoDollars === undefined ? {} : { mostNanoDollars: bound.nanoDollars.toString() }),
    },
  };
}
