import type { CustomTool, FunctionTool, HostedTool, SearchTool, Tool, ToolChoice } from '../../core/items.ts';
import type { Json, JsonObject } from '../../core/json.ts';
import { freeformDescription, freeformSchema } from '../shared/freeform.ts';
import type { FlatTool } from '../shared/tool-table.ts';
import { maySearchLive } from '../shared/web-search.ts';
import { cameFromHere, wholeValue, withExtra } from './extra.ts';
import { hostedToolOfType } from './types.ts';
import type { WriteScope } from './write-scope.ts';

const noArguments: JsonObject = { type: 'object', properties: {} };

/** Writes tools as this dialect has them: freeform, in namespaces, found by search. */
export function encodeTools(tools: readonly Tool[], scope: WriteScope): readonly JsonObject[] {
  return tools.map((tool) => encodeTool(tool, scope)).filter((tool) => tool !== undefined);
}

function encodeTool(tool: Tool, scope: WriteScope): JsonObject | undefined {
  switch (tool.type) {
    case 'function':
      return encodeFunction(tool, scope);
    case 'custom':
      return encodeCustom(tool, scope);
    case 'namespace': {
      const tools = tool.tools.map((inner) =>
        inner.type === 'function' ? encodeFunction(inner, scope) : encodeCustom(inner, scope),
      );
      return withExtra({ type: 'namespace', name: tool.name, ...described(tool), tools }, tool.extra, scope.home);
    }
    case 'search':
      return encodeSearch(tool, scope);
    case 'hosted':
      return encodeHosted(tool, scope);
    default:
      if (tool.dialect === 'responses') return wholeValue(tool.value, scope.home);
      scope.losses.meaning('tool', `a tool of the ${tool.dialect} API has no counterpart here`);
      return undefined;
  }
}

/** This API takes an absent `strict` as true, all others as false: what came from elsewhere must say so. */
function encodeFunction(tool: FunctionTool, scope: WriteScope): JsonObject {
  const defaults = cameFromHere(tool.extra) ? {} : { parameters: noArguments, strict: false };
  const known = {
    type: 'function',
    name: tool.name,
    ...described(tool),
    ...defaults,
    ...(tool.strict === undefined ? {} : { strict: tool.strict }),
    ...(tool.schema === undefined ? {} : { parameters: tool.schema }),
  };
  return withExtra(known, tool.extra, scope.home);
}

function encodeCustom(tool: CustomTool, scope: WriteScope): JsonObject {
  const format = tool.grammar ? { format: { type: 'grammar', ...tool.grammar } } : {};
  return withExtra({ type: 'custom', name: tool.name, ...described(tool), ...format }, tool.extra, scope.home);
}

function encodeSearch(tool: SearchTool, scope: WriteScope): JsonObject {
  const parameters = tool.schema === undefined ? {} : { parameters: tool.schema };
  return withExtra(
    { type: 'tool_search', execution: 'client', ...described(tool), ...parameters },
    tool.extra,
    scope.home,
  );
}

function described(tool: { readonly description?: string }): JsonObject {
  return tool.description === undefined ? {} : { description: tool.description };
}

/** Only these can be declared without settings that no other API gives. */
const plainHosted: Readonly<Record<string, JsonObject>> = {
  web_search: { type: 'web_search' },
  code_interpreter: { type: 'code_interpreter', container: { type: 'auto' } },
};

function encodeHosted(tool: HostedTool, scope: WriteScope): JsonObject | undefined {
  if (tool.dialect === 'responses') return wholeValue(tool.settings, scope.home);
  const plain = Object.hasOwn(plainHosted, tool.tool) ? plainHosted[tool.tool] : undefined;
  if (!plain) scope.losses.hint(`tool.${tool.tool}`, 'this provider has no such tool of its own');
  return plain;
}

/** Writes all tools as plain functions, for vendors that speak this dialect without Codex's tools. */
export function encodeFlatTools(scope: WriteScope): readonly JsonObject[] {
  const told = new Set<string>();
  const hosted = scope.tools.hosted.flatMap((tool) => encodeVendorTool(tool, scope));
  for (const tool of scope.tools.opaque) {
    const type = typeof tool.value['type'] === 'string' ? tool.value['type'] : 'unknown';
    scope.losses.meaning(`tool.${type}`, 'this provider knows only function tools');
  }
  return [...scope.tools.flat.map((flat) => encodeFlat(flat, told, scope)), ...hosted];
}

/** A tool that this vendor runs itself, without OpenAI's settings, which it might refuse. */
function encodeVendorTool(tool: HostedTool, scope: WriteScope): readonly JsonObject[] {
  const { tool: type, settings } = tool;
  const isLive = type !== 'web_search' || maySearchLive(tool);
  if (!isLive || !scope.hostedTools.includes(type)) {
    scope.losses.hint(`tool.${type}`, 'this provider has no such tool of its own');
    return [];
  }
  if (settings['filters'] !== undefined) scope.losses.hint(`tool.${type}.filters`, 'filters are OpenAI’s own');
  return [{ type }];
}

function encodeFlat(flat: FlatTool, told: Set<string>, scope: WriteScope): JsonObject {
  const { tool } = flat;
  const description = withNamespace(
    flat,
    tool.type === 'custom' ? freeformDescription(tool) : (tool.description ?? ''),
    told,
  );
  const about = description === '' ? {} : { description };
  if (tool.type === 'custom') {
    if (tool.grammar) {
      scope.losses.hint(`tool.${tool.name}.grammar`, 'the grammar is told in words, not enforced');
    }
    return { type: 'function', name: flat.wireName, ...about, parameters: freeformSchema, strict: false };
  }
  const strict = tool.type === 'function' && tool.strict === true;
  return { type: 'function', name: flat.wireName, ...about, parameters: tool.schema ?? noArguments, strict };
}

/** A namespace's description is told once, with its first tool: servers put whole manuals there. */
function withNamespace(flat: FlatTool, description: string, told: Set<string>): string {
  const { namespace } = flat.name;
  if (namespace === undefined || !flat.namespaceDescription || told.has(namespace)) return description;
  told.add(namespace);
  return `${description}\n\nAbout the "${namespace}" tools: ${flat.namespaceDescription}`.trim();
}

/** Writes `tool_choice`; undefined when it cannot be said. */
export function encodeToolChoice(choice: ToolChoice, scope: WriteScope): Json | undefined {
  switch (choice.mode) {
    case 'tool': {
      if (!scope.native) return { type: 'function', name: scope.tools.wireName(choice.tool, choice.kind) };
      if (choice.kind === 'search') return { type: 'tool_search' };
      return { type: choice.kind, ...choice.tool };
    }
    case 'hosted':
      if (scope.native && hostedToolOfType(choice.tool) === choice.tool) return { type: choice.tool };
      break;
    case 'opaque':
      if (scope.native && choice.dialect === 'responses') return choice.value;
      break;
    default:
      return choice.mode;
  }
  scope.losses.hint('tool_choice', 'this provider has no such choice of tools');
  return undefined;
}
