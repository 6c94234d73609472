import type { CustomTool, FunctionTool, HostedTool, Tool, ToolChoice } from '../../core/items.ts';
import { isJsonObject, type Json, type JsonObject, unknownFields } from '../../core/json.ts';
import { malformed, optional, readArray, readBoolean, readObject, readString } from './fields.ts';
import { cacheOf } from './part-decoder.ts';
import { given } from '../shared/given.ts';
import { extraOf } from './types.ts';

/** All tools of a request: `tools`, the old `functions`, and the search that `web_search_options` switches on. */
export function decodeTools(body: JsonObject): readonly Tool[] {
  const tools = optional(body['tools'], 'tools', readArray) ?? [];
  const functions = optional(body['functions'], 'functions', readArray) ?? [];
  const search = optional(body['web_search_options'], 'web_search_options', readObject);
  return [
    ...tools.map((tool, at) => decodeTool(readObject(tool, `tools[${at}]`), `tools[${at}]`)),
    ...functions.map((tool, at) => decodeFunction({}, readObject(tool, `functions[${at}]`), `functions[${at}]`)),
    ...(search ? [webSearch(search)] : []),
  ];
}

function webSearch(settings: JsonObject): HostedTool {
  return { type: 'hosted', tool: 'web_search', dialect: 'chat', settings };
}

function decodeTool(tool: JsonObject, path: string): Tool {
  const type = optional(tool['type'], `${path}.type`, readString) ?? 'function';
  if (type === 'function') {
    return decodeFunction(tool, readObject(tool['function'], `${path}.function`), `${path}.function`);
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
    name: readString(body['name'], `${path}.name`),
    ...given('description', optional(body['description'], `${path}.description`, readString)),
    ...given('schema', optional(body['parameters'], `${path}.parameters`, readObject)),
    ...given('strict', optional(body['strict'], `${path}.strict`, readBoolean)),
    ...cacheOf(tool),
    ...extraOf(inner ? { ...outer, function: inner } : outer),
  };
}

function decodeCustom(tool: JsonObject, path: string): CustomTool {
  const body = readObject(tool['custom'], `${path}.custom`);
  const format = optional(body['format'], `${path}.custom.format`, readObject);
  return {
    type: 'custom',
    name: readString(body['name'], `${path}.custom.name`),
    ...given('description', optional(body['description'], `${path}.custom.description`, readString)),
    ...given('grammar', format?.['type'] === 'grammar' ? grammarOf(format, `${path}.custom.format`) : undefined),
    ...extraOf(unknownFields(tool, toolFields)),
  };
}

function grammarOf(format: JsonObject, path: string) {
  const grammar = readObject(format['grammar'], `${path}.grammar`);
  return {
    syntax: readString(grammar['syntax'], `${path}.grammar.syntax`),
    definition: readString(grammar['definition'], `${path}.grammar.definition`),
  };
}

/** `tool_choice`, or the old `function_call` in its place. */
export function decodeToolChoice(body: JsonObject): ToolChoice | undefined {
  const choice = body['tool_choice'] ?? body['function_call'];
  if (choice === undefined || choice === null) return undefined;
  if (choice === 'auto' || choice === 'none' || choice === 'required') return { mode: choice };
  // Mistral's older word.
  if (choice === 'any') return { mode: 'required' };
  if (!isJsonObject(choice)) throw malformed('tool_choice', '"auto", "none", "required" or an object');
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
