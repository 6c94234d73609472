import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { asFailure, Failure } from '../core/failure.ts';
import type { Log } from '../core/log.ts';
import { dialects } from '../dialects/registry.ts';
import type { Principal } from '../identity/principal.ts';
import { asksForCount, countTokens } from '../pipeline/count-tokens.ts';
import { type ExchangePorts, exchange } from '../pipeline/exchange.ts';
import type { Inbound } from '../pipeline/inbound.ts';
import { passage } from '../pipeline/passage/passage.ts';
import { search } from '../pipeline/search.ts';
import { callerOf, sessionOf } from './caller.ts';
import { credentialsOf } from './credentials.ts';
import { createHttpSink } from './http-sink.ts';
import { readerOf } from './models/model-forms.ts';
import type { ModelsDesk } from './models/models-desk.ts';
import { sendAnswer } from './models/send-answer.ts';
import { passageOf } from './passage-of.ts';
import { readBody, streamBody } from './read-body.ts';
import { dialectOfPath, type ModelsRoute, pathOf, type Route, routeOf } from './routes.ts';
import { ownOrigin } from './setup/own-origin.ts';
import type { ControlDoor } from './control-door.ts';
import type { UpgradeListener } from './websocket/door.ts';

export interface ServerPorts extends ExchangePorts {
  readonly log: Log;
  readonly version: string;
  /** False while starting and while shutting down. */
  ready(): boolean;
  /** Prometheus text, for callers on this machine. */
  metrics(): Promise<{ contentType: string; body: string }>;
  /** Answers what is asked about models. */
  readonly models: ModelsDesk;
  /** What a caller is told of itself: its limits and what it has used. */
  usageOf(principal: Principal): Promise<object>;
  /** Where people manage the gateway. Absent: nowhere. */
  readonly control?: ControlDoor;
}

/** How long a request may take to arrive whole. It ends with its last byte: how long the answer takes is another matter. */
const requestMs = 300_000;

/** What is asked of a model, and so is an exchange. */
type ExchangeRoute = Extract<Route, { operation: 'generate' | 'search' | 'compact' | 'passage' }>;

/** The sockets for agents. Requests to change the protocol go to `onUpgrade`. */
export function createDataPlane(ports: ServerPorts, onUpgrade: UpgradeListener): Server {
  const server = createServer(
    {
      requestTimeout: requestMs,
      headersTimeout: 30_000,
      keepAliveTimeout: 75_000,
      maxHeaderSize: 64 * 1024,
      noDelay: true,
    },
    (request, response) => {
      answer(request, response, ports).catch((thrown: unknown) => {
        refuse(request, response, asFailure(thrown, ports.newId('defect_')));
      });
    },
  );
  server.on('upgrade', onUpgrade);
  return server;
}

async function answer(request: IncomingMessage, response: ServerResponse, ports: ServerPorts): Promise<void> {
  const path = pathOf(request.url);
  if (ports.control?.takes(path)) return ports.control.handle(request, response);
  const route = routeOf(path);
  if (!route) {
    throw new Failure(
      'route-not-found',
      `There is nothing at ${path}. Point your agent at /openai/v1, /anthropic or /gemini.`,
    );
  }
  if (route.operation === 'passage') {
    const asked = passageOf(request, route);
    if (!asked) throw methodNotAllowed(request, response, 'GET, POST, PUT, PATCH, DELETE');
    const work = asksForCount(asked) ? countTokens(asked) : passage(asked);
    return exchange(inboundOf(request, response, route, ports), createHttpSink(response), ports, work);
  }
  if (isExchange(route)) {
    if (request.method !== 'POST') throw methodNotAllowed(request, response, 'POST');
    const inbound = inboundOf(request, response, route, ports);
    const sink = createHttpSink(response);
    await (route.operation === 'search' ? exchange(inbound, sink, ports, search) : exchange(inbound, sink, ports));
    return;
  }
  if (request.method !== 'GET' && request.method !== 'HEAD') throw methodNotAllowed(request, response, 'GET, HEAD');
  await answerPlain(route, request, response, ports);
}

function isExchange(route: Route): route is ExchangeRoute {
  return route.operation === 'generate' || route.operation === 'search' || route.operation === 'compact';
}

async function answerPlain(
  route: Exclude<Route, ExchangeRoute>,
  request: IncomingMessage,
  response: ServerResponse,
  ports: ServerPorts,
): Promise<void> {
  switch (route.operation) {
    case 'models':
      return sendModels(route, request, response, ports);
    case 'usage':
      return sendUsage(request, response, ports);
    case 'setup':
      return sendText(response, 'text/markdown', route.guide(ownOrigin(request), ports.snapshot().websocket));
    case 'health':
      return sendJson(response, 200, { status: 'ok' });
    case 'ready':
      return ports.ready()
        ? sendJson(response, 200, { status: 'ready' })
        : sendJson(response, 503, { status: 'not ready' });
    case 'version':
      return sendJson(response, 200, { name: 'turnpike', version: ports.version });
    case 'metrics':
      return sendMetrics(request, response, ports);
    case 'home':
      return sendJson(response, 200, {
        name: 'turnpike',
        version: ports.version,
        doors: ['/openai/v1', '/anthropic', '/gemini'],
        models: '/openai/v1/models',
      });
  }
}

async function sendModels(
  route: ModelsRoute,
  request: IncomingMessage,
  response: ServerResponse,
  ports: ServerPorts,
): Promise<void> {
  const snapshot = ports.snapshot();
  const principal = await ports.identity.authenticate(credentialsOf(request, snapshot.trustedProxies));
  const query = new URLSearchParams(request.url?.split('?')[1] ?? '');
  const dialect = readerOf(route.dialect, request.headers);
  const reader = { principal, nowMs: ports.clock.now() };
  sendAnswer(request, response, await ports.models.answer({ ...route, dialect, query }, reader, snapshot));
}

async function sendUsage(request: IncomingMessage, response: ServerResponse, ports: ServerPorts): Promise<void> {
  const principal = await ports.identity.authenticate(credentialsOf(request, ports.snapshot().trustedProxies));
  sendJson(response, 200, await ports.usageOf(principal));
}

/** Metrics name providers and models, so they are for this machine only; what a reverse proxy passes on came from elsewhere. */
async function sendMetrics(request: IncomingMessage, response: ServerResponse, ports: ServerPorts): Promise<void> {
  const forwarded = request.headers['x-forwarded-for'] !== undefined || request.headers.forwarded !== undefined;
  if (forwarded || !isLoopback(request.socket.remoteAddress)) {
    throw new Failure('route-not-found', 'Metrics are served to callers on the same machine only.');
  }
  const { contentType, body } = await ports.metrics();
  response.writeHead(200, { 'content-type': contentType }).end(body);
}

function isLoopback(address: string | undefined): boolean {
  return address === '::1' || address?.startsWith('127.') === true || address?.startsWith('::ffff:127.') === true;
}

function inboundOf(
  request: IncomingMessage,
  response: ServerResponse,
  route: ExchangeRoute,
  ports: ServerPorts,
): Inbound {
  const departure = new AbortController();
  response.once('close', () => {
    if (!response.writableFinished) departure.abort();
  });
  return {
    id: ports.newId('ex_'),
    receivedAt: ports.clock.now(),
    receivedMonotonicMs: ports.clock.monotonicMs(),
    dialect: route.dialect,
    credentials: credentialsOf(request, ports.snapshot().trustedProxies),
    ...callerOf(request.headers),
    ...sessionOf(request.headers),
    headers: request.headers,
    ...(route.operation === 'search' ? { requestKind: 'search' as const } : {}),
    ...(route.operation === 'compact' ? { compacts: true } : {}),
    ...(route.operation === 'generate' && route.addressed ? { addressed: route.addressed } : {}),
    ...(route.operation === 'generate' && route.provider !== undefined ? { provider: route.provider } : {}),
    readBody: () => readBody(request, ports.snapshot().limits.maxBodyBytes),
    streamBody: () => streamBody(request, ports.snapshot().limits.maxUploadBytes),
    signal: departure.signal,
  };
}

/** A failure outside an exchange. */
function refuse(request: IncomingMessage, response: ServerResponse, failure: Failure): void {
  if (response.headersSent || response.destroyed) {
    response.destroy();
    return;
  }
  const dialect = dialects[readerOf(dialectOfPath(pathOf(request.url)), request.headers)];
  const caller = { ...callerOf(request.headers), stream: false, exchangeId: 'none' };
  const { status, headers, body } = dialect.encodeFailure(failure, caller);
  response.writeHead(status, headers).end(request.method === 'HEAD' ? undefined : body);
}

function methodNotAllowed(request: IncomingMessage, response: ServerResponse, allowed: string): Failure {
  response.setHeader('allow', allowed);
  return new Failure('method-not-allowed', `${pathOf(request.url)} takes ${allowed}, not ${request.method}.`);
}

function sendJson(response: ServerResponse, status: number, value: object): void {
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8' }).end(JSON.stringify(value));
}

function sendText(response: ServerResponse, type: string, text: string): void {
  response.writeHead(200, { 'content-type': `${type}; charset=utf-8`, 'x-content-type-options': 'nosniff' }).end(text);
}
