import type { IncomingHttpHeaders } from 'node:http';
import type { RequestKind } from '@turnpike/contract/exchange-record';
import { isJsonObject, type JsonObject, parseJson } from '../core/json.ts';
import type { AgentName } from '../dialects/dialect.ts';

/** Which client this is, from the headers that it cannot help sending. */
export function agentOf(headers: IncomingHttpHeaders): AgentName {
  const originator = headers['originator'];
  if (typeof originator === 'string') {
    if (originator.startsWith('codex')) return 'codex';
    if (originator === 'opencode') return 'opencode';
  }
  const userAgent = headers['user-agent'] ?? '';
  for (const [mark, agent] of marks) if (userAgent.startsWith(mark)) return agent;
  return 'other';
}

/** Which client this is, and which release of it. */
export function callerOf(headers: IncomingHttpHeaders): { readonly agent: AgentName; readonly agentRelease?: string } {
  // For a WebSocket older releases of Codex ask without a name, but with their number.
  const told = headers['user-agent'] ?? `/${first(headers, ['version']) ?? ''}`;
  const release = /^[^\s/]*\/(\d{1,9}\.\d{1,9}\.\d{1,9})/.exec(told)?.[1];
  return { agent: agentOf(headers), ...(release === undefined ? {} : { agentRelease: release }) };
}

const marks: readonly (readonly [string, AgentName])[] = [
  ['codex', 'codex'],
  ['claude-cli', 'claude-code'],
  ['GeminiCLI', 'gemini-cli'],
  ['opencode', 'opencode'],
  ['ai-sdk', 'opencode'],
  ['QwenCode', 'qwen-code'],
  ['Cursor', 'cursor'],
];

/** What an agent tells of the place of a request in its work. Ids are the agent's own. */
export interface Session {
  readonly session?: string;
  readonly thread?: string;
  readonly parentThread?: string;
  readonly turn?: string;
  readonly requestKind?: RequestKind;
}

/**
 * The place of a request in its agent's work. Codex describes its turn in a header of JSON that also holds paths and the state of the
 * user's repository: only ids and words from a closed list are taken from it.
 */
export function sessionOf(headers: IncomingHttpHeaders): Session {
  const described = turnMetadata(headers);
  const session =
    first(headers, ['session-id', 'session_id', 'x-claude-code-session-id', 'x-session-id']) ??
    idIn(described, 'session_id');
  const thread = first(headers, ['thread-id', 'x-claude-code-agent-id']) ?? idIn(described, 'thread_id');
  const parentThread = first(headers, ['x-codex-parent-thread-id', 'x-claude-code-parent-agent-id']);
  const turn = idIn(described, 'turn_id');
  const requestKind = requestKindOf(headers, described);
  return {
    ...(session ? { session } : {}),
    ...(thread ? { thread } : {}),
    ...(parentThread ? { parentThread } : {}),
    ...(turn ? { turn } : {}),
    ...(requestKind ? { requestKind } : {}),
  };
}

/** More than Codex ever sends; what is longer is not read. */
const maxMetadataLength = 64 * 1024;

function turnMetadata(headers: IncomingHttpHeaders): JsonObject {
  const text = headers['x-codex-turn-metadata'];
  if (typeof text !== 'string' || text.length > maxMetadataLength) return {};
  const value = parseJson(text);
  return isJsonObject(value) ? value : {};
}

/** Codex's words for where a thread comes from, and ours for what it does. */
const jobs: ReadonlyMap<string, RequestKind> = new Map([
  ['thread_title', 'title'],
  ['memory_consolidation', 'memory'],
  ['review', 'review'],
]);

/** What the request is for. A summary is one whoever needs it, and a thread's own job says more than that it is a sub-agent's. */
function requestKindOf(headers: IncomingHttpHeaders, described: JsonObject): RequestKind | undefined {
  const asked = wordIn(described, 'request_kind');
  if (asked === 'compaction' || asked === 'prewarm') return asked;
  if (headers['x-openai-memgen-request'] !== undefined) return 'memory';
  const subagent = first(headers, ['x-openai-subagent']);
  const job = jobs.get(wordIn(described, 'thread_source')) ?? jobs.get(subagent ?? '');
  if (job) return job;
  if (subagent !== undefined || headers['x-claude-code-agent-id'] !== undefined) return 'subagent';
  return asked === 'turn' ? 'turn' : undefined;
}

function wordIn(described: JsonObject, field: string): string {
  const value = described[field];
  return typeof value === 'string' ? value : '';
}

function idIn(described: JsonObject, field: string): string | undefined {
  const value = described[field];
  return typeof value === 'string' && value !== '' && value.length <= maxIdLength ? value : undefined;
}

/** Ids longer than this are not ids. */
const maxIdLength = 200;

function first(headers: IncomingHttpHeaders, names: readonly string[]): string | undefined {
  for (const name of names) {
    const value = headers[name];
    if (typeof value === 'string' && value !== '' && value.length <= maxIdLength) return value;
  }
  return undefined;
}
