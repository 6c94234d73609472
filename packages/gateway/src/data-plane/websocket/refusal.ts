import { type IncomingMessage, ServerResponse } from 'node:http';
import type { FailureAnswer } from '../../dialects/dialect.ts';
import type { Sink } from '../../pipeline/sink.ts';

/**
 * Answers a request for a socket as HTTP. Head and body leave together and the length is told: WebSocket clients read no further
 * than that, and Codex would try seven times where it cannot see the reason.
 */
export function sendRefusal({ status, headers, body }: FailureAnswer, request: IncomingMessage): Promise<void> {
  // Node gives no response along with a request to change the protocol.
  const response = new ServerResponse(request);
  response.shouldKeepAlive = false;
  response.assignSocket(request.socket);
  response.once('finish', () => request.socket.destroySoon());
  return new Promise((resolve) => {
    response.once('close', resolve);
    response.writeHead(status, { ...headers, 'content-length': Buffer.byteLength(body) }).end(body, resolve);
  });
}

/** An exchange's refusal, gathered and sent as a whole. */
export function createRefusalSink(request: IncomingMessage): Sink {
  let head: { readonly status: number; readonly headers: Readonly<Record<string, string>> } | undefined;
  let body = '';

  return {
    start(status, headers) {
      head = { status, headers };
    },
    started: () => head !== undefined,
    write(bytes) {
      body += bytes.toString();
      return undefined;
    },
    async end(last = '') {
      body += last.toString();
      if (head) await sendRefusal({ ...head, body }, request);
    },
    bytesWritten: () => Buffer.byteLength(body),
  };
}
