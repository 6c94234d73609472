import type { ToolChoice } from '../../core/items.ts';
import { isJsonObject, type JsonObject } from '../../core/json.ts';
import { cachePointBehind } from './block-encoder.ts';
import type { ConverseBlock, EncodeScope, MessagesBlock } from './types.ts';

/** `toolConfig`, or nothing where there are no tools. */
export function encodeTools(
  body: JsonObject,
  called: readonly string[],
  choice: ToolChoice | undefined,
  scope: EncodeScope,
): JsonObject {
  const declared = Array.isArray(body['tools']) ? body['tools'].filter(isJsonObject) : [];
  const tools = declared.length > 0 ? declared.flatMap((tool) => encodeTool(tool, scope)) : undeclared(called);
  if (tools.length === 0) return {};
  if (choice?.mode === 'none')
    scope.losses.hint('tool_choice', 'the Converse API cannot forbid tools; the model may call one');
  const toolChoice = isJsonObject(body['tool_choice']) ? encodeChoice(body['tool_choice'], scope) : undefined;
  return { toolConfig: { tools, ...(toolChoice ? { toolChoice } : {}) } };
}

function encodeTool(tool: MessagesBlock, scope: EncodeScope): readonly ConverseBlock[] {
  const { name, description, input_schema: schema } = tool;
  const told = typeof description === 'string' && description.trim() !== '' ? { description } : {};
  const spec: ConverseBlock = { toolSpec: { name, ...told, inputSchema: { json: schema } } };
  return scope.traits.cachePoints === 'everywhere' ? [spec, ...cachePointBehind(tool, scope)] : [spec];
}

/** The API refuses calls in a history whose tools it is not told of. Callers end sessions so: with a question and no tools. */
function undeclared(called: readonly string[]): readonly ConverseBlock[] {
  const description = 'Was used before and cannot be used any more.';
  return [...new Set(called)].map((name) => ({
    toolSpec: { name, description, inputSchema: { json: { type: 'object', properties: {} } } },
  }));
}

function encodeChoice(choice: JsonObject, { traits, losses }: EncodeScope): JsonObject | undefined {
  if (choice['disable_parallel_tool_use'] === true)
    losses.hint('parallel_tool_calls', 'the Converse API cannot ask for one call at a time');
  const isForced = choice['type'] === 'any' || choice['type'] === 'tool';
  if (!isForced) return undefined;
  if (!traits.forcedTools) {
    losses.hint('tool_choice', 'this model does not let itself be forced to a tool');
    return undefined;
  }
  return choice['type'] === 'any' ? { any: {} } : { tool: { name: choice['name'] } };
}
