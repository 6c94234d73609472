import type { Document } from '../packages/gateway/test/kit/gateway-process.ts';

type RuleEntries = NonNullable<Document['rules']>;

/** Whoever is not the one that asks here. */
const otherAgents = ['claude-code', 'gemini-cli', 'opencode', 'qwen-code', 'cursor'];

/** Conditions as documents have them, of which none holds for an ordinary request. */
const typical: readonly ((at: number) => string)[] = [
  (at) => `team.id == "team-${at}" && model.startsWith("gpt-")`,
  (at) => `model == "model-${at}"`,
  (at) => `agent == "${otherAgents[at % otherAgents.length] ?? ''}" && kind in ["title", "review"]`,
  (at) => `headers["x-project"] == "project-${at}"`,
  (at) => `"tag-${at}" in tags && input_tokens > 100000`,
  (at) => `metadata.seniority == "level-${at}"`,
  (at) => `key.id == "key-${at}" || user.id == "user-${at}"`,
  (at) => `organization.id == "organization-${at}" && !(model in ["a", "b"])`,
];

/** Conditions that no index tells apart. */
const plain: readonly ((at: number) => string)[] = [
  (at) => `tags.exists(tag, tag.startsWith("x-${at}"))`,
  (at) => `model.matches("^gpt-${at}$")`,
  (at) => `size(tags) > ${at + 10}`,
  (at) => `input_bytes / 2 > ${at + 5_000_000}`,
];

/** Conditions that CEL itself must be asked for. */
const hard: readonly ((at: number) => string)[] = [
  (at) => `input_bytes / 2 > ${at + 5_000_000}`,
  (at) => `model == agent + "-${at}"`,
  (at) => `now.getHours("UTC") > ${at + 23}`,
  (at) => `size(tags) * 2 > ${at + 20}`,
];

function rulesOf(count: number, conditions: readonly ((at: number) => string)[], model: string): RuleEntries {
  return Array.from({ length: count }, (_, at) => ({
    name: `rule ${at}`,
    when: conditions[at % conditions.length]?.(at) ?? 'false',
    do: { model },
  }));
}

/** Rules that lead to a model: ordinary ones, ordinary ones of which only the last holds, some that no index tells apart, and some for CEL alone. */
export const someRules = {
  typical: (count: number, model: string): RuleEntries => rulesOf(count, typical, model),
  lastHolds: (count: number, model: string): RuleEntries => [
    ...rulesOf(count - 1, typical, model),
    { name: 'the last', when: 'agent == "codex"', do: { model } },
  ],
  plain: (count: number, model: string): RuleEntries => rulesOf(count, plain, model),
  hard: (count: number, model: string): RuleEntries => rulesOf(count, hard, model),
};
