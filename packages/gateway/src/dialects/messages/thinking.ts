import type { CanonicalRequest, ReasoningSettings } from '../../core/items.ts';
import type { JsonObject } from '../../core/json.ts';
import type { EncodeTarget } from '../dialect.ts';
import { effortWords, nearestEffort } from '../shared/effort.ts';
import type { LossList } from '../shared/losses.ts';
import type { ModelRules } from './model-rules.ts';
import { homeIssuer } from './types.ts';

/** What to write for the caller's wish to reason. */
export interface ThinkingPlan {
  readonly thinking?: JsonObject;
  readonly effort?: string;
}

export interface ThinkingSituation {
  readonly rules: ModelRules;
  readonly maxTokens: number;
  /** The tool loop in progress was begun by a model whose thoughts we cannot give back. */
  readonly loopWithoutThought: boolean;
  readonly losses: LossList;
}

const what = 'reasoning.effort';
/** The least budget the API takes. */
export const minBudget = 1024;
/** Room for the answer itself beside the thoughts. */
export const answerReserve = 1024;

/** Budgets for manual thinking, by effort word. Above 32k the vendor sees little gain. */
export const thinkingBudgets: Readonly<Record<string, number>> = {
  minimal: minBudget,
  low: 4_096,
  medium: 10_240,
  high: 20_480,
  xhigh: 28_672,
  max: 32_000,
  ultra: 32_000,
};
const defaultBudget = 10_240;

export function planThinking(request: CanonicalRequest, situation: ThinkingSituation): ThinkingPlan {
  const { rules, losses } = situation;
  const wish = wishOf(request.reasoning);
  if (wish === 'unsaid') return {};
  if (wish === 'off') return withoutThinking(situation);
  if (rules.thinking === 'none') {
    losses.hint(what, 'this model does not think');
    return {};
  }
  return rules.thinking === 'adaptive' ? adaptive(request.reasoning ?? {}, situation) : withBudget(request, situation);
}

/** Allows `block_binding`. */
const bindingBeta = 'thinking-binding-controls-2026-08-01';

export interface BoundThinking {
  readonly thinking?: JsonObject;
  readonly headers?: Readonly<Record<string, string>>;
}

/**
 * Newer models bind each thought to the system prompt, the tools and the messages before it, and refuse it where one of them has changed.
 * Agents find tools in the middle of a session, so such thoughts are left to the API to drop, instead of ending the session.
 * https://platform.claude.com/docs/en/build-with-claude/preserved-thinking/fix-bound-to-a-different-conversation
 */
export function withBinding(thinking: JsonObject | undefined, target: EncodeTarget, rules: ModelRules): BoundThinking {
  if (!rules.bindsThoughts || target.issuer !== homeIssuer || thinking?.['type'] === 'disabled') {
    return thinking ? { thinking } : {};
  }
  return {
    // These models think adaptively anyway, so saying so changes nothing.
    thinking: { type: 'adaptive', ...thinking, block_binding: { prefix_mismatch_behavior: 'drop_block' } },
    headers: { 'anthropic-beta': bindingBeta },
  };
}

function wishOf(reasoning: ReasoningSettings | undefined): 'on' | 'off' | 'unsaid' {
  if (reasoning?.effort === 'none' || reasoning?.budgetTokens === 0) return 'off';
  if (reasoning?.effort !== undefined || reasoning?.budgetTokens !== undefined) return 'on';
  return reasoning?.summary === undefined || reasoning.summary === 'none' ? 'unsaid' : 'on';
}

function withoutThinking({ rules, losses }: ThinkingSituation): ThinkingPlan {
  if (rules.thinking !== 'adaptive') return {};
  if (!rules.alwaysThinks) return { thinking: { type: 'disabled' } };
  losses.hint(what, 'this model always thinks; it was asked to think little');
  return { effort: rules.efforts[0] ?? 'low' };
}

/** Display is asked for: newer models otherwise hide their thoughts, and agents show them. */
function adaptive(reasoning: ReasoningSettings, { rules, losses }: ThinkingSituation): ThinkingPlan {
  const thinking = { type: 'adaptive', display: reasoning.summary === 'none' ? 'omitted' : 'summarized' };
  const wanted = reasoning.effort ?? effortOfBudget(reasoning.budgetTokens);
  if (wanted === undefined) return { thinking };
  const effort = effortTaken(wanted, rules.efforts);
  if (effort !== reasoning.effort) losses.hint(what, `this model knows ${rules.efforts.join(', ')}; told as ${effort}`);
  return { thinking, effort };
}

/** https://platform.claude.com/docs/en/build-with-claude/extended-thinking: what manual thinking does not go with. */
function withBudget(request: CanonicalRequest, situation: ThinkingSituation): ThinkingPlan {
  const { losses, maxTokens } = situation;
  const forced = request.toolChoice?.mode;
  if (forced === 'required' || forced === 'tool' || forced === 'hosted') {
    losses.hint(what, 'this model cannot think when a tool is forced');
    return {};
  }
  // The API wants the tool loop in progress to begin with a thought. After a change of models there is none to give.
  if (situation.loopWithoutThought) {
    losses.hint(what, 'this model cannot think inside a tool loop that another model began');
    return {};
  }
  const { effort, budgetTokens } = request.reasoning ?? {};
  const asked = budgetTokens !== undefined && budgetTokens > 0 ? budgetTokens : thinkingBudgets[effort ?? ''];
  const budget = Math.min(Math.max(asked ?? defaultBudget, minBudget), maxTokens - answerReserve);
  if (budget < minBudget) {
    losses.hint(what, 'the output limit leaves no room for thinking');
    return {};
  }
  return { thinking: { type: 'enabled', budget_tokens: budget } };
}

/** Words unknown here count as medium: the API refuses them. */
export function effortTaken(wanted: string, allowed: readonly string[]): string {
  return nearestEffort(effortWords.includes(wanted) ? wanted : 'medium', allowed) ?? 'medium';
}

function effortOfBudget(budget: number | undefined): string | undefined {
  if (budget === undefined || budget < 0) return undefined;
  return effortWords.find((word) => budget <= (thinkingBudgets[word] ?? -1)) ?? 'max';
}
