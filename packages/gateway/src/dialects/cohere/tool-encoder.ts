import type { ToolChoice } from '../../core/items.ts';
import type { JsonObject } from '../../core/json.ts';
import { freeformDescription, freeformSchema } from '../shared/freeform.ts';
import { given } from '../shared/given.ts';
import type { FlatTool, NameRules } from '../shared/tool-table.ts';
import type { EncodeScope } from './types.ts';

/** The API refuses others: "tool names can only contain certain characters (A-Za-z0-9_) and can't begin with a digit". */
export const nameRules: NameRules = { maxLength: 64, forbidden: /[^a-zA-Z0-9_]|^[0-9]/g };

/** Tools and what is said about them; nothing where there are none. */
export function toolFields(
  request: { readonly toolChoice?: ToolChoice; readonly parallelToolCalls?: boolean },
  scope: EncodeScope,
): JsonObject {
  const { target, losses, tools } = scope;
  for (const { tool } of tools.hosted) losses.hint(`tool.${tool}`, `${target.issuer} offers no such tool`);
  if (tools.opaque.length > 0) losses.hint('tool.unknown', 'Cohere has no form for a tool of this type');
  if (tools.flat.length === 0) return {};
  if (target.abilities.tools === false) losses.meaning('tools', `the model ${target.model} cannot call tools`);
  if (request.parallelToolCalls === false)
    losses.hint('parallel_tool_calls', 'Cohere cannot be told to call one tool at a time');
  return {
    tools: tools.flat.map((tool) => encodeTool(tool, scope)),
    ...given('tool_choice', request.toolChoice && encodeChoice(request.toolChoice, scope)),
  };
}

function encodeTool({ tool, wireName, namespaceDescription }: FlatTool, { losses }: EncodeScope): JsonObject {
  if (tool.type === 'custom' && tool.grammar)
    losses.hint('tool.grammar', 'the grammar is told in words; the vendor does not enforce it');
  if (tool.type === 'function' && tool.strict === true)
    losses.hint('tool.strict', 'Cohere is strict with all tools or none: none is');
  const own = tool.type === 'custom' ? freeformDescription(tool) : tool.description;
  const description = [own, namespaceDescription].filter((text) => text).join('\n\n');
  const parameters = tool.type === 'custom' ? freeformSchema : (tool.schema ?? withoutArguments);
  return {
    type: 'function',
    function: { name: wireName, ...given('description', description === '' ? undefined : description), parameters },
  };
}

/** The schema is required, also where there are no arguments. */
const withoutArguments: JsonObject = { type: 'object', properties: {} };

/** The API knows two words; the model decides where neither is said. */
function encodeChoice(choice: ToolChoice, { losses }: EncodeScope): string | undefined {
  if (choice.mode === 'auto') return undefined;
  if (choice.mode === 'none') return 'NONE';
  if (choice.mode === 'required') return 'REQUIRED';
  losses.hint('tool_choice', 'Cohere cannot be told which tool to call');
  return choice.mode === 'tool' ? 'REQUIRED' : undefined;
}
