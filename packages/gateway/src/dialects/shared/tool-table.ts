import { createHash } from 'node:crypto';
import type {
  CanonicalRequest,
  CustomTool,
  FunctionTool,
  HostedTool,
  OpaqueTool,
  SearchTool,
  Tool,
  ToolKind,
  ToolName,
} from '../../core/items.ts';

/** What a target allows in tool names. */
export interface NameRules {
  readonly maxLength: number;
  /** Matches one character that is NOT allowed. Must be global. */
  readonly forbidden: RegExp;
}

/** A tool as a target without namespaces sees it. */
export interface FlatTool {
  readonly wireName: string;
  readonly kind: ToolKind;
  readonly name: ToolName;
  readonly tool: FunctionTool | CustomTool | SearchTool;
  /** The namespace's own description, to be told with the tool's. */
  readonly namespaceDescription?: string;
}

export interface ResolvedTool {
  readonly kind: ToolKind;
  readonly tool: ToolName;
}

/**
 * The one place where namespaced tool names become flat ones and come back.
 * Same tools in the same order give the same names: prompt caches depend on it.
 */
export interface ToolTable {
  /** Tools the agent runs, flat, in order of declaration: request tools, then those declared in the history. First declaration of a name wins. */
  readonly flat: readonly FlatTool[];
  readonly hosted: readonly HostedTool[];
  readonly opaque: readonly OpaqueTool[];
  /** The name to write for a tool, also for one that is only mentioned in the history. */
  wireName(tool: ToolName, kind: ToolKind): string;
  /** What a name in an answer means. A name that was never declared is returned as a plain function of that name. */
  resolve(wireName: string): ResolvedTool;
}

/** Codex's namespace for its plain tools: it adds nothing to a name. */
const plainNamespace = 'functions';
export const searchToolName = 'tool_search';

/** Dialects that write names as they are need no rules. */
export const anyName: NameRules = { maxLength: Number.POSITIVE_INFINITY, forbidden: /(?!)/g };

export function createToolTable(request: CanonicalRequest, rules: NameRules): ToolTable {
  const byWireName = new Map<string, ResolvedTool>();
  /** Wire names by namespace, then by name. */
  const known = new Map<string, Map<string, string>>();
  const flat: FlatTool[] = [];
  const hosted: HostedTool[] = [];
  const opaque: OpaqueTool[] = [];

  function wireName(tool: ToolName, kind: ToolKind): string {
    const space = namesIn(tool);
    const before = space.get(tool.name);
    if (before !== undefined) return before;
    const name = freeName(tool, identityOf(tool));
    space.set(tool.name, name);
    byWireName.set(name, { kind, tool });
    return name;
  }

  function namesIn(tool: ToolName): Map<string, string> {
    const namespace = namespaceOf(tool);
    const space = known.get(namespace) ?? new Map<string, string>();
    known.set(namespace, space);
    return space;
  }

  function freeName(tool: ToolName, identity: string): string {
    const wanted = fit(joinName(tool), rules, identity);
    return byWireName.has(wanted) ? withDigest(wanted, rules, identity) : wanted;
  }

  function declare(tool: FunctionTool | CustomTool | SearchTool, namespace?: { name: string; description?: string }) {
    const kind: ToolKind = tool.type;
    const bare = tool.type === 'search' ? searchToolName : tool.name;
    const name: ToolName = namespace ? { name: bare, namespace: namespace.name } : { name: bare };
    if (namesIn(name).has(name.name)) return;
    const described = namespace?.description ? { namespaceDescription: namespace.description } : {};
    flat.push({ wireName: wireName(name, kind), kind, name, tool, ...described });
  }

  for (const tool of declaredTools(request)) {
    if (tool.type === 'hosted') hosted.push(tool);
    else if (tool.type === 'opaque') opaque.push(tool);
    else if (tool.type === 'namespace') for (const inner of tool.tools) declare(inner, tool);
    else declare(tool);
  }

  return {
    flat,
    hosted,
    opaque,
    wireName,
    resolve: (name) => byWireName.get(name) ?? { kind: 'function', tool: { name } },
  };
}

/** All tools of a request: declared beside the history and inside it. */
export function declaredTools(request: CanonicalRequest): readonly Tool[] {
  const all = [...request.tools];
  for (const item of request.items) {
    if (item.type === 'tools') all.push(...item.tools);
    else if (item.type === 'tool-result' && item.tools) all.push(...item.tools);
  }
  return all;
}

function joinName(tool: ToolName): string {
  return tool.namespace === undefined || tool.namespace === plainNamespace
    ? tool.name
    : `${tool.namespace}__${tool.name}`;
}

function identityOf(tool: ToolName): string {
  return `${namespaceOf(tool)}\u0000${tool.name}`;
}

function namespaceOf({ namespace }: ToolName): string {
  return namespace === undefined || namespace === plainNamespace ? '' : namespace;
}

function fit(name: string, rules: NameRules, identity: string): string {
  const clean = name.replace(rules.forbidden, '_');
  return clean.length <= rules.maxLength ? clean : withDigest(clean, rules, identity);
}

/** Shortens and appends a digest of the full identity, so that two long or odd names never meet. */
function withDigest(name: string, rules: NameRules, identity: string): string {
  const digest = createHash('sha256').update(identity).digest('hex').slice(0, 8);
  const room = Math.min(name.length, rules.maxLength - digest.length - 1);
  return `${name.slice(0, room)}_${digest}`;
}
