import type { CustomTool, FunctionTool, HostedTool, Tool, ToolChoice } from '../../core/items.ts';
import { isJsonObject, type Json, type JsonObject, unknownFields } from '../../core/json.ts';
import { cacheOf } from './part-decoder.ts';
import { given } from '../shared/given.ts';
import {
  isAbsent,
  malformed,
  objectsOf,
  optionalBoolean,
  optionalObject,
  optionalString,
  requiredObject,
  requiredString,
} from '../shared/read-fields.ts';
import { extraOf } from './types.ts';

/** All tools of a request: `tools`, the old `functions`, and the search that `web_search_options` switches on. */
export function decodeTools(body: JsonObject): readonly Tool[] {
  const tools = isAbsent(body['tools']) ? [] : objectsOf(body['tools'], 'tools');
  const functions = isAbsent(body['functions']) ? [] : objectsOf(body['functions'], 'functions');
  const search = optionalObject(body, 'web_search_options', '');
  return [
    ...tools.map((tool, at) => decodeTool(tool, `tools[${at}]`)),
    ...functions.map((tool, at) => decodeFunction({}, tool, `functions[${at}]`)),
    ...(search ? [webSearch(search)] : []),
  ];
}

function webSearch(settings: JsonObject): HostedTool {
  return { type: 'hosted', tool: 'web_search', dialect: 'chat', settings };
}

function decodeTool(tool: JsonObject, path: string): Tool {
  const type = optionalString(tool, 'type', path) ?? 'function';
  if (type === 'function') {
    return decodeFunction(tool, requiredObject(tool, 'function', path), `${path}.function`);
  }
  if (type === 'custom') return decodeCustom(tool, path);
  return { type: 'opaque', dialect: 'chat', value: tool };
}

const functionFields: ReadonlySet<string> = new Set(['name', 'description', 'parameters', 'strict']);
const toolFields: ReadonlySet<string> = new Set(['type', 'function', 'custom', 'cache_control']);

function decodeFunction(tool: JsonObject, body: JsonObject, path: string): FunctionTool {
  const inner = unknownFields(body, functionFields);
  const outer = unknownFields(tool, toolFields);
  return {
    type: 'function',
    name: requiredString(body, 'name', path),
    ...given('description', optionalString(body, 'description', path)),
    ...given('schema', optionalObject(body, 'parameters', path)),
    ...given('strict', optionalBoolean(body, 'strict', path)),
    ...cacheOf(tool),
    ...extraOf(inner ? { ...outer, function: inner } : outer),
  };
}

function decodeCustom(tool: JsonObject, path: string): CustomTool {
  const body = requiredObject(tool, 'custom', path);
  const format = optionalObject(body, 'format', `${path}.custom`);
  return {
    type: 'custom',
    name: requiredString(body, 'name', `${path}.custom`),
    ...given('description', optionalString(body, 'description', `${path}.custom`)),
    ...given('grammar', format?.['type'] === 'grammar' ? grammarOf(format, `${path}.custom.format`) : undefined),
    ...extraOf(unknownFields(tool, toolFields)),
  };
}

function grammarOf(format: JsonObject, path: string) {
  const grammar = requiredObject(format, 'grammar', path);
  return {
    syntax: requiredString(grammar, 'syntax', `${path}.grammar`),
    definition: requiredString(grammar, 'definition', `${path}.grammar`),
  };
}

/** `tool_choice`, or the old `function_call` in its place. */
export function decodeToolChoice(body: JsonObject): ToolChoice | undefined {
  const choice = body['tool_choice'] ?? body['function_call'];
  if (choice === undefined || choice === null) return undefined;
  if (choice === 'auto' || choice === 'none' || choice === 'required') return { mode: choice };
  // Mistral's older word.
  if (choice === 'any') return { mode: 'required' };
  if (!isJsonObject(choice)) throw malformed('tool_choice', '"auto", "none", "required" or an object', choice);
  return namedChoice(choice) ?? { mode: 'opaque', dialect: 'chat', value: choice };
}

function namedChoice(choice: JsonObject): ToolChoice | undefined {
  const name = nameIn(choice['function']) ?? nameIn(choice['type'] === undefined ? choice : undefined);
  if (name !== undefined) return { mode: 'tool', kind: 'function', tool: { name } };
  const custom = nameIn(choice['custom']);
  return custom === undefined ? undefined : { mode: 'tool', kind: 'custom', tool: { name: custom } };
}

function nameIn(value: Json | undefined): string | undefined {
  return isJsonObject(value) && typeof value['name'] === 'string' ? value['name'] : undefined;
}
