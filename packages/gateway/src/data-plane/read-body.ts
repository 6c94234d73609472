import type { IncomingMessage } from 'node:http';
import { Failure } from '../core/failure.ts';
import { decodeContent } from '../wire/content-encoding.ts';

/** Reads a request's body whole and decompressed. At most `maxBytes` before and after. */
export async function readBody(request: IncomingMessage, maxBytes: number): Promise<Buffer> {
  const declared = Number(request.headers['content-length'] ?? 0);
  if (declared > maxBytes) throw tooLarge(maxBytes);
  const raw = await collect(request, maxBytes);
  const encoding = request.headers['content-encoding'];
  return encoding === undefined || encoding === 'identity' ? raw : decodeContent(raw, encoding, { maxBytes });
}

function collect(request: IncomingMessage, maxBytes: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    request.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size > maxBytes) {
        request.pause();
        reject(tooLarge(maxBytes));
        return;
      }
      chunks.push(chunk);
    });
    request.on('end', () => resolve(chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks, size)));
    request.on('error', () => reject(new Failure('client-gone', 'The client left before its request was complete.')));
    request.on('close', () => {
      if (!request.complete) reject(new Failure('client-gone', 'The client left before its request was complete.'));
    });
  });
}

function tooLarge(maxBytes: number): Failure {
  const mebibytes = Math.round((maxBytes / 1024 / 1024) * 10) / 10;
  return new Failure(
    'request-too-large',
    `The request body is larger than ${mebibytes} MiB. Start a new session or compact this one, or raise server.max_body_bytes.`,
  );
}
