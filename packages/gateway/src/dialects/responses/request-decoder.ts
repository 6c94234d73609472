import type { CanonicalRequest, Item, OutputFormat, ReasoningSettings } from '../../core/items.ts';
import type { Json, JsonObject } from '../../core/json.ts';
import { type FieldReader, malformed, pathOf, readFields } from '../shared/read-fields.ts';
import { extraOf } from './extra.ts';
import { decodeItem } from './item-decoder.ts';
import { decodeToolChoice, decodeTools } from './tool-decoder.ts';
import { homeIssuer } from './types.ts';

/** Reads a Responses request: both of Codex's shapes, and any other client's. Fields without a canonical name are kept in `extra`. */
export function decodeRequest(body: JsonObject): CanonicalRequest {
  const fields = readFields(body, '');
  const model = fields.requiredString('model');
  const stream = fields.boolean('stream') ?? false;
  const input = fields.any('input');
  const items = [...instructionsOf(fields), ...itemsOf(input)];
  const tools = decodeTools(fields.array('tools') ?? [], 'tools');
  const choice = fields.any('tool_choice');
  const reasoning = fields.object('reasoning');
  const text = textOf(fields);
  return {
    model,
    stream,
    items,
    tools,
    ...(choice === undefined ? {} : { toolChoice: decodeToolChoice(choice) }),
    ...(reasoning === undefined ? {} : { reasoning: reasoningOf(reasoning) }),
    ...text.known,
    ...knobsOf(fields),
    extra: { dialect: 'responses', fields: { ...fields.rest(), ...text.rest, ...inputMark(input, tools, body) } },
  };
}

/** `instructions` is a message that leads the history; the mark brings it back to its place. */
function instructionsOf(fields: FieldReader): readonly Item[] {
  const text = fields.string('instructions');
  if (text === undefined) return [];
  const mark = { '#from': 'instructions' };
  return [{ type: 'message', role: 'system', parts: [{ type: 'text', text }], ...extraOf(undefined, mark) }];
}

function itemsOf(input: Json | undefined): readonly Item[] {
  if (input === undefined) return [];
  if (typeof input === 'string') return [{ type: 'message', role: 'user', parts: [{ type: 'text', text: input }] }];
  if (!Array.isArray(input)) throw malformed('input', 'a string or an array', input);
  return input.map((item: Json, at) => decodeItem(item, `input[${at}]`, homeIssuer));
}

/** How input and tools were spelled: as a string, or not at all, and an empty list of tools. */
function inputMark(input: Json | undefined, tools: readonly unknown[], body: JsonObject): JsonObject {
  const marks = {
    ...(typeof input === 'string' ? { '#shape': 'string' } : {}),
    ...(input === undefined ? { '#shape': 'absent' } : {}),
  };
  return tools.length === 0 && Array.isArray(body['tools']) ? { ...marks, tools: [] } : marks;
}

function reasoningOf(value: JsonObject): ReasoningSettings {
  const fields = readFields(value, 'reasoning');
  const effort = fields.string('effort');
  const summary = fields.string('summary');
  return {
    ...(effort === undefined ? {} : { effort }),
    ...(summary === undefined ? {} : { summary }),
    ...extraOf(fields.rest()),
  };
}

interface TextSettings {
  readonly known: { outputFormat?: OutputFormat; verbosity?: string };
  readonly rest: JsonObject;
}

/** `text` holds the output format and verbosity; what is left of it goes back under the same name. */
function textOf(fields: FieldReader): TextSettings {
  const value = fields.object('text');
  if (!value) return { known: {}, rest: {} };
  const inner = readFields(value, 'text');
  const verbosity = inner.string('verbosity');
  const format = inner.object('format');
  const formatFields = format && readFields(format, pathOf('text', 'format'));
  const outputFormat = formatFields && formatOf(formatFields);
  const formatRest = outputFormat ? formatFields?.rest() : format;
  const rest = { ...inner.rest(), ...(formatRest ? { format: formatRest } : {}) };
  return {
    known: { ...(verbosity === undefined ? {} : { verbosity }), ...(outputFormat ? { outputFormat } : {}) },
    rest: { text: rest },
  };
}

/** Undefined for a format of an unknown type. */
function formatOf(fields: FieldReader): OutputFormat | undefined {
  const type = fields.requiredString('type');
  if (type === 'text') return { type };
  if (type === 'json_object') return { type: 'json' };
  if (type !== 'json_schema') return undefined;
  const strict = fields.boolean('strict');
  const description = fields.string('description');
  return {
    type: 'json-schema',
    name: fields.requiredString('name'),
    schema: fields.object('schema') ?? {},
    ...(strict === undefined ? {} : { strict }),
    ...(description === undefined ? {} : { description }),
  };
}

type Knobs = Pick<
  CanonicalRequest,
  'parallelToolCalls' | 'maxOutputTokens' | 'temperature' | 'topP' | 'serviceTier' | 'cacheKey'
>;

function knobsOf(fields: FieldReader): Knobs {
  const parallelToolCalls = fields.boolean('parallel_tool_calls');
  const maxOutputTokens = fields.number('max_output_tokens');
  const temperature = fields.number('temperature');
  const topP = fields.number('top_p');
  const serviceTier = fields.string('service_tier');
  const cacheKey = fields.string('prompt_cache_key');
  return {
    ...(parallelToolCalls === undefined ? {} : { parallelToolCalls }),
    ...(maxOutputTokens === undefined ? {} : { maxOutputTokens }),
    ...(temperature === undefined ? {} : { temperature }),
    ...(topP === undefined ? {} : { topP }),
    ...(serviceTier === undefined ? {} : { serviceTier }),
    ...(cacheKey === undefined ? {} : { cacheKey }),
  };
}
