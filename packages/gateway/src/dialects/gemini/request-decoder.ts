import type { CanonicalRequest, Item, OutputFormat, ReasoningSettings } from '../../core/items.ts';
import type { Json, JsonObject } from '../../core/json.ts';
import { isJsonObject, unknownFields } from '../../core/json.ts';
import { malformed } from '../shared/read-fields.ts';
import { decodeContents } from './contents-decoder.ts';
import { snakeCase } from './field-names.ts';
import { decodePart } from './part-decoder.ts';
import { toJsonSchema } from './schema.ts';
import { decodeChoice, decodeTools } from './tools-decoder.ts';
import { extraOf, type FieldName, fieldOf, numberField, objectField, stringField } from './types.ts';

/**
 * Reads a generateContent body. In this dialect the URL says which model is asked for and whether to stream,
 * so the data plane puts both into the body, as `model` and `stream`, before it is read here.
 */
export function decodeRequest(body: JsonObject): CanonicalRequest {
  const model = body['model'];
  if (typeof model !== 'string') throw malformed('model', 'a string', model);
  const generation = decodeGeneration(objectField(body, 'generationConfig') ?? {});
  const toolConfig = objectField(body, 'toolConfig') ?? {};
  const choice = objectField(toolConfig, 'functionCallingConfig');
  const extra = {
    ...unknownFields(body, known),
    ...nonEmpty('generationConfig', generation.rest),
    ...nonEmpty('toolConfig', unknownFields(toolConfig, choiceFields)),
  };
  return {
    model,
    stream: body['stream'] === true,
    items: [...decodeSystem(fieldOf(body, 'systemInstruction')), ...decodeContents(arrayOf(body, 'contents'))],
    tools: decodeTools(arrayOf(body, 'tools')),
    ...(choice ? { toolChoice: decodeChoice(choice) } : {}),
    ...generation.settings,
    ...extraOf(extra),
  };
}

const known = withSnakeCase([
  'model',
  'stream',
  'contents',
  'systemInstruction',
  'tools',
  'toolConfig',
  'generationConfig',
]);
const choiceFields = withSnakeCase(['functionCallingConfig']);

function withSnakeCase(names: readonly string[]): ReadonlySet<string> {
  return new Set(names.flatMap((name) => [name, snakeCase(name)]));
}

function nonEmpty(name: string, fields: JsonObject | undefined): JsonObject {
  return fields && Object.keys(fields).length > 0 ? { [name]: fields } : {};
}

/** An array, or one thing instead of it: the API takes both. */
function arrayOf(body: JsonObject, name: FieldName): readonly Json[] {
  const value = fieldOf(body, name) ?? [];
  if (Array.isArray(value)) return value;
  if (isJsonObject(value)) return [value];
  throw malformed(name, 'an array', value);
}

function decodeSystem(value: Json | undefined): readonly Item[] {
  if (typeof value === 'string') return [{ type: 'message', role: 'system', parts: [{ type: 'text', text: value }] }];
  if (!isJsonObject(value)) return [];
  const parts = arrayOf(value, 'parts').filter(isJsonObject).map(decodePart);
  return [{ type: 'message', role: 'system', parts, ...extraOf(unknownFields(value, systemFields)) }];
}

const systemFields: ReadonlySet<string> = new Set(['parts']);

interface Generation {
  readonly settings: Partial<CanonicalRequest>;
  /** What the canonical form has no name for, or says in other words. */
  readonly rest: JsonObject;
}

const generationFields = withSnakeCase([
  'maxOutputTokens',
  'temperature',
  'topP',
  'topK',
  'stopSequences',
  'thinkingConfig',
  'responseMimeType',
  'responseJsonSchema',
]);

function decodeGeneration(config: JsonObject): Generation {
  const { format, raw } = decodeFormat(config);
  const stop = fieldOf(config, 'stopSequences');
  const thinking = objectField(config, 'thinkingConfig');
  return {
    settings: {
      ...optional('maxOutputTokens', numberField(config, 'maxOutputTokens')),
      ...optional('temperature', numberField(config, 'temperature')),
      ...optional('topP', numberField(config, 'topP')),
      ...optional('topK', numberField(config, 'topK')),
      ...(Array.isArray(stop) ? { stop: stop.filter((text) => typeof text === 'string') } : {}),
      ...(thinking ? { reasoning: decodeThinking(thinking) } : {}),
      ...(format ? { outputFormat: format } : {}),
    },
    rest: { ...unknownFields(config, generationFields), ...raw },
  };
}

function optional(name: string, value: number | undefined): Record<string, number> {
  return value === undefined ? {} : { [name]: value };
}

const thinkingFields = withSnakeCase(['includeThoughts', 'thinkingLevel', 'thinkingBudget']);

function decodeThinking(thinking: JsonObject): ReasoningSettings {
  const include = fieldOf(thinking, 'includeThoughts');
  const level = stringField(thinking, 'thinkingLevel');
  const budget = numberField(thinking, 'thinkingBudget');
  return {
    ...(level === undefined ? {} : { effort: level.toLowerCase() }),
    ...(typeof include === 'boolean' ? { summary: include ? 'auto' : 'none' } : {}),
    ...(budget === undefined ? {} : { budgetTokens: budget }),
    ...extraOf(unknownFields(thinking, thinkingFields)),
  };
}

/** The form of the answer, and the caller's own words for it where they differ from JSON Schema. */
function decodeFormat(config: JsonObject): { format?: OutputFormat; raw: JsonObject } {
  const mimeType = stringField(config, 'responseMimeType');
  if (mimeType === undefined) return { raw: {} };
  if (mimeType === 'text/plain') return { format: { type: 'text' }, raw: {} };
  if (mimeType !== 'application/json') return { raw: { responseMimeType: mimeType } };
  const older = objectField(config, 'responseSchema');
  const written = objectField(config, 'responseJsonSchema') ?? older;
  if (!written) return { format: { type: 'json' }, raw: {} };
  const schema = toJsonSchema(written);
  const format: OutputFormat = { type: 'json-schema', name: 'response', schema };
  const same = !older && JSON.stringify(schema) === JSON.stringify(written);
  return { format, raw: same || older ? {} : { responseJsonSchema: written } };
}
