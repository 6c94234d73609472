import type { Clock } from '../core/clock.ts';
import { Failure } from '../core/failure.ts';
import type { Authorizer, Headers } from '../providers/authorizer.ts';
import type { Upstream, UpstreamAnswer, UpstreamCall } from './upstream.ts';

/** Adds at the last moment what proves who calls, where that is more than a header known in advance. Each try is authorized anew. */
export function createAuthorizingUpstream(inner: Upstream, clock: Clock): Upstream {
  async function authorized(call: UpstreamCall, authorizer: Authorizer): Promise<UpstreamAnswer> {
    const { method = 'POST', origin, path, headers, body, bodyStream } = call;
    const known = { method, origin, path, headers, nowMs: clock.now(), ...(bodyStream ? {} : { body }) };
    const proof = authorizer.authorize(known);
    const proven = proof instanceof Promise ? await waitFor(proof, call) : proof;
    return inner.call({ ...call, headers: { ...headers, ...proven } });
  }

  return {
    call: (call) => (call.authorizer ? authorized(call, call.authorizer) : inner.call(call)),
    close: () => inner.close(),
  };
}

/** Others may wait for the same proof: who gives up leaves it to them. */
async function waitFor(proof: Promise<Headers>, { signal, deadlines }: UpstreamCall): Promise<Headers> {
  const ms = deadlines.headersMs;
  let onAbort = (): void => undefined;
  let timer: NodeJS.Timeout | undefined;
  const end = new Promise<never>((_resolve, reject) => {
    onAbort = () => reject(new Failure('client-gone', 'The client closed the connection.'));
    const late = () =>
      reject(new Failure('upstream-timeout', `The provider's credentials did not come within ${ms} ms.`));
    timer = setTimeout(late, ms);
    signal.addEventListener('abort', onAbort, { once: true });
    if (signal.aborted) onAbort();
  });
  try {
    return await Promise.race([proof, end]);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', onAbort);
  }
}
