import type { CanonicalRequest, OutputFormat, ReasoningSettings } from '../../core/items.ts';
import type { Json, JsonObject } from '../../core/json.ts';
import { unknownFields } from '../../core/json.ts';
import { decodeCursorForm, isCursorForm } from './cursor-form.ts';
import { decodeMessages } from './message-decoder.ts';
import { decodeToolChoice, decodeTools } from './tool-decoder.ts';
import { given } from '../shared/given.ts';
import {
  isAbsent,
  optionalBoolean,
  optionalNumber,
  optionalObject,
  optionalString,
  requiredObject,
  requiredString,
  stringsOf,
} from '../shared/read-fields.ts';
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
  if (isCursorForm((key) => body[key] !== undefined)) return decodeCursorForm(body);
  const format = decodeFormat(body);
  const unknown = unknownFields(body, knownFields);
  // A format of an unknown type is kept whole, for its own dialect.
  const keptFormat = format === 'unknown' ? { response_format: body['response_format'] } : undefined;
  return {
    model: requiredString(body, 'model', ''),
    stream: optionalBoolean(body, 'stream', '') ?? false,
    items: decodeMessages(body['messages']),
    tools: decodeTools(body),
    ...given('toolChoice', decodeToolChoice(body)),
    ...given('parallelToolCalls', optionalBoolean(body, 'parallel_tool_calls', '')),
    ...given('reasoning', decodeReasoning(body)),
    ...given('outputFormat', format === 'unknown' ? undefined : format),
    ...sampling(body),
    ...given('verbosity', optionalString(body, 'verbosity', '')),
    ...given('serviceTier', optionalString(body, 'service_tier', '')),
    ...given('cacheKey', optionalString(body, 'prompt_cache_key', '')),
    ...extraOf(unknown || keptFormat ? { ...unknown, ...keptFormat } : undefined),
  };
}

function sampling(body: JsonObject) {
  const limit = optionalNumber(body, 'max_completion_tokens', '');
  return {
    ...given('maxOutputTokens', limit ?? optionalNumber(body, 'max_tokens', '')),
    ...given('temperature', optionalNumber(body, 'temperature', '')),
    ...given('topP', optionalNumber(body, 'top_p', '')),
    ...given('topK', optionalNumber(body, 'top_k', '')),
    ...given('stop', readStop(body['stop'])),
  };
}

function readStop(value: Json | undefined): readonly string[] | undefined {
  if (isAbsent(value)) return undefined;
  return typeof value === 'string' ? [value] : stringsOf(value, 'stop');
}

/** OpenAI's `reasoning_effort` and OpenRouter's `reasoning` object. */
function decodeReasoning(body: JsonObject): ReasoningSettings | undefined {
  const effort = optionalString(body, 'reasoning_effort', '');
  const object = optionalObject(body, 'reasoning', '');
  if (!object) return effort === undefined ? undefined : { effort };
  return {
    ...given('effort', effort ?? optionalString(object, 'effort', 'reasoning')),
    ...given('summary', optionalString(object, 'summary', 'reasoning')),
    ...given('budgetTokens', optionalNumber(object, 'max_tokens', 'reasoning')),
    ...extraOf(unknownFields(object, new Set(['effort', 'summary', 'max_tokens']))),
  };
}

function decodeFormat(body: JsonObject): OutputFormat | 'unknown' | undefined {
  const format = optionalObject(body, 'response_format', '');
  if (!format) return undefined;
  switch (format['type']) {
    case 'text':
      return { type: 'text' };
    case 'json_object':
      return { type: 'json' };
    case 'json_schema':
      return decodeSchema(requiredObject(format, 'json_schema', 'response_format'));
    default:
      return 'unknown';
  }
}

function decodeSchema(body: JsonObject): OutputFormat {
  const path = 'response_format.json_schema';
  return {
    type: 'json-schema',
    name: optionalString(body, 'name', path) ?? 'answer',
    schema: optionalObject(body, 'schema', path) ?? {},
    ...given('strict', optionalBoolean(body, 'strict', path)),
    ...given('description', optionalString(body, 'description', path)),
  };
}
