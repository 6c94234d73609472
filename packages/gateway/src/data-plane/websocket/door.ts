import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { Failure } from '../../core/failure.ts';
import type { FailureAnswer } from '../../dialects/dialect.ts';
import { dialects } from '../../dialects/registry.ts';
import { type ExchangePorts, exchange } from '../../pipeline/exchange.ts';
import { callerOf, sessionOf } from '../caller.ts';
import { credentialsOf } from '../credentials.ts';
import { dialectOfPath, pathOf, routeOf } from '../routes.ts';
import { acceptSocket, isNear, type SocketRequest } from './accept-socket.ts';
import { type AgentSocket, serveAgentSocket } from './agent-socket.ts';
import { createHistories } from './histories.ts';
import { createRefusalSink, sendRefusal } from './refusal.ts';

/** What Node calls for a request to change the protocol. */
export type UpgradeListener = (request: IncomingMessage, connection: Duplex, head: Buffer) => void;

/** Where agents come in who speak Responses over a WebSocket. */
export interface WebSocketDoor {
  readonly upgrade: UpgradeListener;
  /** Lets nobody in any more, and lets everybody go as soon as their answers have ended. */
  end(): void;
  /** Sends everybody away at once. */
  terminate(): void;
}

const beatMs = 30_000;
/** Long sessions hold half a megabyte; an agent that comes back later than this sends it again. */
const historyLimits = { maxBytes: 256 * 1024 * 1024, maxIdleMs: 5 * 60_000 };

export function createWebSocketDoor(ports: ExchangePorts): WebSocketDoor {
  const histories = createHistories(historyLimits, ports.clock);
  const sockets = new Set<AgentSocket>();
  let ending = false;
  const beats = setInterval(() => {
    histories.sweep();
    for (const socket of sockets) socket.beat();
  }, beatMs).unref();

  function upgrade(request: IncomingMessage, connection: Duplex, head: Buffer): void {
    connection.on('error', () => {});
    const refusal = ending ? shuttingDown() : refusalOf(request, ports);
    if (refusal) {
      void sendRefusal(refusal, request);
      return;
    }
    const known = knows(request, ports);
    if (known instanceof Promise) void known.then((isKnown) => welcome(isKnown, { request, connection, head }));
    else welcome(known, { request, connection, head });
  }

  function welcome(known: boolean, asked: Pick<SocketRequest, 'request' | 'connection' | 'head'>): void {
    const { request } = asked;
    if (!known || ending) {
      void (known ? sendRefusal(shuttingDown(), request) : refuseStranger(request, ports));
      return;
    }
    const maxBytes = ports.snapshot().limits.maxBodyBytes;
    const compresses = !isNear(request.socket.remoteAddress);
    acceptSocket({ ...asked, maxBytes, compresses }, (socket) => {
      const agentSocket = serveAgentSocket({ socket, request, ports, histories });
      sockets.add(agentSocket);
      socket.on('close', () => sockets.delete(agentSocket));
    });
  }

  return {
    upgrade,
    end() {
      ending = true;
      clearInterval(beats);
      for (const socket of sockets) socket.end();
    },
    terminate() {
      for (const socket of sockets) socket.terminate();
    },
  };
}

/** Why nobody gets a WebSocket here. */
function refusalOf(request: IncomingMessage, ports: ExchangePorts): FailureAnswer | undefined {
  if (!ports.snapshot().websocket) return upgradeRefused('WebSocket is not offered here. Use HTTP.');
  const path = pathOf(request.url);
  const route = routeOf(path);
  if (!route) return asAnswer(new Failure('route-not-found', `There is nothing at ${path}.`), request);
  if (route.operation === 'generate' && route.dialect === 'responses') return undefined;
  return upgradeRefused(`WebSocket is offered at /openai/v1/responses, not at ${path}. Use HTTP.`);
}

function shuttingDown(): FailureAnswer {
  return upgradeRefused('This gateway is shutting down.');
}

/** At 426 Codex goes on over HTTP at once and silently; other statuses cost it seconds. */
function upgradeRefused(message: string): FailureAnswer {
  const headers = { 'content-type': 'application/json', upgrade: 'websocket' };
  return { status: 426, headers, body: JSON.stringify({ error: { type: 'upgrade_refused', message } }) };
}

function asAnswer(failure: Failure, request: IncomingMessage): FailureAnswer {
  const dialect = dialects[dialectOfPath(pathOf(request.url))];
  return dialect.encodeFailure(failure, { ...callerOf(request.headers), stream: false, exchangeId: 'none' });
}

/** At once where that can be: what comes right behind the request must find somebody who listens. */
function knows(request: IncomingMessage, ports: ExchangePorts): boolean | Promise<boolean> {
  try {
    const principal = ports.identity.authenticate(credentialsOf(request, ports.snapshot().trustedProxies));
    return principal instanceof Promise ? principal.then(isTrue, isFalse) : true;
  } catch {
    return false;
  }
}

const isTrue = () => true;
const isFalse = () => false;

/** The same refusal, and the same record of it, as a posted request would get. */
function refuseStranger(request: IncomingMessage, ports: ExchangePorts): Promise<void> {
  const inbound = {
    id: ports.newId('ex_'),
    receivedAt: ports.clock.now(),
    receivedMonotonicMs: ports.clock.monotonicMs(),
    dialect: 'responses',
    wire: 'websocket',
    credentials: credentialsOf(request, ports.snapshot().trustedProxies),
    ...callerOf(request.headers),
    ...sessionOf(request.headers),
    headers: request.headers,
    readBody: () => Promise.reject(new Failure('request-malformed', 'A request for a WebSocket has no body.')),
    signal: new AbortController().signal,
  } as const;
  return exchange(inbound, createRefusalSink(request), ports);
}
