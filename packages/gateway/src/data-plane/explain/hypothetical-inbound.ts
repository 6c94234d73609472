import type { RouteQuestion } from '@turnpike/contract/route-question';
import type { Clock } from '../../core/clock.ts';
import { Failure } from '../../core/failure.ts';
import type { ClientDialectName } from '../../core/items.ts';
import type { JsonObject } from '../../core/json.ts';
import type { Inbound } from '../../pipeline/inbound.ts';
import { callerOf, sessionOf } from '../caller.ts';
import { type Addressed, pathOf, type Route, routeOf } from '../routes.ts';
import { imaginedRequest } from './imagined-request.ts';

/** What the data plane would know of a request, without one. */
export interface InboundParts {
  readonly clock: Clock;
  newId(prefix: string): string;
}

/** The request of a question as if it had come in. Throws `route-not-found` where its path is for something else than an answer of a model. */
export function hypotheticalInbound(question: RouteQuestion, { clock, newId }: InboundParts): Inbound {
  const { request, at, kind, session, agent } = question;
  const headers = { ...headersOf(request?.headers ?? {}), ...headersOf(question.headers) };
  const { dialect, body, addressed, ...door } = askedOf(question);
  const bytes = Buffer.from(JSON.stringify(body));
  return {
    id: newId('ex_'),
    receivedAt: at === undefined ? clock.now() : Date.parse(at),
    receivedMonotonicMs: clock.monotonicMs(),
    dialect,
    credentials: {},
    ...callerOf(headers),
    ...sessionOf(headers),
    ...(agent === undefined ? {} : { agent }),
    ...(session === undefined ? {} : { session }),
    ...(kind === undefined ? {} : { requestKind: kind }),
    headers,
    ...door,
    ...(addressed ? { addressed } : {}),
    readBody: async () => bytes,
    signal: new AbortController().signal,
  };
}

interface Asked {
  readonly dialect: ClientDialectName;
  readonly body: JsonObject;
  readonly addressed?: Addressed;
  readonly provider?: string;
  readonly compacts?: boolean;
}

function askedOf(question: RouteQuestion): Asked {
  const { request, model, stream } = question;
  if (!request) {
    const { dialect, body } = imaginedRequest(question);
    return { dialect, body, ...(dialect === 'gemini' ? { addressed: { model: model ?? '', stream } } : {}) };
  }
  const door = doorOf(request.path, request.body);
  const isAddressed = door.addressed !== undefined || door.dialect === 'gemini';
  if (isAddressed) {
    const addressed = { stream, ...door.addressed, ...(model === undefined ? {} : { model }) };
    return { ...door, body: request.body, addressed: { model: '', ...addressed } };
  }
  return { ...door, body: model === undefined ? request.body : { ...request.body, model } };
}

function doorOf(path: string | undefined, body: JsonObject): Omit<Asked, 'body'> {
  if (path === undefined) return { dialect: dialectOfBody(body) };
  const route: Route | undefined = routeOf(pathOf(path));
  if (route?.operation === 'generate') {
    const { dialect, addressed, provider } = route;
    return { dialect, ...(addressed ? { addressed } : {}), ...(provider === undefined ? {} : { provider }) };
  }
  if (route?.operation === 'compact') return { dialect: route.dialect, compacts: true };
  throw new Failure(
    'route-not-found',
    `${path} asks no model for an answer. Such requests are explained: /openai/v1/responses, /openai/v1/chat/completions, /anthropic/v1/messages, /gemini/v1beta/models/MODEL:generateContent.`,
  );
}

/** In which dialect a body is written that came without its path. */
function dialectOfBody(body: JsonObject): ClientDialectName {
  if ('contents' in body) return 'gemini';
  if ('input' in body) return 'responses';
  // Only there it must be set, and tools have their schemas under this name.
  const isMessages =
    'max_tokens' in body && ('system' in body || JSON.stringify(body['tools'] ?? '').includes('"input_schema"'));
  return isMessages || 'anthropic_version' in body ? 'messages' : 'chat';
}

function headersOf(headers: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}
