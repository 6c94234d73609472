import type { CanonicalRequest, ReasoningSettings } from '../../core/items.ts';
import { isJsonObject, type JsonObject } from '../../core/json.ts';
import type { EncodeTarget } from '../dialect.ts';
import { rulesOf } from '../messages/model-rules.ts';
import { effortOfBudget, nearestEffort } from '../shared/effort.ts';
import { given } from '../shared/given.ts';
import type { EncodeScope } from './types.ts';

/** The settings of a request for Claude, as they stand in a body of the Messages API. */
export function claudeSettings(body: JsonObject, request: CanonicalRequest, { target }: EncodeScope): JsonObject {
  const { max_tokens: maxTokens, temperature, top_p: topP, top_k: topK, stop_sequences: stopSequences } = body;
  const config = isJsonObject(body['output_config']) ? body['output_config'] : {};
  const format = isJsonObject(config['format']) ? config['format'] : undefined;
  const name = request.outputFormat?.type === 'json-schema' ? request.outputFormat.name : 'answer';
  const textFormat = format && {
    type: 'json_schema',
    structure: { jsonSchema: { schema: JSON.stringify(format['schema']), name } },
  };
  return {
    ...nonEmpty('inferenceConfig', {
      ...given('maxTokens', mayLeaveLimit(request, target) ? undefined : maxTokens),
      ...given('temperature', temperature),
      ...given('topP', topP),
      ...given('stopSequences', stopSequences),
    }),
    ...nonEmpty('additionalModelRequestFields', {
      ...given('thinking', body['thinking']),
      ...given('top_k', topK),
    }),
    ...nonEmpty('outputConfig', { ...given('textFormat', textFormat), ...given('effort', config['effort']) }),
  };
}

/** The limits of old models are lower than the usual one, and there is no need to say any. */
function mayLeaveLimit({ maxOutputTokens }: CanonicalRequest, target: EncodeTarget): boolean {
  const isKnown = maxOutputTokens !== undefined || target.abilities.maxOutputTokens !== undefined;
  return !isKnown && rulesOf(target).thinking === 'none';
}

/** The settings of a request for any other model. */
export function otherSettings(request: CanonicalRequest, scope: EncodeScope): JsonObject {
  const { maxOutputTokens: asked, temperature, topP, stop } = request;
  const most = scope.target.abilities.maxOutputTokens;
  if (asked !== undefined && most !== undefined && asked > most)
    scope.losses.hint('max_tokens', `this model writes at most ${most} tokens`);
  if (temperature !== undefined && temperature > 1) scope.losses.hint('temperature', 'above 1 is not possible here');
  return {
    ...nonEmpty('inferenceConfig', {
      ...given('maxTokens', asked === undefined ? undefined : Math.min(asked, most ?? asked)),
      ...given('temperature', temperature === undefined ? undefined : Math.min(temperature, 1)),
      ...given('topP', topP),
      ...given('stopSequences', stop && stop.length > 0 ? stop : undefined),
    }),
    ...nonEmpty('additionalModelRequestFields', {
      ...topKOf(request.topK, scope),
      ...(request.reasoning ? reasoningOf(request.reasoning, scope) : {}),
    }),
  };
}

function topKOf(topK: number | undefined, { traits, losses }: EncodeScope): JsonObject {
  if (topK === undefined) return {};
  if (traits.family === 'nova') return { inferenceConfig: { topK } };
  losses.hint('top_k', 'the Converse API has no such setting');
  return {};
}

const efforts = ['low', 'medium', 'high'];

/** How hard to think, in each family's own words; the others think as they do. */
function reasoningOf({ effort, budgetTokens }: ReasoningSettings, { traits, losses }: EncodeScope): JsonObject {
  const wanted = effort ?? effortOfBudget(budgetTokens);
  if (wanted === undefined) return {};
  const told = nearestEffort(wanted, efforts);
  if (traits.family === 'openai' && told !== undefined) return { reasoning_effort: told };
  // Nova thinks only when it is asked to. https://docs.aws.amazon.com/nova/latest/nova2-userguide/extended-thinking.html
  if (traits.family === 'nova' && (wanted === 'none' || wanted === 'minimal')) return {};
  if (traits.family === 'nova' && told !== undefined)
    return { reasoningConfig: { type: 'enabled', maxReasoningEffort: told } };
  losses.hint('reasoning.effort', 'this model cannot be told how hard to think');
  return {};
}

const tiers: ReadonlySet<string> = new Set(['default', 'flex', 'priority', 'reserved']);

/** https://docs.aws.amazon.com/bedrock/latest/userguide/service-tiers-inference.html */
export function encodeTier({ serviceTier: type }: CanonicalRequest, { losses }: EncodeScope): JsonObject {
  if (type === undefined || type === 'auto') return {};
  if (tiers.has(type)) return { serviceTier: { type } };
  losses.hint('service_tier', `Bedrock knows no tier ${type}`);
  return {};
}

function nonEmpty(key: string, fields: JsonObject): JsonObject {
  return Object.keys(fields).length === 0 ? {} : { [key]: fields };
}
