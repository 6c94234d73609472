import type { CanonicalRequest, OutputFormat, ReasoningSettings } from '../../core/items.ts';
import { isJsonObject, type JsonObject, parseJson, unknownFields } from '../../core/json.ts';
import { readMessages, readSystem } from './block-reader.ts';
import { given } from '../shared/given.ts';
import {
  optionalBoolean,
  optionalNumber,
  optionalObject,
  optionalString,
  requiredString,
  stringsOf,
} from '../shared/read-fields.ts';
import { readTools, readToolChoice } from './tool-reader.ts';
import { here } from './types.ts';

/** Fields with a canonical name. `thinking` and `output_config` are read too, but also kept whole: they say more than we have names for. */
const known: ReadonlySet<string> = new Set([
  'model',
  'stream',
  'system',
  'messages',
  'tools',
  'tool_choice',
  'max_tokens',
  'temperature',
  'top_p',
  'top_k',
  'stop_sequences',
  'service_tier',
]);

/** Anthropic's word for the usual tier; the canonical form uses OpenAI's. */
const standardTier = 'standard_only';

/** Reads a request as Claude Code and the Anthropic SDKs write it. Throws `request-malformed`. */
export function decodeRequest(body: JsonObject): CanonicalRequest {
  const model = requiredString(body, 'model', '');
  const tools = readTools(body['tools']);
  const items = [...readSystem(body['system']), ...readMessages(body['messages'])];
  const stop = body['stop_sequences'];
  const tier = optionalString(body, 'service_tier', '');
  return {
    model,
    stream: optionalBoolean(body, 'stream', '') ?? false,
    items,
    tools,
    ...readToolChoice(body['tool_choice'], tools),
    ...readReasoning(body),
    ...readFormat(body),
    ...given('maxOutputTokens', optionalNumber(body, 'max_tokens', '')),
    ...given('temperature', optionalNumber(body, 'temperature', '')),
    ...given('topP', optionalNumber(body, 'top_p', '')),
    ...given('topK', optionalNumber(body, 'top_k', '')),
    ...(stop === undefined || stop === null ? {} : { stop: stringsOf(stop, 'stop_sequences') }),
    ...given('serviceTier', tier === standardTier ? 'default' : tier),
    ...given('cacheKey', sessionOf(body)),
    extra: { dialect: here, fields: unknownFields(body, known) ?? {} },
  };
}

function readReasoning(body: JsonObject): { reasoning?: ReasoningSettings } {
  const thinking = optionalObject(body, 'thinking', '');
  const effort = optionalObject(body, 'output_config', '')?.['effort'];
  const words = typeof effort === 'string' ? { effort } : {};
  if (!thinking) return typeof effort === 'string' ? { reasoning: words } : {};
  if (thinking['type'] === 'disabled') return { reasoning: { effort: 'none' } };
  const budget = thinking['budget_tokens'];
  return {
    reasoning: {
      ...words,
      summary: thinking['display'] === 'omitted' ? 'none' : 'auto',
      ...(typeof budget === 'number' ? { budgetTokens: budget } : {}),
    },
  };
}

function readFormat(body: JsonObject): { outputFormat?: OutputFormat } {
  const config = optionalObject(body, 'output_config', '');
  const format = config?.['format'] ?? body['output_format'];
  if (!isJsonObject(format) || format['type'] !== 'json_schema' || !isJsonObject(format['schema'])) return {};
  // Messages gives schemas no name; other dialects require one.
  return { outputFormat: { type: 'json-schema', name: 'output', schema: format['schema'], strict: true } };
}

/** Claude Code puts its session id into `metadata.user_id`, as JSON or (older) as the tail of a plain string. */
function sessionOf(body: JsonObject): string | undefined {
  const metadata = body['metadata'];
  const user = isJsonObject(metadata) ? metadata['user_id'] : undefined;
  if (typeof user !== 'string') return undefined;
  const facts = parseJson(user);
  if (isJsonObject(facts)) return typeof facts['session_id'] === 'string' ? facts['session_id'] : undefined;
  return /_session_([0-9a-fA-F-]{36})$/.exec(user)?.[1];
}
