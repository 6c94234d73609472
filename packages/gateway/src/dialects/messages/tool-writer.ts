import type { CanonicalRequest, HostedTool, Tool } from '../../core/items.ts';
import { isJsonObject, type JsonObject, unknownFields } from '../../core/json.ts';
import type { EncodeTarget } from '../dialect.ts';
import { freeformDescription, freeformSchema } from '../shared/freeform.ts';
import { declaredTools, type FlatTool, type NameRules, type ToolTable } from '../shared/tool-table.ts';
import { maySearchLive } from '../shared/web-search.ts';
import { writeCacheControl } from './cache-control.ts';
import type { LossList } from '../shared/losses.ts';
import type { ModelRules } from './model-rules.ts';
import { type Block, here, homeIssuer, ownFields } from './types.ts';

/** https://platform.claude.com/docs/en/agents-and-tools/tool-use/define-tools */
export const nameRules: NameRules = { maxLength: 64, forbidden: /[^a-zA-Z0-9_-]/g };

export interface ToolContext {
  readonly target: EncodeTarget;
  readonly table: ToolTable;
  readonly losses: LossList;
  /** The caller speaks Messages: tools are written as they were declared. */
  readonly own: boolean;
}

/** All tools in order of declaration: a stable order keeps the prompt cache. */
export function writeTools(request: CanonicalRequest, context: ToolContext): readonly Block[] {
  const flat = new Map<Tool, FlatTool>(context.table.flat.map((tool) => [tool.tool, tool]));
  return declaredTools(request).flatMap((tool): readonly Block[] => {
    if (tool.type === 'hosted') return writeHosted(tool, context);
    if (tool.type === 'opaque') return writeOpaque(tool.dialect, tool.value, context);
    const inner: readonly Tool[] = tool.type === 'namespace' ? tool.tools : [tool];
    // A tool that is not in the table was declared before.
    return inner.flatMap((each) => {
      const found = flat.get(each);
      return found ? [writeFlat(found, context)] : [];
    });
  });
}

function writeFlat({ wireName, tool, namespaceDescription }: FlatTool, context: ToolContext): Block {
  const own = tool.type === 'function' ? { ...writeCacheControl(tool.cache), ...ownFields(tool) } : {};
  const description = tool.type === 'custom' ? freeformDescription(tool) : tool.description;
  if (tool.type === 'custom' && tool.grammar) {
    context.losses.hint('tool.grammar', 'freeform tools are told as functions here, their grammar in words');
  }
  const told = [namespaceDescription, description].filter((text) => text !== undefined && text !== '').join('\n\n');
  return {
    name: wireName,
    ...(told === '' && description === undefined ? {} : { description: told }),
    input_schema: schemaOf(tool, context),
    ...(tool.type === 'function' ? strictness(tool.strict, context) : {}),
    ...own,
  };
}

function strictness(strict: boolean | undefined, { own, losses }: ToolContext): JsonObject {
  if (own && strict !== undefined) return { strict };
  // Anthropic has strict tools too, but refuses schemas that others take as strict.
  if (strict === true) losses.hint('tool.strict', 'the schema is told, but not enforced');
  return {};
}

const topLevelChoices: ReadonlySet<string> = new Set(['anyOf', 'oneOf', 'allOf']);

/** The API wants an object schema, and no alternatives at its top. */
function schemaOf(tool: FlatTool['tool'], { own, losses }: ToolContext): JsonObject {
  if (tool.type === 'custom') return freeformSchema;
  const schema = tool.schema ?? {};
  if (own && tool.schema) return schema;
  const kept = unknownFields(schema, topLevelChoices) ?? {};
  if (Object.keys(schema).some((key) => topLevelChoices.has(key))) {
    losses.hint('tool.schema', 'alternatives at the top of a schema are not allowed here');
  }
  return { ...kept, type: 'object', ...(isJsonObject(kept['properties']) ? {} : { properties: {} }) };
}

function writeOpaque(dialect: string, value: JsonObject, { losses }: ToolContext): readonly Block[] {
  if (dialect === here) return [value];
  losses.meaning('tool.unknown', `a tool of a type that only ${dialect} knows`);
  return [];
}

/** The caller's own hosted tool as it came; another dialect's web search as Anthropic's; any other is dropped. */
function writeHosted(tool: HostedTool, context: ToolContext): readonly Block[] {
  if (tool.dialect === here) return [tool.settings];
  const search = maySearchLive(tool) ? webSearch(tool.settings, context) : undefined;
  if (search) return [search];
  context.losses.hint(`tool.${tool.tool}`, 'a tool that only its own provider runs');
  return [];
}

/** https://platform.claude.com/docs/en/agents-and-tools/tool-use/web-search-tool */
function webSearch(settings: JsonObject, { target, table }: ToolContext): Block | undefined {
  if (target.issuer !== homeIssuer) return undefined;
  if (table.flat.some((tool) => tool.wireName === 'web_search')) return undefined;
  const filters = isJsonObject(settings['filters']) ? settings['filters'] : {};
  const location = settings['user_location'];
  return {
    type: 'web_search_20250305',
    name: 'web_search',
    ...(Array.isArray(filters['allowed_domains']) ? { allowed_domains: filters['allowed_domains'] } : {}),
    ...(isJsonObject(location) ? { user_location: location } : {}),
  };
}

/** `tool_choice`, or nothing where the default says the same. Without tools the API refuses it. */
export function writeToolChoice(
  request: CanonicalRequest,
  tools: readonly Block[],
  context: ToolContext & { readonly rules: ModelRules },
): { tool_choice?: JsonObject } {
  if (tools.length === 0) return {};
  const choice =
    context.rules.forcedTools || context.own ? chosen(request, tools, context) : unforced(request, context);
  const { parallelToolCalls: parallel } = request;
  const single = parallel === false || (context.own && parallel === true);
  if (!choice && !single) return {};
  const limit = single && choice?.['type'] !== 'none' ? { disable_parallel_tool_use: !parallel } : {};
  return { tool_choice: { ...(choice ?? { type: 'auto' }), ...limit } };
}

function chosen(request: CanonicalRequest, tools: readonly Block[], context: ToolContext): JsonObject | undefined {
  const choice = request.toolChoice;
  switch (choice?.mode) {
    case 'auto':
    case 'none':
      return { type: choice.mode };
    case 'required':
      return { type: 'any' };
    case 'tool':
      return named(context.table.wireName(choice.tool, choice.kind), tools, context);
    case 'hosted':
      return named(choice.tool, tools, context);
    case 'opaque':
      if (choice.dialect === here && isJsonObject(choice.value)) return choice.value;
      context.losses.hint('tool_choice', 'a choice that only its own dialect knows');
      return undefined;
    default:
      return undefined;
  }
}

function named(name: string, tools: readonly Block[], { losses }: ToolContext): JsonObject | undefined {
  if (tools.some((tool) => tool['name'] === name)) return { type: 'tool', name };
  losses.hint('tool_choice', 'the chosen tool is not among the tools');
  return undefined;
}

function unforced(request: CanonicalRequest, { losses }: ToolContext): JsonObject | undefined {
  const mode = request.toolChoice?.mode;
  if (mode === 'auto' || mode === 'none') return { type: mode };
  if (mode !== undefined) losses.hint('tool_choice', 'this model does not let itself be forced to a tool');
  return undefined;
}
