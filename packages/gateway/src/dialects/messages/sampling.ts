import type { CanonicalRequest } from '../../core/items.ts';
import type { JsonObject } from '../../core/json.ts';
import type { LossList } from '../shared/losses.ts';
import type { ModelRules } from './model-rules.ts';

const why = 'this model takes no sampling settings, or none while it thinks';

/** Temperature and its kin, where the model takes them. Newer models never do, others not while they think. */
export function writeSampling(
  request: Pick<CanonicalRequest, 'temperature' | 'topP' | 'topK'>,
  { rules, thinks, losses }: { readonly rules: ModelRules; readonly thinks: boolean; readonly losses: LossList },
): JsonObject {
  const { temperature, topP, topK } = request;
  if (!rules.sampling || thinks) {
    // 1 is what these models use anyway.
    if (temperature !== undefined && temperature !== 1) losses.hint('temperature', why);
    if (topP !== undefined && topP !== 1) losses.hint('top_p', why);
    if (topK !== undefined) losses.hint('top_k', why);
    return {};
  }
  return {
    ...(temperature === undefined ? {} : { temperature: withinRange(temperature, losses) }),
    ...topPOf(topP, temperature, losses),
    ...(topK === undefined ? {} : { top_k: topK }),
  };
}

/** Others count temperature up to 2, Anthropic up to 1. */
function withinRange(temperature: number, losses: LossList): number {
  if (temperature <= 1) return temperature;
  losses.hint('temperature', 'above 1 is not possible here');
  return 1;
}

/** From Claude 4.5 on, temperature and top_p together are refused. */
function topPOf(topP: number | undefined, temperature: number | undefined, losses: LossList): JsonObject {
  if (topP === undefined) return {};
  if (temperature === undefined) return { top_p: topP };
  if (topP !== 1) losses.hint('top_p', 'not together with temperature here');
  return {};
}
