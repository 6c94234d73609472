import { Failure } from '../core/failure.ts';
import type { AnswerBody, Upstream } from './upstream.ts';

/** Whoever is asked has this long for everything. */
const deadlineMs = 10_000;
const deadlines = { connectMs: 5_000, headersMs: 5_000, idleMs: 5_000 };
const maxBytes = 1024 * 1024;

/** Gets JSON documents through the one door to the outside, with its guard of addresses. Redirections are not followed. Rejects where a document cannot be had. */
export function createJsonFetcher(upstream: Upstream) {
  return async (url: string, { allowPrivate }: { readonly allowPrivate: boolean }): Promise<unknown> => {
    const { origin, pathname, search } = new URL(url);
    const answer = await upstream.call({
      origin,
      path: pathname + search,
      method: 'GET',
      headers: { accept: 'application/json', 'accept-encoding': 'identity', 'user-agent': 'turnpike' },
      body: [],
      deadlines,
      allowPrivate,
      signal: AbortSignal.timeout(deadlineMs),
    });
    if (answer.status !== 200) {
      answer.body.cancel();
      throw new Failure('upstream-error', `${origin} answered ${answer.status}`);
    }
    const value: unknown = JSON.parse((await read(answer.body, origin)).toString('utf8'));
    return value;
  };
}

async function read(body: AnswerBody, origin: string): Promise<Buffer> {
  const pieces: Buffer[] = [];
  let size = 0;
  for (let piece = await body.read(); piece; piece = await body.read()) {
    size += piece.length;
    if (size > maxBytes) {
      body.cancel();
      throw new Failure('upstream-garbled', `${origin} answered more than ${maxBytes} bytes`);
    }
    pieces.push(piece);
  }
  return Buffer.concat(pieces);
}
