import type { Dispatcher } from 'undici';
import Pool from 'undici/lib/dispatcher/pool.js';
import { Failure } from '../core/failure.ts';
import { type BodyQueue, createBodyQueue } from './answer-body.ts';
import { forbiddenHost, guardedLookup, type Resolve } from './guarded-lookup.ts';
import { openPromise } from './open-promise.ts';
import { failureOfTransport, tooLate } from './transport-failure.ts';
import type { Upstream, UpstreamAnswer, UpstreamCall } from './upstream.ts';

/** HTTP/1.1 to providers over keep-alive connections, one pool per origin and address policy. `resolve`: how names are looked up, if not by the system. */
export function createHttpUpstream(resolve?: Resolve): Upstream {
  const pools = new Map<string, Pool | Failure>();

  function poolFor(call: UpstreamCall): Pool | Failure {
    const name = `${call.origin} ${call.allowPrivate} ${call.insideOnly === true} ${call.deadlines.connectMs}`;
    let pool = pools.get(name);
    if (!pool) {
      pool = forbiddenHost(call.origin, call) ?? openPool(call, resolve);
      pools.set(name, pool);
    }
    return pool;
  }

  return {
    call(call) {
      const pool = poolFor(call);
      return pool instanceof Failure ? Promise.reject(pool) : dispatch(pool, call);
    },
    async close() {
      await Promise.all([...pools.values()].flatMap((pool) => (pool instanceof Failure ? [] : [pool.destroy()])));
    },
  };
}

function openPool({ origin, deadlines, allowPrivate, insideOnly = false }: UpstreamCall, resolve?: Resolve): Pool {
  return new Pool(origin, {
    allowH2: false,
    pipelining: 1,
    keepAliveTimeout: 30_000,
    // The pool outlives the call: it must not keep it.
    connect: { timeout: deadlines.connectMs, lookup: guardedLookup({ allowPrivate, insideOnly }, resolve) },
  });
}

/** undici keeps a body for as long as the answer streams. Larger ones are handed over piece by piece, so that nothing holds them once they are sent. */
const largeBodyBytes = 16 * 1024;

function handOver(pieces: readonly Buffer[], bytes: number): Buffer | Iterable<Buffer> {
  if (bytes <= largeBodyBytes) return pieces.length === 1 && pieces[0] ? pieces[0] : Buffer.concat(pieces, bytes);
  const left = [...pieces];
  return {
    [Symbol.iterator]: () => ({
      next(): IteratorResult<Buffer, undefined> {
        const value = left.shift();
        return value ? { done: false, value } : { done: true, value: undefined };
      },
    }),
  };
}

function dispatch(pool: Pool, call: UpstreamCall): Promise<UpstreamAnswer> {
  const { answer, handler } = awaitAnswer(call.signal, { origin: call.origin, deadlines: call.deadlines });
  pool.dispatch(
    {
      method: call.method ?? 'POST',
      path: call.path,
      ...messageOf(call),
      headersTimeout: call.deadlines.headersMs,
      bodyTimeout: call.deadlines.idleMs,
    },
    handler,
  );
  return answer;
}

/** The heads and the body as they are sent. A streamed body's length is the caller's own word; without one it goes in chunks. */
function messageOf({ headers, body, bodyStream, method = 'POST' }: UpstreamCall) {
  if (bodyStream) return { headers, body: bodyStream };
  const bytes = body.reduce((sum, piece) => sum + piece.length, 0);
  if (bytes === 0 && (method === 'GET' || method === 'DELETE')) return { headers, body: null };
  return { headers: { ...headers, 'content-length': String(bytes) }, body: handOver(body, bytes) };
}

/** Listens for the answer. Lives as long as the answer does, so it must not know the call, which holds the request's body. */
function awaitAnswer(signal: AbortSignal, place: Place): AwaitedAnswer {
  let controller: Dispatcher.DispatchController | undefined;
  let body: BodyQueue | undefined;
  let patience: NodeJS.Timeout | undefined;
  const { promise, resolve, reject } = openPromise<UpstreamAnswer>();

  const onAbort = () => controller?.abort(new Failure('client-gone', 'The client closed the connection.'));
  const release = () => signal.removeEventListener('abort', onAbort);
  signal.addEventListener('abort', onAbort, { once: true });

  const handler: Dispatcher.DispatchHandler = {
    onRequestStart(started) {
      controller = started;
      if (signal.aborted) onAbort();
    },
    onResponseStart(started, status, headers) {
      // An informational head (102, 103) is not the answer. It resets undici's own deadline, so from the first one on we keep ours.
      if (status < 200) {
        patience ??= setTimeout(() => started.abort(tooLate(place)), place.deadlines.headersMs);
        return;
      }
      clearTimeout(patience);
      body = createBodyQueue({
        pause: () => started.pause(),
        resume: () => started.resume(),
        abort: () => {
          release();
          started.abort(new Failure('client-gone', 'The answer is no longer wanted.'));
        },
      });
      resolve({ status, headers, body });
    },
    onResponseData(_controller, chunk) {
      body?.push(chunk);
    },
    onResponseEnd() {
      release();
      body?.finish();
    },
    onResponseError(_controller, error) {
      release();
      clearTimeout(patience);
      const failure = failureOfTransport(error, place, body !== undefined);
      if (body) body.fail(failure);
      else reject(failure);
    },
  };
  return { answer: promise, handler };
}

type Place = Pick<UpstreamCall, 'origin' | 'deadlines'>;

interface AwaitedAnswer {
  readonly answer: Promise<UpstreamAnswer>;
  readonly handler: Dispatcher.DispatchHandler;
}
