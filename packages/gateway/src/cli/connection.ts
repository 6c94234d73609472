import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Json } from '../core/json.ts';
import { isJsonObject, type JsonObject, parseJson } from '../core/json.ts';
import { adminTokenPath, adminTokenVariable } from '../config/admin-tokens.ts';
import { CommandError, type CommandIo } from './io.ts';

/** Flags that every command over the API has. */
export interface ConnectionFlags {
  readonly url?: string;
  readonly token?: string;
  readonly data?: string;
  readonly json?: boolean;
}

export interface ApiRequest {
  readonly query?: Readonly<Record<string, string | undefined>>;
  readonly body?: Json;
}

/** The admin API of a gateway. */
export interface Api {
  /** Rejects with a `CommandError` unless it goes well. */
  call(method: string, path: string, request?: ApiRequest): Promise<JsonObject>;
  /** For answers that are text. */
  text(method: string, path: string, request?: ApiRequest): Promise<string>;
}

/** How long a gateway may take to answer. */
const timeoutMs = 60_000;

/** The address of the gateway that flags or the environment name, or else of the one on this machine. */
export function addressOf({ url }: ConnectionFlags, { env }: CommandIo): string {
  return (url ?? env['TURNPIKE_URL'] ?? `http://localhost:${env['TURNPIKE_PORT'] ?? '8080'}`).replace(/\/+$/, '');
}

/** The API of the gateway that flags or the environment name, or else of the one on this machine. */
export async function connect(flags: ConnectionFlags, io: CommandIo): Promise<Api> {
  const url = addressOf(flags, io);
  const token = flags.token ?? io.env[adminTokenVariable] ?? (await keptToken(url, flags, io));

  async function text(method: string, path: string, { query = {}, body }: ApiRequest = {}): Promise<string> {
    const search = new URLSearchParams();
    for (const [name, value] of Object.entries(query)) if (value !== undefined) search.set(name, value);
    const response = await fetch(`${url}${path}${search.size === 0 ? '' : `?${search.toString()}`}`, {
      method,
      headers: {
        authorization: `Bearer ${token}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(timeoutMs),
    }).catch((error: unknown) => {
      throw new CommandError(unreachable(url, error));
    });
    const answer = await response.text();
    if (response.ok) return answer;
    throw new CommandError(refusal(response.status, answer, url));
  }

  return {
    text,
    async call(method, path, request) {
      const answer = parseJson(await text(method, path, request));
      if (isJsonObject(answer)) return answer;
      throw new CommandError(`${url} does not answer like a Turnpike gateway.`);
    },
  };
}

/** The token of this machine’s gateway, which goes to no other one. */
async function keptToken(url: string, flags: ConnectionFlags, io: CommandIo): Promise<string> {
  if (!/^https?:\/\/(?:localhost|127\.\d+\.\d+\.\d+|\[::1\])(?::\d+)?$/.test(url))
    throw new CommandError(`Which token does ${url} know? Set ${adminTokenVariable}, or use --token.`);
  const path = adminTokenPath(dataDirectory(flags, io));
  const text = await readFile(path, 'utf8').catch(() => undefined);
  if (text !== undefined && text.trim() !== '') return text.trim();
  throw new CommandError(
    `There is no administrative token: ${path} cannot be read. Set ${adminTokenVariable}, or name a token with --token, or the gateway’s data directory with --data.`,
  );
}

/** Where the gateway of this machine keeps its things. */
export function dataDirectory({ data }: ConnectionFlags, { env, cwd }: CommandIo): string {
  return resolve(cwd, data ?? env['TURNPIKE_DATA'] ?? './data');
}

function unreachable(url: string, error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  const code = cause instanceof Error && 'code' in cause ? cause.code : undefined;
  const why =
    code === 'ECONNREFUSED'
      ? 'nothing listens there'
      : cause instanceof Error && cause.message !== ''
        ? cause.message
        : 'it does not answer';
  return `The gateway at ${url} cannot be reached: ${why}. Is it running? Another one is named with --url or TURNPIKE_URL.`;
}

function refusal(status: number, answer: string, url: string): string {
  const parsed = parseJson(answer);
  const error = isJsonObject(parsed) ? parsed['error'] : undefined;
  if (!isJsonObject(error) || typeof error['message'] !== 'string')
    return `The gateway at ${url} answered with ${status}, and not as its admin API does. Is it on? (admin.api)`;
  const details = Array.isArray(error['details']) ? error['details'] : [];
  if (details.length < 2) return sentence(error['message']);
  const lines = details.map((detail: Json) => (isJsonObject(detail) ? `  ${detailText(detail)}` : ''));
  return [`${details.length} things are wrong; nothing was changed.`, ...lines].join('\n');
}

function detailText({ path, message }: JsonObject): string {
  return asText(path) === '' ? asText(message) : `${asText(path)}: ${asText(message)}`;
}

function asText(value: Json | undefined): string {
  return typeof value === 'string' ? value : '';
}

function sentence(text: string): string {
  return /[.!?)^]$/.test(text) ? text : `${text}.`;
}
