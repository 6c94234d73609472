import type { IncomingHttpHeaders } from 'node:http';
import type { AgentName } from '../dialects/dialect.ts';
import type { Credentials } from '../identity/authenticate.ts';

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

const marks: readonly (readonly [string, AgentName])[] = [
  ['codex', 'codex'],
  ['claude-cli', 'claude-code'],
  ['GeminiCLI', 'gemini-cli'],
  ['opencode', 'opencode'],
  ['ai-sdk', 'opencode'],
  ['QwenCode', 'qwen-code'],
  ['Cursor', 'cursor'],
];

/** Headers in which agents carry their key, first found wins. */
const keyHeaders = ['x-api-key', 'x-goog-api-key', 'api-key', 'x-bf-vk'];

/** The virtual key a caller shows. A ChatGPT login is recognised by its token's form and companion header, and not kept. */
export function credentialsOf(headers: IncomingHttpHeaders): Credentials {
  const bearer = bearerOf(headers.authorization);
  if (bearer !== undefined && headers['chatgpt-account-id'] !== undefined && isJwt(bearer))
    return { foreignLogin: true };
  if (bearer) return { key: bearer };
  for (const name of keyHeaders) {
    const value = headers[name];
    if (typeof value === 'string' && value.trim() !== '') return { key: value.trim() };
  }
  return {};
}

function bearerOf(authorization: string | undefined): string | undefined {
  const match = authorization === undefined ? null : /^bearer\s+(\S+)\s*$/i.exec(authorization);
  return match?.[1];
}

function isJwt(token: string): boolean {
  return token.split('.').length === 3;
}

/** The agent's own names for its session and thread. */
export function sessionOf(headers: IncomingHttpHeaders): { session?: string; thread?: string } {
  const session = first(headers, ['session-id', 'x-claude-code-session-id', 'x-session-id']);
  const thread = first(headers, ['thread-id', 'x-claude-code-agent-id']);
  return { ...(session ? { session } : {}), ...(thread ? { thread } : {}) };
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
