import type { CustomTool, FunctionTool, NamespaceTool, Tool, ToolChoice } from '../../core/items.ts';
import { isJsonObject, type Json, type JsonObject } from '../../core/json.ts';
import { type FieldReader, malformed, readFields } from '../shared/read-fields.ts';
import { originOf } from './extra.ts';
import { hostedToolOfType } from './types.ts';

/** Reads an array of tool declarations. */
export function decodeTools(values: readonly Json[], path: string): readonly Tool[] {
  return values.map((value, at) => decodeTool(value, `${path}[${at}]`));
}

function decodeTool(value: Json, path: string): Tool {
  if (!isJsonObject(value)) throw malformed(path, 'an object', value);
  const fields = readFields(value, path);
  const type = fields.requiredString('type');
  if (type === 'function') return decodeFunction(fields);
  if (type === 'custom') return decodeCustom(fields);
  if (type === 'namespace') return decodeNamespace(fields) ?? opaqueTool(value);
  if (type === 'tool_search') return decodeSearch(fields, value);
  const hosted = hostedToolOfType(type);
  return hosted === undefined ? opaqueTool(value) : hostedTool(hosted, value);
}

function decodeFunction(fields: FieldReader): FunctionTool {
  const name = fields.requiredString('name');
  const schema = fields.object('parameters');
  const strict = fields.boolean('strict');
  return {
    type: 'function',
    name,
    ...descriptionOf(fields),
    ...(schema === undefined ? {} : { schema }),
    ...(strict === undefined ? {} : { strict }),
    ...originOf(fields.rest()),
  };
}

/** The format `{type:"text"}` says nothing and any unknown format cannot be read: both stay in `extra`. */
function decodeCustom(fields: FieldReader): CustomTool {
  const name = fields.requiredString('name');
  const description = descriptionOf(fields);
  const format = fields.object('format');
  const grammar = format && grammarOf(format);
  const rest = fields.rest();
  return {
    type: 'custom',
    name,
    ...description,
    ...(grammar ? { grammar } : {}),
    ...originOf(grammar || !format ? rest : { ...rest, format }),
  };
}

function grammarOf(format: JsonObject): { syntax: string; definition: string } | undefined {
  const { type, syntax, definition } = format;
  if (type !== 'grammar' || typeof syntax !== 'string' || typeof definition !== 'string') return undefined;
  return { syntax, definition };
}

/** Undefined when the namespace holds anything but functions and freeform tools: then it stays whole. */
function decodeNamespace(fields: FieldReader): NamespaceTool | undefined {
  const name = fields.requiredString('name');
  const description = descriptionOf(fields);
  const values = fields.array('tools') ?? [];
  const tools: (FunctionTool | CustomTool)[] = [];
  for (const [at, value] of values.entries()) {
    const tool = decodeTool(value, `${fields.path}.tools[${at}]`);
    if (tool.type !== 'function' && tool.type !== 'custom') return undefined;
    tools.push(tool);
  }
  return { type: 'namespace', name, ...description, tools, ...originOf(fields.rest()) };
}

/** Only a search that the agent runs is a tool of ours; OpenAI can also run one itself. */
function decodeSearch(fields: FieldReader, value: JsonObject): Tool {
  if (fields.string('execution') !== 'client') return hostedTool('tool_search', value);
  const schema = fields.object('parameters');
  const description = descriptionOf(fields);
  return { type: 'search', ...description, ...(schema === undefined ? {} : { schema }), ...originOf(fields.rest()) };
}

function descriptionOf(fields: FieldReader): { description?: string } {
  const description = fields.string('description');
  return description === undefined ? {} : { description };
}

function hostedTool(tool: string, settings: JsonObject): Tool {
  return { type: 'hosted', tool, dialect: 'responses', settings };
}

function opaqueTool(value: JsonObject): Tool {
  return { type: 'opaque', dialect: 'responses', value };
}

/** Reads `tool_choice`; what says more than one of our modes (`allowed_tools` …) is kept whole. */
export function decodeToolChoice(value: Json): ToolChoice {
  if (value === 'auto' || value === 'none' || value === 'required') return { mode: value };
  const opaque: ToolChoice = { mode: 'opaque', dialect: 'responses', value };
  if (!isJsonObject(value)) return opaque;
  const { type, name, namespace, ...more } = value;
  if (Object.keys(more).length > 0) return opaque;
  if ((type === 'function' || type === 'custom') && typeof name === 'string') {
    const space = typeof namespace === 'string' ? { namespace } : {};
    return { mode: 'tool', kind: type, tool: { name, ...space } };
  }
  const plain = typeof type === 'string' && name === undefined && hostedToolOfType(type) === type;
  return plain ? { mode: 'hosted', tool: type } : opaque;
}
