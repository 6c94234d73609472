import { request as post, type IncomingMessage, type ServerResponse } from 'node:http';
import { type WebSocket, WebSocketServer } from 'ws';
import { isJsonObject, type Json, type JsonObject, parseJson } from '../../src/core/json.ts';
import { createSseDecoder } from '../../src/wire/sse-decoder.ts';
import { arrayAt, objectAt, textAt } from './json-access.ts';
import type { Script } from './model-script.ts';
import { type ScriptedUpstream, startUpstream } from './scripted-upstream.ts';
import { type LoopbackServer, serveLoopback, type UpgradeListener } from './vendor-server.ts';

/** What the next message, or every handshake, meets. */
export type Trouble = 'silent' | 'forgets' | 'overloaded' | 'dies' | 'dies-at-start' | 'cuts' | 'too-old';

export interface SocketUpstream extends LoopbackServer {
  readonly baseUrl: string;
  /** Messages in order, as they came. */
  readonly messages: readonly JsonObject[];
  /** Headers of the handshakes that were granted. */
  readonly handshakes: readonly IncomingMessage['headers'][];
  /** Handshakes, also refused ones. */
  readonly knocks: number;
  /** Requests that were posted. */
  readonly posts: number;
  /** Sockets that are open now. */
  readonly open: number;
  /** The scripted model behind it, which saw every request whole. */
  readonly model: ScriptedUpstream;
  /** The next message meets this. */
  trouble: Trouble | undefined;
  /** Handshakes are refused with this status. */
  refusal: number | undefined;
}

const wireOnly = ['stream', 'background', 'generate', 'stream_id'];

/**
 * OpenAI as it is spoken to over WebSocket: a socket keeps its latest response and nothing else, takes one message at a time, and
 * refuses what only HTTP has. By HTTP it is the scripted model itself.
 */
export async function startSocketUpstream(
  script: Script,
  options: Pick<Parameters<typeof startUpstream>[0], 'accountOf'> = {},
): Promise<SocketUpstream> {
  const model = await startUpstream({ dialect: 'responses', script, ...options });
  const front = await serveLoopback(forward, onUpgrade);
  const server = new WebSocketServer({ noServer: true, perMessageDeflate: true, maxPayload: 64 * 1024 * 1024 });
  const messages: JsonObject[] = [];
  const handshakes: IncomingMessage['headers'][] = [];
  let knocks = 0;
  let posts = 0;

  async function forward(request: IncomingMessage, response: ServerResponse): Promise<void> {
    posts += 1;
    const inner = await send(model.origin, request.url ?? '', request.headers, request);
    response.writeHead(inner.statusCode ?? 500, inner.headers);
    inner.pipe(response);
  }

  function onUpgrade(...[request, connection, head]: Parameters<UpgradeListener>): void {
    knocks += 1;
    if (upstream.refusal !== undefined) {
      connection.end(`HTTP/1.1 ${upstream.refusal} No\r\ncontent-length: 0\r\nconnection: close\r\n\r\n`);
      return;
    }
    handshakes.push(request.headers);
    server.handleUpgrade(request, connection, head, (socket) => serve(socket, request));
  }

  function serve(socket: WebSocket, handshake: IncomingMessage): void {
    let last: { readonly id: string; readonly items: readonly Json[] } | undefined;
    let busy = false;
    socket.on('error', () => {});
    socket.on('message', (data: Buffer) => {
      const message = parseJson(data.toString('utf8'));
      if (!isJsonObject(message)) return socket.close(1007);
      messages.push(message);
      const trouble = upstream.trouble;
      upstream.trouble = undefined;
      const previous = message['previous_response_id'];
      const wrong = wireOnly.find((field) => field in message);
      if (busy) return tell(refusalOf(409, 'response_already_in_flight'));
      if (wrong !== undefined || message['type'] !== 'response.create') return tell(refusalOf(400, `odd ${wrong}`));
      if (trouble === 'silent') return;
      if (trouble === 'dies') return socket.terminate();
      if (trouble === 'overloaded')
        return tell({ ...refusalOf(429, 'rate_limit_exceeded'), headers: { 'Retry-After': '7' } });
      if (trouble === 'too-old') return tell(refusalOf(400, 'websocket_connection_limit_reached'));
      if (trouble === 'forgets' || (previous !== undefined && previous !== last?.id)) {
        last = undefined;
        return tell(refusalOf(400, 'previous_response_not_found'));
      }
      busy = true;
      const input = [...(previous === undefined ? [] : (last?.items ?? [])), ...arrayAt(message, 'input')];
      last = undefined;
      void answer(message, input, trouble).finally(() => (busy = false));
    });

    async function answer(message: JsonObject, input: readonly Json[], trouble: Trouble | undefined): Promise<void> {
      const { type: _, previous_response_id: __, ...fields } = message;
      const body = JSON.stringify({ ...fields, input, stream: true });
      const headers = { authorization: handshake.headers.authorization, 'content-type': 'application/json' };
      const inner = await send(model.origin, handshake.url ?? '', headers, body);
      const chunks: Buffer[] = [];
      for await (const chunk of inner) if (Buffer.isBuffer(chunk)) chunks.push(chunk);
      const told = Buffer.concat(chunks);
      if (inner.statusCode !== 200) return tell({ type: 'error', status: inner.statusCode ?? 0, ...objectOf(told) });
      const events = createSseDecoder({ maxFrameBytes: told.length + 1 }).push(told);
      for (const { data } of events) {
        const event = objectOf(data);
        if (trouble === 'cuts' && event['type'] === 'response.output_text.done') return socket.terminate();
        if (event['type'] === 'response.completed') {
          const response = objectAt(event, 'response');
          last = { id: textAt(response, 'id'), items: [...input, ...arrayAt(response, 'output')] };
          busy = false;
        }
        socket.send(data.toString('utf8'));
        if (trouble === 'dies-at-start') return socket.close(1011);
      }
    }

    function tell(message: JsonObject): void {
      socket.send(JSON.stringify(message));
    }
  }

  const upstream: SocketUpstream = {
    origin: front.origin,
    baseUrl: model.baseUrl.replace(model.origin, front.origin),
    messages,
    handshakes,
    model,
    trouble: undefined,
    refusal: undefined,
    get knocks() {
      return knocks;
    },
    get posts() {
      return posts;
    },
    get open() {
      return [...server.clients].filter((socket) => socket.readyState === socket.OPEN).length;
    },
    async stop() {
      for (const socket of server.clients) socket.terminate();
      await front.stop();
      await model.stop();
    },
  };
  return upstream;
}

function refusalOf(status: number, code: string): JsonObject {
  return { type: 'error', status, error: { type: 'invalid_request_error', code, message: `refused: ${code}` } };
}

function objectOf(data: Buffer): JsonObject {
  const value = parseJson(data.toString('utf8'));
  return isJsonObject(value) ? value : {};
}

function send(
  origin: string,
  path: string,
  headers: IncomingMessage['headers'],
  body: IncomingMessage | string,
): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const { host: _, connection: __, ...kept } = headers;
    const call = post(origin + path, { method: 'POST', headers: kept }, resolve);
    call.on('error', reject);
    if (typeof body === 'string') call.end(body);
    else body.pipe(call);
  });
}
