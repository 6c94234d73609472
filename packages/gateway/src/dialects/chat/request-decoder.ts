import type { CanonicalRequest, OutputFormat, ReasoningSettings } from '../../core/items.ts';
import type { Json, JsonObject } from '../../core/json.ts';
import { unknownFields } from '../../core/json.ts';
import { malformed, optional, readBoolean, readNumber, readObject, readString } from './fields.ts';
import { decodeMessages } from './message-decoder.ts';
import { decodeToolChoice, decodeTools } from './tool-decoder.ts';
import { given } from '../shared/given.ts';
import { extraOf } from './types.ts';

/** Fields with a place in the canonical form. `stream_options` is kept as it is: the answer depends on it. */
const knownFields: ReadonlySet<string> = new Set([
  'model',
  'messages',
  'stream',
  'tools',
  'functions',
  'web_search_options',
  'tool_choice',
  'function_call',
  'parallel_tool_calls',
  'response_format',
  'reasoning_effort',
  'reasoning',
  'verbosity',
  'max_completion_tokens',
  'max_tokens',
  'temperature',
  'top_p',
  'top_k',
  'stop',
  'service_tier',
  'prompt_cache_key',
]);

/** Reads a Chat Completions request. Throws `request-malformed` with the path of what is wrong. */
export function decodeRequest(body: JsonObject): CanonicalRequest {
  const format = decodeFormat(body['response_format']);
  const unknown = unknownFields(body, knownFields);
  // A format of an unknown type is kept whole, for its own dialect.
  const keptFormat = format === 'unknown' ? { response_format: body['response_format'] } : undefined;
  return {
    model: readString(body['model'], 'model'),
    stream: optional(body['stream'], 'stream', readBoolean) ?? false,
    items: decodeMessages(body['messages']),
    tools: decodeTools(body),
    ...given('toolChoice', decodeToolChoice(body)),
    ...given('parallelToolCalls', optional(body['parallel_tool_calls'], 'parallel_tool_calls', readBoolean)),
    ...given('reasoning', decodeReasoning(body)),
    ...given('outputFormat', format === 'unknown' ? undefined : format),
    ...sampling(body),
    ...given('verbosity', optional(body['verbosity'], 'verbosity', readString)),
    ...given('serviceTier', optional(body['service_tier'], 'service_tier', readString)),
    ...given('cacheKey', optional(body['prompt_cache_key'], 'prompt_cache_key', readString)),
    ...extraOf(unknown || keptFormat ? { ...unknown, ...keptFormat } : undefined),
  };
}

function sampling(body: JsonObject) {
  const limit = optional(body['max_completion_tokens'], 'max_completion_tokens', readNumber);
  return {
    ...given('maxOutputTokens', limit ?? optional(body['max_tokens'], 'max_tokens', readNumber)),
    ...given('temperature', optional(body['temperature'], 'temperature', readNumber)),
    ...given('topP', optional(body['top_p'], 'top_p', readNumber)),
    ...given('topK', optional(body['top_k'], 'top_k', readNumber)),
    ...given('stop', optional(body['stop'], 'stop', readStop)),
  };
}

function readStop(value: Json, path: string): readonly string[] {
  if (typeof value === 'string') return [value];
  if (!Array.isArray(value)) throw malformed(path, 'a string or an array of strings');
  const list: readonly Json[] = value;
  return list.map((entry, at) => readString(entry, `${path}[${at}]`));
}

/** OpenAI's `reasoning_effort` and OpenRouter's `reasoning` object. */
function decodeReasoning(body: JsonObject): ReasoningSettings | undefined {
  const effort = optional(body['reasoning_effort'], 'reasoning_effort', readString);
  const object = optional(body['reasoning'], 'reasoning', readObject);
  if (!object) return effort === undefined ? undefined : { effort };
  return {
    ...given('effort', effort ?? optional(object['effort'], 'reasoning.effort', readString)),
    ...given('summary', optional(object['summary'], 'reasoning.summary', readString)),
    ...given('budgetTokens', optional(object['max_tokens'], 'reasoning.max_tokens', readNumber)),
    ...extraOf(unknownFields(object, new Set(['effort', 'summary', 'max_tokens']))),
  };
}

function decodeFormat(value: Json | undefined): OutputFormat | 'unknown' | undefined {
  const format = optional(value, 'response_format', readObject);
  if (!format) return undefined;
  switch (format['type']) {
    case 'text':
      return { type: 'text' };
    case 'json_object':
      return { type: 'json' };
    case 'json_schema':
      return decodeSchema(readObject(format['json_schema'], 'response_format.json_schema'));
    default:
      return 'unknown';
  }
}

function decodeSchema(body: JsonObject): OutputFormat {
  const path = 'response_format.json_schema';
  return {
    type: 'json-schema',
    name: optional(body['name'], `${path}.name`, readString) ?? 'answer',
    schema: optional(body['schema'], `${path}.schema`, readObject) ?? {},
    ...given('strict', optional(body['strict'], `${path}.strict`, readBoolean)),
    ...given('description', optional(body['description'], `${path}.description`, readString)),
  };
}
