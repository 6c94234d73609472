import type { Item, MessageItem, ReasoningItem, ToolKind, ToolName, ToolResultItem } from '../../core/items.ts';
import { isJsonObject, type Json, type JsonObject } from '../../core/json.ts';
import { type FieldReader, malformed, pathOf, readFields } from '../shared/read-fields.ts';
import { readCompaction } from '../shared/compaction.ts';
import { readSeal } from '../shared/seal.ts';
import { searchToolName } from '../shared/tool-table.ts';
import { extraOf } from './extra.ts';
import { decodeParts } from './part-decoder.ts';
import { decodeTools } from './tool-decoder.ts';
import { hostedToolOfCall, isRole, textTypeOf } from './types.ts';

/**
 * Reads one item of a history or an answer. An item of an unknown type, or one that says more than we can name, stays whole as `opaque`.
 * `bareIssuer` made the seals that carry no name.
 */
export function decodeItem(value: Json, path: string, bareIssuer: string): Item {
  if (!isJsonObject(value)) throw malformed(path, 'an object', value);
  const fields = readFields(value, path);
  const type = fields.string('type') ?? (typeof value['role'] === 'string' ? 'message' : '');
  switch (type) {
    case 'message':
      return decodeMessage(fields, value) ?? opaqueItem(value);
    case 'function_call':
      return decodeCall(fields, 'function', fields.requiredString('arguments'));
    case 'custom_tool_call':
      return decodeCall(fields, 'custom', fields.requiredString('input'));
    case 'tool_search_call':
      return runsUpstream(value) ? hostedCall('tool_search', value) : decodeSearchCall(fields);
    case 'function_call_output':
      return decodeResult(fields, 'function');
    case 'custom_tool_call_output':
      return decodeResult(fields, 'custom');
    case 'tool_search_output':
      return runsUpstream(value) ? hostedCall('tool_search', value) : decodeSearchResult(fields);
    case 'reasoning':
      return decodeReasoning(fields, bareIssuer) ?? opaqueItem(value);
    case 'compaction':
      return decodeCompaction(fields, bareIssuer) ?? opaqueItem(value);
    case 'compaction_trigger':
      return { type: 'compaction-trigger', ...extraOf(fields.rest()) };
    case 'additional_tools':
      return decodeAdditionalTools(fields);
    default: {
      const hosted = hostedToolOfCall(type);
      return hosted === undefined ? opaqueItem(value) : hostedCall(hosted, value);
    }
  }
}

function decodeMessage(fields: FieldReader, value: JsonObject): MessageItem | undefined {
  const role = fields.requiredString('role');
  if (!isRole(role)) return undefined;
  const content = fields.any('content');
  const path = pathOf(fields.path, 'content');
  const typed = value['type'] === undefined ? { '#type': 'absent' } : {};
  const base = { type: 'message', role, ...idOf(fields) } as const;
  if (typeof content === 'string') {
    const marks = { ...typed, '#shape': 'string' };
    return { ...base, parts: [{ type: 'text', text: content }], ...extraOf(fields.rest(), marks) };
  }
  if (!Array.isArray(content)) throw malformed(path, 'a string or an array', content);
  return { ...base, parts: decodeParts(content, path, textTypeOf(role)), ...extraOf(fields.rest(), typed) };
}

function decodeCall(fields: FieldReader, kind: ToolKind, input: string): Item {
  const callId = fields.requiredString('call_id');
  const namespace = fields.string('namespace');
  const tool: ToolName = { name: fields.requiredString('name'), ...(namespace === undefined ? {} : { namespace }) };
  return { type: 'tool-call', kind, callId, tool, input, ...idOf(fields), ...extraOf(fields.rest()) };
}

/** OpenAI's own search carries no `call_id`, as nobody has to answer it. */
function runsUpstream(value: JsonObject): boolean {
  return value['execution'] === 'server' || typeof value['call_id'] !== 'string';
}

function decodeSearchCall(fields: FieldReader): Item {
  fields.string('execution');
  const callId = fields.requiredString('call_id');
  const input = JSON.stringify(fields.any('arguments') ?? {});
  const tool = { name: searchToolName };
  return { type: 'tool-call', kind: 'search', callId, tool, input, ...idOf(fields), ...extraOf(fields.rest()) };
}

function decodeResult(fields: FieldReader, kind: ToolKind): ToolResultItem {
  const callId = fields.requiredString('call_id');
  const output = fields.any('output');
  const path = pathOf(fields.path, 'output');
  const base = { type: 'tool-result', kind, callId, ...idOf(fields) } as const;
  if (typeof output === 'string') {
    return { ...base, output: [{ type: 'text', text: output }], ...extraOf(fields.rest()) };
  }
  if (!Array.isArray(output)) throw malformed(path, 'a string or an array', output);
  return { ...base, output: decodeParts(output, path, 'input_text'), ...extraOf(fields.rest(), { '#shape': 'array' }) };
}

function decodeSearchResult(fields: FieldReader): ToolResultItem {
  fields.string('execution');
  const callId = fields.requiredString('call_id');
  const tools = decodeTools(fields.array('tools') ?? [], pathOf(fields.path, 'tools'));
  const id = idOf(fields);
  return { type: 'tool-result', kind: 'search', callId, output: [], tools, ...id, ...extraOf(fields.rest()) };
}

/** Undefined when a part is not plain summary or reasoning text. */
function decodeReasoning(fields: FieldReader, bareIssuer: string): ReasoningItem | undefined {
  const summary = textsOf(fields.array('summary') ?? [], 'summary_text');
  const content = fields.array('content');
  const text = content && textsOf(content, 'reasoning_text');
  if (!summary || (content && !text)) return undefined;
  const sealed = fields.string('encrypted_content');
  const seal = sealed === undefined || sealed === '' ? undefined : readSeal(sealed, bareIssuer);
  return {
    type: 'reasoning',
    summary,
    ...(text ? { text } : {}),
    ...(seal ? { seal } : {}),
    ...idOf(fields),
    ...extraOf(fields.rest()),
  };
}

function textsOf(values: readonly Json[], type: string): readonly string[] | undefined {
  const texts: string[] = [];
  for (const value of values) {
    if (!isJsonObject(value) || value['type'] !== type || typeof value['text'] !== 'string') return undefined;
    if (Object.keys(value).length > 2) return undefined;
    texts.push(value['text']);
  }
  return texts;
}

/** Undefined for one that holds nothing. */
function decodeCompaction(fields: FieldReader, bareIssuer: string): Item | undefined {
  const sealed = fields.string('encrypted_content');
  const seal = sealed === undefined ? undefined : readCompaction(sealed, bareIssuer);
  return seal && { type: 'compaction', seal, ...idOf(fields), ...extraOf(fields.rest()) };
}

function decodeAdditionalTools(fields: FieldReader): Item {
  const tools = decodeTools(fields.array('tools') ?? [], pathOf(fields.path, 'tools'));
  const role = fields.string('role');
  return { type: 'tools', tools, ...(role === undefined ? {} : { role }), ...idOf(fields), ...extraOf(fields.rest()) };
}

function idOf(fields: FieldReader): { id?: string } {
  const id = fields.string('id');
  return id === undefined ? {} : { id };
}

function hostedCall(tool: string, value: JsonObject): Item {
  const id = typeof value['id'] === 'string' ? { id: value['id'] } : {};
  return { type: 'hosted-call', tool, dialect: 'responses', value, ...id };
}

function opaqueItem(value: JsonObject): Item {
  return { type: 'opaque', dialect: 'responses', value };
}
