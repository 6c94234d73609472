import type { EncodeTarget } from '../dialect.ts';

/**
 * What a Claude model takes for thinking and sampling. Vendor pages:
 * https://platform.claude.com/docs/en/build-with-claude/thinking-troubleshooting (modes, defaults, what is rejected),
 * https://platform.claude.com/docs/en/build-with-claude/effort and …/structured-outputs.
 */
export interface ModelRules {
  /** `adaptive`: the model decides, steered by effort. `manual`: a token budget. */
  readonly thinking: 'adaptive' | 'manual' | 'none';
  /** Thinking cannot be switched off. */
  readonly alwaysThinks?: true;
  /** Words for `output_config.effort`, weakest first. */
  readonly efforts: readonly string[];
  /** temperature, top_p and top_k are accepted (while not thinking). */
  readonly sampling: boolean;
  /** `tool_choice` may force a tool. Manual thinking forbids it anyway. */
  readonly forcedTools: boolean;
  /** Knows `output_config.format`. */
  readonly schemas: boolean;
  /** Thoughts are bound to all that stood before them when they were thought. */
  readonly bindsThoughts?: true;
  /** The last message may be the beginning of the answer. */
  readonly prefill: boolean;
}

const allEfforts = ['low', 'medium', 'high', 'xhigh', 'max'];

const current: ModelRules = {
  thinking: 'adaptive',
  efforts: allEfforts,
  sampling: false,
  forcedTools: true,
  schemas: true,
  prefill: false,
};
const alwaysThinking: ModelRules = { ...current, alwaysThinks: true };
const unforced: ModelRules = { ...alwaysThinking, forcedTools: false, bindsThoughts: true };
const manual: ModelRules = {
  thinking: 'manual',
  efforts: [],
  sampling: true,
  forcedTools: true,
  schemas: true,
  prefill: true,
};
const early: ModelRules = { ...manual, schemas: false };

/** First match wins. Dots in names count as dashes (`claude-opus-4.6`), and the version may come first (`claude-4-6-opus`). */
const table: readonly (readonly [name: RegExp, rules: ModelRules])[] = [
  [/(opus|sonnet)-5-5|claude-5-5-(opus|sonnet)|(fable|mythos)-5-[1-9]/, unforced],
  [/haiku-5-5|claude-5-5-haiku/, { ...current, bindsThoughts: true }],
  [/fable|mythos/, alwaysThinking],
  [/(sonnet|haiku|opus)-5|claude-5-(\d-)?(sonnet|haiku|opus)|opus-4-[78]|4-[78]-opus/, current],
  [/opus-4-6|4-6-opus/, { ...current, efforts: ['low', 'medium', 'high', 'max'], sampling: true }],
  [/sonnet-4-6|4-6-sonnet/, { ...current, efforts: ['low', 'medium', 'high'], sampling: true }],
  [/(sonnet|haiku|opus)-4-5|4-5-(sonnet|haiku|opus)|opus-4-1(?!\d)|4-1-opus/, manual],
  [/(sonnet|opus)-4|4-(sonnet|opus)|3-7-sonnet/, early],
  [/claude-(instant|v?2|3)/, { ...early, thinking: 'none' }],
  [/claude/, unforced],
];

/** A model that is not Claude but is spoken to in Messages: the early form is what such vendors copied. */
const others: ModelRules = early;

/** The rules of a target, by its model's name. An unknown Claude is taken for a new one: those take the least. */
export function rulesOf(target: EncodeTarget): ModelRules {
  const name = target.model.toLowerCase().replaceAll('.', '-');
  const found = name.includes('claude') ? table.find(([pattern]) => pattern.test(afterClaude(name)))?.[1] : undefined;
  const rules = found ?? others;
  return target.abilities.reasoning === false && !rules.alwaysThinks ? { ...rules, thinking: 'none' } : rules;
}

/** Drops what clouds put before the name (`us.anthropic.claude-…`), and date suffixes, whose digits look like versions. */
function afterClaude(name: string): string {
  return name.slice(name.indexOf('claude')).replace(/[-@]20\d{6}.*$/, '');
}
