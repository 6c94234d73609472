import type { FunctionTool, Tool, ToolChoice } from '../../core/items.ts';
import { type Json, isJsonObject, type JsonObject, unknownFields } from '../../core/json.ts';
import { readCacheControl } from './cache-control.ts';
import { given } from '../shared/given.ts';
import {
  malformed,
  objectsOf,
  optionalBoolean,
  optionalObject,
  optionalString,
  requiredString,
} from '../shared/read-fields.ts';
import { hostedName } from './hosted.ts';
import { extraOf, here } from './types.ts';

const functionFields: ReadonlySet<string> = new Set(['name', 'description', 'input_schema', 'strict', 'cache_control']);

/** Tools as the caller declared them, in order. */
export function readTools(value: Json | undefined): readonly Tool[] {
  if (value === undefined || value === null) return [];
  return objectsOf(value, 'tools').map((tool, at) => readTool(tool, `tools[${at}]`));
}

/** Claude Code keeps Anthropic's loading of tools on demand awake with a tool of this name, which must not be called. */
const placeholder = 'DeferredToolPlaceholder';

/**
 * Three kinds: tools with a schema of the caller's; tools that Anthropic runs; tools that the caller runs but whose schema
 * only Claude knows (`bash_…`, `computer_…`). The last cannot be told to any other model.
 */
function readTool(tool: JsonObject, path: string): Tool {
  const type = optionalString(tool, 'type', path);
  if (tool['name'] === placeholder) return { type: 'hosted', tool: 'deferred_tools', dialect: here, settings: tool };
  if (type === undefined || type === 'custom') return readFunction(tool, path);
  const hosted = hostedName(type);
  return hosted === undefined
    ? { type: 'opaque', dialect: here, value: tool }
    : { type: 'hosted', tool: hosted, dialect: here, settings: tool };
}

function readFunction(tool: JsonObject, path: string): FunctionTool {
  const { cache, rest } = readCacheControl(tool);
  const unknown = unknownFields(tool, functionFields);
  return {
    type: 'function',
    name: requiredString(tool, 'name', path),
    ...given('description', optionalString(tool, 'description', path)),
    ...given('schema', optionalObject(tool, 'input_schema', path)),
    ...given('strict', optionalBoolean(tool, 'strict', path)),
    ...given('cache', cache),
    ...extraOf(unknown || rest ? { ...unknown, ...rest } : undefined),
  };
}

export interface ChoiceRead {
  readonly toolChoice?: ToolChoice;
  readonly parallelToolCalls?: boolean;
}

const modes = { auto: 'auto', any: 'required', none: 'none' } as const;

/** `tool_choice`, which also says whether calls may come in parallel. */
export function readToolChoice(value: Json | undefined, tools: readonly Tool[]): ChoiceRead {
  if (value === undefined || value === null) return {};
  if (!isJsonObject(value)) throw malformed('tool_choice', 'an object', value);
  const single = optionalBoolean(value, 'disable_parallel_tool_use', 'tool_choice');
  const parallel = given('parallelToolCalls', single === undefined ? undefined : !single);
  const type = requiredString(value, 'type', 'tool_choice');
  if (type === 'auto' || type === 'any' || type === 'none') return { toolChoice: { mode: modes[type] }, ...parallel };
  if (type !== 'tool') return { toolChoice: { mode: 'opaque', dialect: here, value } };
  const name = requiredString(value, 'name', 'tool_choice');
  const hosted = tools.find((tool) => tool.type === 'hosted' && tool.settings['name'] === name);
  const toolChoice: ToolChoice =
    hosted?.type === 'hosted'
      ? { mode: 'hosted', tool: hosted.tool }
      : { mode: 'tool', tool: { name }, kind: 'function' };
  return { toolChoice, ...parallel };
}
