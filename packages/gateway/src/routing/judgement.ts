import type { SkippedRecord } from '@turnpike/contract/exchange-record';
import type { Standing } from './breaker.ts';
import type { Deployment } from './plan.ts';

/** Why a deployment comes behind others for one session. `cut-off`: an answer of the session's own broke off there, whatever others see. */
export type Unwell = Exclude<Standing, { state: 'ready' }> | { readonly state: 'cut-off'; readonly untilMs: number };

/** How a deployment stands for one session. */
export type Judgement = 'well' | Unwell;

/** Those who recover come before all that rest, and whoever rests the shortest before the others. */
export function restsUntil(unwell: Unwell): number {
  return unwell.state === 'recovering' ? 0 : unwell.untilMs;
}

/** What a record tells of somebody who would have come earlier. */
export function skippedRecord({ provider, model, credential }: Deployment, unwell: Unwell): SkippedRecord {
  const why = unwell.state === 'resting' ? unwell.why : unwell.state;
  return { provider: provider.name, model, credential: credential.id, why };
}
