import { isJsonObject, type JsonObject, parseJson } from '../../core/json.ts';
import type { TopFields } from '../dialect.ts';
import { given } from '../shared/given.ts';
import { createLossList, type LossList } from '../shared/losses.ts';
import { withoutOmitted } from '../shared/omit.ts';
import { asEdits, objectAt, type Settings, type SettingsWriter } from '../shared/settings.ts';
import { type ModelRules, rulesOf } from './model-rules.ts';
import { writeSampling } from './sampling.ts';
import { writeTier } from './service-tier.ts';
import { answerReserve, effortTaken, minBudget, thinkingBudgets } from './thinking.ts';

const what = 'reasoning.effort';
const samplingFields = ['temperature', 'top_p', 'top_k'];

export const writeSettings: SettingsWriter = (settings, fields, target) => {
  const losses = createLossList();
  const situation = { rules: rulesOf(target), losses };
  const { reasoningEffort: effort, verbosity, serviceTier } = settings;
  if (verbosity !== undefined) losses.hint('text.verbosity', 'there is no such setting here');
  const reasoning = effort === undefined ? {} : reasoningFields(effort, fields, situation);
  const sampling = sampledAnew(settings, reasoning) ? samplingOf(settings, fields, reasoning, situation) : undefined;
  const written = { ...reasoning, ...sampling, ...writeTier(serviceTier, losses) };
  return asEdits(withoutOmitted(written, target, losses), sampling ? samplingFields : [], losses);
};

interface Situation {
  readonly rules: ModelRules;
  readonly losses: LossList;
}

function reasoningFields(effort: string, fields: TopFields, { rules, losses }: Situation): JsonObject {
  if (rules.thinking === 'none') {
    if (effort !== 'none') losses.hint(what, 'this model does not think');
    return {};
  }
  if (effort === 'none' && !rules.alwaysThinks) return { thinking: { type: 'disabled' } };
  if (rules.thinking === 'manual') return withBudget(effort, fields, losses);
  const told = effort === 'none' ? (rules.efforts[0] ?? 'low') : effortTaken(effort, rules.efforts);
  if (told !== effort) losses.hint(what, `this model knows ${rules.efforts.join(', ')}; told as ${told}`);
  return {
    output_config: { ...objectAt(fields, 'output_config'), effort: told },
    ...(thinks(objectAt(fields, 'thinking')) || mustCall(fields) ? {} : { thinking: { type: 'adaptive' } }),
  };
}

/** A model that thinks by a budget must have begun its tool loop with a thought, so it can be told to think less or more, but not to begin. */
function withBudget(effort: string, fields: TopFields, losses: LossList): JsonObject {
  const thinking = objectAt(fields, 'thinking');
  if (!thinks(thinking)) {
    losses.hint(what, 'the agent does not let this model think, and it cannot be made to in the middle of its work');
    return {};
  }
  const room = numberAt(fields, 'max_tokens') ?? Number.POSITIVE_INFINITY;
  const budget = Math.min(thinkingBudgets[effort] ?? minBudget, room - answerReserve);
  return budget < minBudget ? {} : { thinking: { ...thinking, budget_tokens: budget } };
}

function thinks({ type }: JsonObject): boolean {
  return type === 'enabled' || type === 'adaptive';
}

/** Thinking does not go with a forced tool. */
function mustCall(fields: TopFields): boolean {
  const { type } = objectAt(fields, 'tool_choice');
  return type === 'any' || type === 'tool';
}

/** Where thinking is switched on, what the caller said of sampling must go, too. */
function sampledAnew({ temperature, topP }: Settings, { thinking }: JsonObject): boolean {
  return temperature !== undefined || topP !== undefined || thinking !== undefined;
}

function samplingOf(settings: Settings, fields: TopFields, written: JsonObject, situation: Situation): JsonObject {
  const thinking = written['thinking'] ?? objectAt(fields, 'thinking');
  const asked = {
    ...given('temperature', settings.temperature ?? numberAt(fields, 'temperature')),
    ...given('topP', settings.topP ?? numberAt(fields, 'top_p')),
    ...given('topK', numberAt(fields, 'top_k')),
  };
  return writeSampling(asked, { ...situation, thinks: isJsonObject(thinking) && thinks(thinking) });
}

function numberAt(fields: TopFields, key: string): number | undefined {
  const value = parseJson(fields(key)?.toString('latin1') ?? '');
  return typeof value === 'number' ? value : undefined;
}
