import type { IncomingMessage, ServerResponse } from 'node:http';
import { type LoopbackServer, serveLoopback } from '../kit/vendor-server.ts';

/** A request as it reached the vendor, as far as it has come. */
export interface SeenOperation {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

interface VendorAnswer {
  readonly status: number;
  readonly type?: string;
  readonly body: string | Buffer;
  /** The connection breaks before the end. */
  readonly breaks?: boolean;
}

/** A vendor that takes whatever is asked of it. */
export interface OperationsVendor extends LoopbackServer {
  readonly seen: readonly SeenOperation[];
  /** What it answers from now on. */
  answerWith(answer: VendorAnswer): void;
  /** Until what it has seen is as wanted. */
  until(isSo: (seen: readonly SeenOperation[]) => boolean): Promise<void>;
}

const usual: VendorAnswer = {
  status: 200,
  body: JSON.stringify({
    object: 'list',
    data: [{ object: 'embedding', index: 0, embedding: [0.1, 0.2, 0.3] }],
    usage: { prompt_tokens: 1000, total_tokens: 1000 },
  }),
};

export async function startOperationsVendor(): Promise<OperationsVendor> {
  const seen: SeenOperation[] = [];
  const waiting = new Set<() => void>();
  let answer = usual;

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const at = seen.length;
    const headers: Record<string, string> = {};
    for (const [name, value] of Object.entries(request.headers)) headers[name] = String(value);
    const head = { method: request.method ?? '', url: request.url ?? '', headers };
    let body = Buffer.alloc(0);
    seen[at] = { ...head, body };
    for await (const chunk of request) {
      if (Buffer.isBuffer(chunk)) body = Buffer.concat([body, chunk]);
      seen[at] = { ...head, body };
      for (const look of waiting) look();
    }
    send(response, answer);
  }

  const server = await serveLoopback(handle);
  return {
    ...server,
    seen,
    answerWith(next) {
      answer = next;
    },
    until(isSo) {
      return new Promise((resolve) => {
        const look = () => {
          if (!isSo(seen)) return;
          waiting.delete(look);
          resolve();
        };
        waiting.add(look);
        look();
      });
    },
  };
}

function send(response: ServerResponse, { status, type = 'application/json', body, breaks }: VendorAnswer): void {
  response.writeHead(status, { 'content-type': type, 'content-length': String(Buffer.byteLength(body)) });
  if (!breaks) {
    response.end(body);
    return;
  }
  response.write(Buffer.from(body).subarray(0, Buffer.byteLength(body) / 2), () => response.destroy());
}
