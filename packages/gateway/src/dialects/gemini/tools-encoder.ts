import type { HostedTool, ToolChoice } from '../../core/items.ts';
import type { JsonObject } from '../../core/json.ts';
import { isJsonObject } from '../../core/json.ts';
import { freeformDescription, freeformSchema } from '../shared/freeform.ts';
import type { FlatTool } from '../shared/tool-table.ts';
import type { EncodeScope } from './encode-scope.ts';
import { fitSchema } from './schema.ts';
import { dialectName, ownExtra } from './types.ts';

export interface EncodedTools {
  readonly tools?: readonly JsonObject[];
  readonly toolConfig?: JsonObject;
}

/** Built-in tools by the field's common name. */
const builtIn: Readonly<Record<string, JsonObject>> = {
  web_search: { googleSearch: {} },
  web_fetch: { urlContext: {} },
};

/** `tools` and `toolConfig`. */
export function encodeTools(scope: EncodeScope): EncodedTools {
  const { flat, hosted, opaque } = scope.tools;
  if (flat.length > 0 && scope.target.abilities.tools === false) {
    scope.losses.meaning('tools', 'the model cannot call tools');
    return {};
  }
  for (const tool of opaque) {
    if (tool.dialect !== dialectName)
      scope.losses.meaning('tool.unknown', `unknown tool of the ${tool.dialect} dialect`);
  }
  const functions: readonly JsonObject[] =
    flat.length > 0 ? [{ functionDeclarations: flat.map((tool) => encodeFunction(tool, scope)) }] : [];
  const others = [
    ...hosted.map((tool) => encodeHosted(tool, scope)).filter((tool) => tool !== undefined),
    ...opaque.filter((tool) => tool.dialect === dialectName).map((tool) => tool.value),
  ];
  const first = scope.request.tools[0]?.type;
  const tools = first === 'hosted' ? [...others, ...functions] : [...functions, ...others];
  const config = encodeConfig(scope, { functions: functions.length > 0, others: others.length > 0 });
  return { ...(tools.length > 0 ? { tools } : {}), ...(config ? { toolConfig: config } : {}) };
}

function encodeFunction({ wireName, tool, namespaceDescription }: FlatTool, scope: EncodeScope): JsonObject {
  const described = [namespaceDescription, tool.type === 'custom' ? freeformDescription(tool) : tool.description];
  const description = described.filter(Boolean).join('\n\n');
  const schema = tool.type === 'custom' ? freeformSchema : tool.schema;
  const fitted = schema && fitSchema(schema);
  if (fitted?.lossy) scope.losses.hint('tool.schema', 'a schema that refers to itself is told as any object');
  if (tool.type === 'custom' && tool.grammar) scope.losses.hint('tool.grammar', 'the grammar is told in words only');
  const own = tool.type === 'custom' ? {} : ownExtra(tool.extra);
  return {
    name: wireName,
    ...(description === '' ? {} : { description }),
    // A caller's own `parameters` say the same in Gemini's older form, and only one of the two may stand.
    ...(fitted && own['parameters'] === undefined ? { parametersJsonSchema: fitted.schema } : {}),
    ...own,
  };
}

function encodeHosted(tool: HostedTool, scope: EncodeScope): JsonObject | undefined {
  if (tool.dialect === dialectName) return tool.settings;
  const entry = builtIn[tool.tool];
  if (!entry) {
    scope.losses.hint(`tool.${tool.tool}`, 'Gemini has no built-in tool like it');
    return undefined;
  }
  // https://ai.google.dev/gemini-api/docs/tool-combination
  if (scope.tools.flat.length > 0 && !scope.traits.atLeast3) {
    scope.losses.hint(`tool.${tool.tool}`, 'this model cannot have built-in tools beside functions');
    return undefined;
  }
  return entry;
}

function encodeConfig(scope: EncodeScope, has: { functions: boolean; others: boolean }): JsonObject | undefined {
  const { request, traits } = scope;
  const own = ownExtra(request.extra)['toolConfig'];
  const kept = isJsonObject(own) ? own : {};
  // Without this the combination is refused; `VALIDATED` is the only mode in which the model chooses freely then.
  const combined = has.functions && has.others && traits.atLeast3;
  const calling = has.functions ? encodeChoice(request.toolChoice, combined, scope) : undefined;
  const config: JsonObject = {
    ...(calling ? { functionCallingConfig: calling } : {}),
    ...(combined ? { includeServerSideToolInvocations: true } : {}),
    ...kept,
  };
  return Object.keys(config).length > 0 ? config : undefined;
}

function encodeChoice(choice: ToolChoice | undefined, combined: boolean, scope: EncodeScope): JsonObject | undefined {
  const free: JsonObject | undefined = combined ? { mode: 'VALIDATED' } : undefined;
  switch (choice?.mode) {
    case 'auto':
      return free ?? { mode: 'AUTO' };
    case 'none':
      return { mode: 'NONE' };
    case 'required':
      return { mode: 'ANY' };
    case 'tool':
      return { mode: 'ANY', allowedFunctionNames: [scope.tools.wireName(choice.tool, choice.kind)] };
    case 'hosted':
      scope.losses.hint('tool_choice', 'a built-in tool cannot be forced');
      return free;
    case 'opaque':
      return encodeOpaqueChoice(choice, scope) ?? free;
    default:
      return free;
  }
}

function encodeOpaqueChoice(choice: ToolChoice & { mode: 'opaque' }, scope: EncodeScope): JsonObject | undefined {
  const { dialect, value } = choice;
  if (dialect === dialectName && isJsonObject(value)) return value;
  scope.losses.hint('tool_choice', 'this choice of tools cannot be said here');
  return undefined;
}
