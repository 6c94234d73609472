import type { CanonicalRequest } from '../../core/items.ts';
import { isJsonObject, type Json, type JsonObject } from '../../core/json.ts';
import type { LossList } from '../shared/losses.ts';
import type { ModelRules } from './model-rules.ts';

/** How a wished output format is told: as the API's own field, or in words at the end of the system prompt. */
export interface FormatPlan {
  readonly format?: JsonObject;
  readonly instruction?: string;
}

export function planFormat(request: CanonicalRequest, rules: ModelRules, losses: LossList): FormatPlan {
  const wanted = request.outputFormat;
  if (!wanted || wanted.type === 'text') return {};
  if (wanted.type === 'json') {
    losses.hint('output.json', 'there is no JSON mode here; it was asked for in words');
    return { instruction: 'Answer with a single JSON object and nothing else.' };
  }
  if (!rules.schemas) {
    losses.hint('output.schema', 'this model cannot be bound to a schema; it was asked for in words');
    const schema = JSON.stringify(wanted.schema);
    return { instruction: `Answer with JSON and nothing else. It must match this JSON Schema:\n${schema}` };
  }
  const dropped = new Set<string>();
  const schema = portable(wanted.schema, dropped);
  if (dropped.size > 0) losses.hint('output.schema', `not supported in schemas here: ${[...dropped].join(', ')}`);
  return { format: { type: 'json_schema', schema } };
}

/** Keywords that the API rejects. https://platform.claude.com/docs/en/build-with-claude/structured-outputs */
const refused: ReadonlySet<string> = new Set([
  'minimum',
  'maximum',
  'exclusiveMinimum',
  'exclusiveMaximum',
  'multipleOf',
  'minLength',
  'maxLength',
  'maxItems',
  'uniqueItems',
  'minProperties',
  'maxProperties',
]);

/** Keywords whose values are named schemas: their keys are names, not keywords. */
const named: ReadonlySet<string> = new Set(['properties', '$defs', 'definitions']);
/** Keywords whose values are data. */
const verbatim: ReadonlySet<string> = new Set(['enum', 'const', 'default', 'examples', 'required']);

function portable(schema: JsonObject, dropped: Set<string>): JsonObject {
  const kept: { [key: string]: Json | undefined } = {};
  for (const [key, value] of Object.entries(schema)) {
    if (refused.has(key) || (key === 'minItems' && value !== 0 && value !== 1)) dropped.add(key);
    else if (verbatim.has(key)) kept[key] = value;
    else if (named.has(key) && isJsonObject(value)) kept[key] = mapValues(value, dropped);
    else kept[key] = portableValue(value, dropped);
  }
  if (schema['type'] !== 'object' || schema['additionalProperties'] === false) return kept;
  if (schema['additionalProperties'] !== undefined) dropped.add('additionalProperties');
  return { ...kept, additionalProperties: false };
}

function mapValues(schemas: JsonObject, dropped: Set<string>): JsonObject {
  return Object.fromEntries(Object.entries(schemas).map(([name, value]) => [name, portableValue(value, dropped)]));
}

function portableValue(value: Json | undefined, dropped: Set<string>): Json | undefined {
  if (Array.isArray(value)) return value.map((each: Json) => (isJsonObject(each) ? portable(each, dropped) : each));
  return isJsonObject(value) ? portable(value, dropped) : value;
}
