import type { SkippedRecord } from '@turnpike/contract/exchange-record';
import type { Standing } from './breaker.ts';
import type { Deployment } from './plan.ts';

/**
 * Why a deployment comes behind others for one session. `cut-off`: an answer of the session's own broke off there, whatever others see;
 * when all others fail, it may be asked again at `againMs`.
 * `context-window`: it has refused a request of the session's as too long that was no longer than this one.
 */
export type Unwell =
  | Exclude<Standing, { state: 'ready' }>
  | { readonly state: 'cut-off'; readonly untilMs: number; readonly againMs: number }
  | { readonly state: 'context-window' };

/** How a deployment stands for one session. */
export type Judgement = 'well' | Unwell;

/**
 * In which order those are tried who come behind all others: lower first. Those who recover, those who are well but have failed this very request by
 * another key (`isLate`), then whoever may be back first of those who rest and those who have cut off an answer of this session, and at last those for whom it is too long.
 */
export function latenessOf(judgement: Judgement, isLate: boolean): number {
  if (judgement !== 'well' && judgement.state === 'resting') return judgement.untilMs;
  if (judgement !== 'well' && judgement.state === 'cut-off') return judgement.againMs;
  if (judgement !== 'well' && judgement.state === 'context-window') return Number.MAX_VALUE;
  return isLate ? 1 : 0;
}

/** What a record tells of somebody who would have come earlier. */
export function skippedRecord({ provider, model, credential }: Deployment, unwell: Unwell): SkippedRecord {
  const why = unwell.state === 'resting' ? unwell.why : unwell.state;
  return { provider: provider.name, model, credential: credential.id, why };
}
