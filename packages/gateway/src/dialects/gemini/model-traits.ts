import type { ReasoningSettings } from '../../core/items.ts';
import type { TargetAbilities } from '../dialect.ts';

/** What a model's generation decides about a request. */
export interface ModelTraits {
  /** 3 and later: signatures are required, media may stand in function responses, built-in tools combine with functions. */
  readonly atLeast3: boolean;
  readonly thinking: ThinkingTraits;
}

/** How much thinking is asked for. https://ai.google.dev/gemini-api/docs/thinking */
export type ThinkingTraits =
  | { readonly by: 'level'; readonly minimal: boolean; readonly medium: boolean }
  | { readonly by: 'budget'; readonly minTokens: number; readonly maxTokens: number; readonly off: boolean }
  | { readonly by: 'nothing' };

interface Row {
  readonly matches: RegExp;
  readonly traits: ModelTraits;
}

const level = (minimal: boolean, medium: boolean): ModelTraits => ({
  atLeast3: true,
  thinking: { by: 'level', minimal, medium },
});
const budget = (minTokens: number, maxTokens: number, off: boolean): ModelTraits => ({
  atLeast3: false,
  thinking: { by: 'budget', minTokens, maxTokens, off },
});
const old: ModelTraits = { atLeast3: false, thinking: { by: 'nothing' } };

/**
 * First match wins. `MINIMAL` is answered with 400 by most models, so only those documented to take it get it:
 * https://docs.cloud.google.com/vertex-ai/generative-ai/docs/thinking
 */
const rows: readonly Row[] = [
  { matches: /gemma|gemini-(?:1|2\.0)(?:\D|$)/, traits: old },
  { matches: /gemini-2\.5-pro/, traits: budget(128, 32_768, false) },
  { matches: /gemini-2\.5-flash-lite/, traits: budget(512, 24_576, true) },
  { matches: /gemini-2\.5/, traits: budget(1, 24_576, true) },
  { matches: /gemini-3-pro/, traits: level(false, false) },
  { matches: /gemini-(?:3-flash|3\.1-flash-lite|3\.5-flash)/, traits: level(true, true) },
];

/** What is known by a model's name. An unknown name is taken for a current model: aliases such as `gemini-flash-latest` move on. */
export function traitsOf(model: string): ModelTraits {
  return rows.find((row) => row.matches.test(model))?.traits ?? level(false, true);
}

/** `thinkingConfig` for the settings, or undefined where the model takes none. */
export function thinkingConfigOf(
  settings: ReasoningSettings,
  traits: ModelTraits,
  abilities: TargetAbilities,
): { [field: string]: string | number | boolean } | undefined {
  const { thinking } = traits;
  if (thinking.by === 'nothing' || abilities.reasoning === false) return undefined;
  const config: { [field: string]: string | number | boolean } = {};
  if (settings.summary !== undefined) config['includeThoughts'] = settings.summary !== 'none';
  if (thinking.by === 'level') {
    // Both at once are refused; a bare budget is still taken by these models.
    if (settings.effort !== undefined) config['thinkingLevel'] = levelOf(settings.effort, thinking);
    else if (settings.budgetTokens !== undefined) config['thinkingBudget'] = settings.budgetTokens;
  } else {
    const tokens = settings.budgetTokens ?? tokensOf(settings.effort);
    if (tokens !== undefined) config['thinkingBudget'] = clampBudget(tokens, thinking);
  }
  return config;
}

function levelOf(effort: string, thinking: { readonly minimal: boolean; readonly medium: boolean }): string {
  switch (effort) {
    case 'none':
    case 'minimal':
      return thinking.minimal ? 'MINIMAL' : 'LOW';
    case 'low':
      return 'LOW';
    case 'medium':
      return thinking.medium ? 'MEDIUM' : 'HIGH';
    default:
      return 'HIGH';
  }
}

const effortTokens: Readonly<Record<string, number>> = {
  none: 0,
  minimal: 512,
  low: 2_048,
  medium: 8_192,
  high: 24_576,
};
/** Words above `high`, and words yet unknown: as much as the model takes. */
const mostTokens = 1_000_000;
/** The model decides by itself. */
const dynamicBudget = -1;

function tokensOf(effort: string | undefined): number | undefined {
  return effort === undefined ? undefined : (effortTokens[effort] ?? mostTokens);
}

function clampBudget(tokens: number, limits: { minTokens: number; maxTokens: number; off: boolean }): number {
  if (tokens === dynamicBudget || (tokens === 0 && limits.off)) return tokens;
  return Math.min(Math.max(tokens, limits.minTokens), limits.maxTokens);
}
