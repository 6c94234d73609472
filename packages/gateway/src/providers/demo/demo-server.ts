import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { systemClock } from '../../core/clock.ts';
import { Failure } from '../../core/failure.ts';
import { isJsonObject, parseJson } from '../../core/json.ts';
import type { Reply, ReplyEvent } from '../../core/events.ts';
import type { OutFrame } from '../../core/frame.ts';
import type { Dialect, EncodeContext } from '../../dialects/dialect.ts';
import { dialects } from '../../dialects/registry.ts';
import { expandReply } from '../../dialects/shared/reply.ts';
import { demoReply } from './demo-reply.ts';

/** A running demo provider. */
export interface DemoServer {
  /** For the provider's `base_url`. */
  readonly baseUrl: string;
  close(): Promise<void>;
}

/** What the demo speaks, by path. */
const operations: ReadonlyMap<string, Dialect> = new Map([
  ['/v1/responses', dialects.responses],
  ['/v1/chat/completions', dialects.chat],
]);

/** The gateway has its own, configurable limit; this one only keeps strangers on the machine from filling its memory. */
const maxBodyBytes = 256 * 1024 * 1024;

/**
 * Starts the demo provider on a free loopback port. It is a real server, so that a request takes every step that it takes
 * to a real provider.
 */
export function startDemoServer(): Promise<DemoServer> {
  const server = createServer((request, response) => {
    answer(request, response).catch(() => response.destroy());
  });
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      const port = typeof address === 'object' && address ? address.port : 0;
      resolve({ baseUrl: `http://127.0.0.1:${port}/v1`, close: () => closed(server) });
    });
  });
}

function closed(server: ReturnType<typeof createServer>): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const dialect = request.method === 'POST' ? operations.get(request.url ?? '') : undefined;
  if (!dialect) {
    response.writeHead(404, { 'content-type': 'application/json' });
    response.end('{"error":{"message":"The Turnpike demo has no such operation.","type":"invalid_request_error"}}');
    return;
  }
  const body = await readBody(request);
  try {
    reply(dialect, body, response);
  } catch (thrown) {
    if (!(thrown instanceof Failure)) throw thrown;
    const caller = { agent: 'other', stream: false, exchangeId: newId('demo_') } as const;
    const { status, headers, body } = dialect.encodeFailure(thrown, caller);
    response.writeHead(status, headers);
    response.end(body);
  }
}

function reply(dialect: Dialect, body: Buffer, response: ServerResponse): void {
  const value = parseJson(body.toString('utf8'));
  if (!isJsonObject(value)) throw new Failure('request-malformed', 'The body must be a JSON object.');
  const request = dialect.decodeRequest(value);
  const whole = demoReply(request, body.length, newId);
  const createdAt = Math.floor(systemClock.now() / 1000);
  const context: EncodeContext = { model: request.model, createdAt, newId, request };
  if (!request.stream) {
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(JSON.stringify(dialect.encodeReply(whole, context)));
    return;
  }
  response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-cache' });
  const encoder = dialect.createReplyEncoder(context);
  for (const event of inWords(whole)) {
    for (const frame of encoder.push(event)) response.write(eventText(frame));
  }
  response.end();
}

/** A frame as a server-sent event. Dialects write one line of JSON, so nothing needs to be split. */
function eventText(frame: OutFrame): string {
  if ('comment' in frame) return `: ${frame.comment}\n\n`;
  return `${frame.event === undefined ? '' : `event: ${frame.event}\n`}data: ${frame.data}\n\n`;
}

/** The answer's events with its text in words, as models stream it. */
function inWords(whole: Reply): readonly ReplyEvent[] {
  return expandReply(whole).flatMap((event): readonly ReplyEvent[] => {
    if (event.type !== 'text-delta') return [event];
    return (event.text.match(/\s*\S+\s*/g) ?? [event.text]).map((text) => ({ ...event, text }));
  });
}

async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    const bytes: Buffer = Buffer.from(chunk);
    size += bytes.length;
    if (size > maxBodyBytes) throw new RangeError('the body is too large');
    chunks.push(bytes);
  }
  return Buffer.concat(chunks);
}

function newId(prefix: string): string {
  return prefix + randomUUID().replaceAll('-', '');
}
