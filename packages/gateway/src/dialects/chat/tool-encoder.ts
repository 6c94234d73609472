import type { HostedTool, ToolChoice } from '../../core/items.ts';
import { isJsonObject, type Json, type JsonObject } from '../../core/json.ts';
import { freeformDescription, freeformSchema } from '../shared/freeform.ts';
import type { FlatTool, NameRules, ToolTable } from '../shared/tool-table.ts';
import { stripSchema } from '../shared/strip-schema.ts';
import { maySearchLive } from '../shared/web-search.ts';
import { cacheControl, type EncodeScope } from './part-encoder.ts';
import { given } from '../shared/given.ts';
import { ownFields, typeOf } from './types.ts';

/** https://platform.openai.com/docs/api-reference/chat/create: a-z, A-Z, 0-9, underscores and dashes, at most 64. */
export const nameRules: NameRules = { maxLength: 64, forbidden: /[^a-zA-Z0-9_-]/g };

/** All tools that can be said, and the fields that switch on what the vendor runs itself. */
export function encodeTools(
  table: ToolTable,
  scope: EncodeScope,
): { readonly tools: readonly JsonObject[]; readonly beside: JsonObject } {
  if (table.flat.length > 0 && scope.target.abilities.tools === false) {
    scope.losses.meaning('tools', `the model ${scope.target.model} cannot call tools`);
  }
  const opaque = table.opaque.flatMap((tool) => {
    if (tool.dialect === 'chat') return [tool.value];
    // A hint: the model simply cannot call what it was not told of, and one new tool type must not lock out every other model.
    scope.losses.hint(`tool.${typeOf(tool.value)}`, 'Chat Completions has no form for a tool of this type');
    return [];
  });
  const own = table.hosted.find((tool) => tool.tool === 'web_search' && tool.dialect === 'chat');
  const hosted = table.hosted.filter((tool) => tool !== own).flatMap((tool) => encodeHosted(tool, scope));
  return {
    tools: [...table.flat.map((tool) => encodeTool(tool, scope)), ...opaque, ...hosted],
    // A search that a Chat caller asked for goes on as it was.
    beside: own ? { web_search_options: own.settings } : {},
  };
}

/** Nothing that vendors run has a common form here. */
function encodeHosted(tool: HostedTool, scope: EncodeScope): readonly JsonObject[] {
  const { issuer, quirks } = scope.target;
  if (quirks.webSearch && maySearchLive(tool)) return [quirks.webSearch];
  scope.losses.hint(`tool.${tool.tool}`, `${issuer} offers no such tool through Chat Completions`);
  return [];
}

function encodeTool(flat: FlatTool, scope: EncodeScope): JsonObject {
  const { tool } = flat;
  if (tool.type === 'custom' && scope.target.issuer === 'openai') return nativeCustom(flat, scope);
  const { function: inner, ...outer } = ownFields(tool);
  const cache = tool.type === 'function' ? tool.cache : undefined;
  return {
    type: 'function',
    function: {
      name: flat.wireName,
      ...given('description', describe(flat, scope)),
      ...given('parameters', fitParameters(parametersOf(flat), scope)),
      ...given('strict', strictOf(tool, scope)),
      ...(isJsonObject(inner) ? inner : {}),
    },
    ...cacheControl(cache, scope),
    ...outer,
  };
}

function strictOf(tool: FlatTool['tool'], { target, losses }: EncodeScope): boolean | undefined {
  if (tool.type !== 'function' || target.quirks.noStrictTools !== true)
    return tool.type === 'function' ? tool.strict : undefined;
  if (tool.strict === true) losses.hint('tool.strict', `${target.issuer} does not hold models to the schema`);
  return undefined;
}

function fitParameters(schema: JsonObject | undefined, { target, losses }: EncodeScope): JsonObject | undefined {
  const fitted = schema && stripSchema(schema, target.quirks.schemaOmit ?? []);
  if (fitted !== schema) losses.hint('tool.schema', `${target.issuer} refuses some keywords of JSON Schema`);
  return fitted;
}

function nativeCustom(flat: FlatTool, scope: EncodeScope): JsonObject {
  const grammar = flat.tool.type === 'custom' ? flat.tool.grammar : undefined;
  return {
    type: 'custom',
    custom: {
      name: flat.wireName,
      ...given('description', describe(flat, scope)),
      ...(grammar
        ? { format: { type: 'grammar', grammar: { syntax: grammar.syntax, definition: grammar.definition } } }
        : {}),
    },
    ...ownFields(flat.tool),
  };
}

function describe(flat: FlatTool, scope: EncodeScope): string | undefined {
  const own = ownDescription(flat, scope);
  if (flat.namespaceDescription === undefined) return own === '' ? undefined : own;
  return own === '' || own === undefined ? flat.namespaceDescription : `${own}\n\n${flat.namespaceDescription}`;
}

function ownDescription({ tool }: FlatTool, scope: EncodeScope): string | undefined {
  if (tool.type !== 'custom' || scope.target.issuer === 'openai') return tool.description;
  if (tool.grammar) scope.losses.hint('tool.grammar', 'the grammar is told in words; the vendor does not enforce it');
  return freeformDescription(tool);
}

/** Codex's search tool without a schema of its own still takes a query. */
const searchSchema: JsonObject = { type: 'object', properties: { query: { type: 'string' } }, required: ['query'] };

/** A function without a schema has no arguments, by the API's own words. */
function parametersOf({ tool }: FlatTool): JsonObject | undefined {
  if (tool.type === 'custom') return freeformSchema;
  return tool.schema ?? (tool.type === 'search' ? searchSchema : undefined);
}

/** `tool_choice`, where there are tools to choose from. */
export function encodeToolChoice(choice: ToolChoice, table: ToolTable, scope: EncodeScope): Json | undefined {
  const taken: readonly string[] | undefined = scope.target.quirks.toolChoices;
  if (taken && isCommonChoice(choice) && !taken.includes(choice.mode)) {
    scope.losses.hint('tool_choice', `${scope.target.issuer} takes no such choice`);
    return choice.mode === 'tool' && taken.includes('required') ? 'required' : undefined;
  }
  switch (choice.mode) {
    case 'tool': {
      const type = choice.kind === 'custom' && scope.target.issuer === 'openai' ? 'custom' : 'function';
      return { type, [type]: { name: table.wireName(choice.tool, choice.kind) } };
    }
    case 'hosted':
      scope.losses.hint('tool_choice', `Chat Completions cannot force the vendor's ${choice.tool}`);
      return undefined;
    case 'opaque':
      if (choice.dialect === 'chat') return choice.value;
      scope.losses.hint('tool_choice', 'Chat Completions has no form for this choice of tools');
      return undefined;
    default:
      return choice.mode;
  }
}

function isCommonChoice({ mode }: ToolChoice): boolean {
  return mode === 'none' || mode === 'required' || mode === 'tool';
}
