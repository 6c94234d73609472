import { WebSocket } from 'ws';
import { guardedLookup } from './guarded-lookup.ts';
import { type AnswerTerms, type MessageAnswer, receiveAnswer, type Unanswered } from './message-answer.ts';
import type { UpstreamAnswer, UpstreamCall } from './upstream.ts';

/** An open socket to a provider. It answers one message at a time. */
export interface ProviderSocket {
  /** What it was opened for: only calls of the same place may use it. */
  readonly place: string;
  /** It can be asked now. */
  readonly free: boolean;
  /** It has answered before. */
  readonly proven: boolean;
  /** The response that a next message may build on. */
  readonly lastResponseId: string | undefined;
  ask(message: Buffer, terms: AnswerTerms): Promise<UpstreamAnswer | Unanswered>;
  /** To be called every half minute: asks for a sign of life, and hangs up where the last one got none. */
  beat(): void;
  terminate(): void;
}

/** Why a provider gave no socket: the status of its answer, or undefined where it gave none. */
export interface SocketRefusal {
  readonly status: number | undefined;
}

/** Largest message of a provider. */
const maxPayload = 64 * 1024 * 1024;
/** These headers are about one request; over a socket what they tell stands in the message. */
const perRequest: ReadonlySet<string> = new Set([
  'accept',
  'content-type',
  'x-client-request-id',
  'x-codex-turn-state',
]);
const socketBeta = 'responses_websockets=2026-02-06';

/** Where a call's socket leads, and with whose key: two calls of the same place may share one. */
export function placeOf(call: UpstreamCall): string {
  return JSON.stringify([call.origin, call.path, call.allowPrivate, call.insideOnly === true, socketHeaders(call)]);
}

function socketHeaders({ headers }: UpstreamCall): Record<string, string> {
  const kept = Object.entries(headers).filter(([name]) => !perRequest.has(name));
  const beta = headers['openai-beta'];
  return { ...Object.fromEntries(kept), 'openai-beta': beta === undefined ? socketBeta : `${beta},${socketBeta}` };
}

/** Does the handshake. Never throws; gives up when the call's signal is aborted. */
export function openProviderSocket(call: UpstreamCall): Promise<ProviderSocket | SocketRefusal> {
  const socket = new WebSocket(call.origin.replace(/^http/, 'ws') + call.path, {
    headers: socketHeaders(call),
    handshakeTimeout: call.deadlines.connectMs,
    lookup: guardedLookup({ allowPrivate: call.allowPrivate, insideOnly: call.insideOnly === true }),
    // A window for each direction is a quarter of a megabyte for each session.
    perMessageDeflate: false,
    skipUTF8Validation: true,
    maxPayload,
  });
  const place = placeOf(call);
  const { signal } = call;
  const onAbort = (): void => socket.terminate();
  signal.addEventListener('abort', onAbort, { once: true });
  return new Promise<ProviderSocket | SocketRefusal>((resolve) => {
    socket.once('open', () => resolve(serveSocket(socket, place)));
    socket.once('unexpected-response', (_request, response) => {
      resolve({ status: response.statusCode });
      socket.terminate();
    });
    // Whatever goes wrong later ends in the socket's close.
    socket.on('error', () => resolve({ status: undefined }));
  }).finally(() => signal.removeEventListener('abort', onAbort));
}

function serveSocket(socket: WebSocket, place: string): ProviderSocket {
  let answer: MessageAnswer | undefined;
  let lastResponseId: string | undefined;
  let proven = false;
  let alive = true;

  function over(responseId: string | undefined): void {
    answer = undefined;
    proven = true;
    lastResponseId = responseId;
  }

  socket.on('message', (data) => {
    alive = true;
    if (Buffer.isBuffer(data)) answer?.onMessage(data);
  });
  socket.on('pong', () => {
    alive = true;
  });
  socket.on('close', (code) => answer?.onClose(new Error(`the WebSocket closed with ${code}`)));

  return {
    place,
    get free() {
      return socket.readyState === socket.OPEN && answer === undefined;
    },
    get proven() {
      return proven;
    },
    get lastResponseId() {
      return lastResponseId;
    },
    ask(message, terms) {
      const { pause, resume, abort } = controlsOf(socket);
      resume();
      answer = receiveAnswer({ pause, resume, abort, over }, terms);
      socket.send(message, { binary: false });
      return answer.begun;
    },
    beat() {
      // Who is not read cannot be heard either.
      if (socket.isPaused) return;
      if (!alive) return socket.terminate();
      alive = false;
      socket.ping();
    },
    terminate: () => socket.terminate(),
  };
}

function controlsOf(socket: WebSocket) {
  return { pause: () => socket.pause(), resume: () => socket.resume(), abort: () => socket.terminate() };
}
