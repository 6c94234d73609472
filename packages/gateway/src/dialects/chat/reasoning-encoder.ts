import type { ReasoningSettings } from '../../core/items.ts';
import type { JsonObject } from '../../core/json.ts';
import { effortOfBudget, effortWords, nearestEffort as closest } from '../shared/effort.ts';
import type { EncodeScope } from './part-encoder.ts';
import { given } from '../shared/given.ts';
import { ownFields } from './types.ts';

/** How hard to think, in the vendor's way of asking, or nothing where it cannot be asked. */
export function encodeReasoning(settings: ReasoningSettings, scope: EncodeScope): JsonObject {
  const { issuer, quirks, abilities } = scope.target;
  if (settings.summary !== undefined && settings.summary !== 'none') {
    scope.losses.hint(
      'reasoning.summary',
      'Chat Completions has no setting for it; readable thoughts come as they come',
    );
  }
  const way = quirks.effort ?? (issuer === 'openai' ? 'reasoning_effort' : 'none');
  const asked = settings.effort ?? effortOfBudget(settings.budgetTokens);
  if (way === 'openrouter') return openrouterReasoning(settings, scope);
  if (asked === undefined) return {};
  if (way === 'none' || abilities.reasoning === false) {
    scope.losses.hint('reasoning.effort', `${issuer} cannot be asked for it`);
    return {};
  }
  return { reasoning_effort: nearestEffort(asked, scope) };
}

/** https://openrouter.ai/docs/guides/best-practices/reasoning-tokens: one of `effort` and `max_tokens`, not both. */
function openrouterReasoning(settings: ReasoningSettings, scope: EncodeScope): JsonObject {
  const effort = settings.effort === undefined ? undefined : nearestEffort(settings.effort, scope);
  const reasoning = {
    ...given('effort', effort),
    ...given('max_tokens', effort === undefined ? settings.budgetTokens : undefined),
    ...ownFields(settings),
  };
  return Object.keys(reasoning).length === 0 ? {} : { reasoning };
}

/** The asked word if the model takes it, else its nearest neighbour downwards, else upwards. */
function nearestEffort(asked: string, scope: EncodeScope): string {
  const taken = effortTaken(asked, scope);
  if (taken !== asked)
    scope.losses.hint('reasoning.effort', `"${asked}" was asked as "${taken}", the closest the model takes`);
  return taken;
}

function effortTaken(asked: string, scope: EncodeScope): string {
  const known = scope.target.abilities.reasoningEfforts;
  if (known !== undefined && known.length > 0) return closest(asked, known) ?? asked;
  // Where nothing is known, the three words that all know are safe.
  const isStrong = effortWords.indexOf(asked) > effortWords.indexOf('high');
  return isStrong && scope.target.issuer !== 'openai' ? 'high' : asked;
}
