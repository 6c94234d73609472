import type { IncomingMessage } from 'node:http';
import { Failure } from '../core/failure.ts';
import { decodeContent } from '../wire/content-encoding.ts';

/** Reads a request's body whole and decompressed. At most `maxBytes` before and after. */
export async function readBody(request: IncomingMessage, maxBytes: number): Promise<Buffer> {
  const declared = Number(request.headers['content-length'] ?? 0);
  if (declared > maxBytes) throw bodyTooLarge(maxBytes);
  const raw = await collect(request, maxBytes);
  const encoding = request.headers['content-encoding'];
  return encoding === undefined || encoding === 'identity' ? raw : decodeContent(raw, encoding, { maxBytes });
}

/**
 * A request's body as it comes, still in whatever coding it has; reading on is the back-pressure. At most `maxBytes`.
 * What is left unread is read into nothing: a connection with an unread body would never take its next request.
 */
export async function* streamBody(request: IncomingMessage, maxBytes: number): AsyncGenerator<Buffer> {
  if (Number(request.headers['content-length'] ?? 0) > maxBytes) throw uploadTooLarge(maxBytes);
  let size = 0;
  try {
    for await (const chunk of request.iterator({ destroyOnReturn: false })) {
      if (!Buffer.isBuffer(chunk)) throw new TypeError('a request was read as text');
      size += chunk.length;
      if (size > maxBytes) throw uploadTooLarge(maxBytes);
      yield chunk;
    }
  } catch (thrown) {
    if (thrown instanceof Failure || thrown instanceof TypeError) throw thrown;
    throw new Failure('client-gone', 'The client left before its request was complete.', { cause: thrown });
  } finally {
    request.on('error', ignoreError).resume();
  }
}

/** Its listeners go when it is done: they would keep the body alive for as long as the answer streams. */
function collect(request: IncomingMessage, maxBytes: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;

    function onData(chunk: Buffer): void {
      size += chunk.length;
      chunks.push(chunk);
      if (size > maxBytes) {
        settle(() => reject(bodyTooLarge(maxBytes)));
        // The rest is read into nothing: a connection with an unread body would never take its next request.
        request.resume();
      }
    }

    function onEnd(): void {
      settle(() => resolve(chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks, size)));
    }

    function onGone(): void {
      settle(() => reject(new Failure('client-gone', 'The client left before its request was complete.')));
    }

    function settle(how: () => void): void {
      request.off('data', onData).off('end', onEnd).off('error', onGone).off('close', onGone);
      request.on('error', ignoreError);
      how();
    }

    request.on('data', onData).on('end', onEnd).on('error', onGone).on('close', onGone);
  });
}

/** An error that nobody listens to would end the process. */
function ignoreError(): void {}

function uploadTooLarge(maxBytes: number): Failure {
  const mebibytes = Math.round((maxBytes / 1024 / 1024) * 10) / 10;
  return new Failure(
    'request-too-large',
    `The upload is larger than ${mebibytes} MiB. Send less at once, or raise server.max_upload_bytes.`,
  );
}

/** The one wording for requests over the limit. */
export function bodyTooLarge(maxBytes: number): Failure {
  const mebibytes = Math.round((maxBytes / 1024 / 1024) * 10) / 10;
  return new Failure(
    'request-too-large',
    `The request body is larger than ${mebibytes} MiB. Start a new session or compact this one, or raise server.max_body_bytes.`,
  );
}
