import type { Snapshot } from '../config/snapshot.ts';
import { Failure } from '../core/failure.ts';
import { dialects } from '../dialects/registry.ts';
import { authorize } from '../providers/authorize.ts';
import { searchEndpointOf } from '../providers/endpoint.ts';
import type { Deployment } from '../routing/plan.ts';
import type { UpstreamCall } from '../upstream/upstream.ts';
import { spliceObject } from '../wire/splice.ts';
import { withBudgetUsed } from './budget-used.ts';
import type { Envelope } from './envelope.ts';
import { admit, type Work } from './exchange.ts';
import type { Inbound } from './inbound.ts';
import { openPayment } from './payment/payment.ts';
import { measurePassage } from './payment/request-size.ts';
import { deadlinesOf, forwardedRequestHeaders } from './prepare.ts';
import { routeRequest } from './route.ts';
import { noteAnswer } from './trace.ts';
import { readWhole } from './whole-pump.ts';

/**
 * A web search that an agent asks for by itself, with the model of its session. It goes to that model's provider if that one searches for
 * agents. Else it is refused with a 404, which Codex shows to the model as a search that failed; it does not try again, as it would after a 5xx.
 */
export const search: Work = async (inbound, sink, ports, trace) => {
  const snapshot = ports.snapshot();
  const { envelope, principal } = await admit(inbound, ports, trace);
  const asked = await withBudgetUsed({ inbound, envelope, principal, snapshot, operation: 'search' }, ports.ledger);
  const { itinerary } = routeRequest(asked, ports, trace);
  itinerary.keepOnly(({ provider }) => searchEndpointOf(provider) !== undefined);
  const deployment = itinerary.next();
  if (!deployment) {
    throw new Failure(
      'route-not-found',
      `Web search is not available with the model "${envelope.model}". Go on without it.`,
    );
  }
  const startedMs = trace.elapsedMs();
  const measured = measurePassage(envelope.bodyBytes);
  const payment = openPayment({ inbound, principal, snapshot, measured, free: true }, ports, trace);
  trace.payment = payment;
  const { answer, body } = await payment.attempt({ deployment, modelAsked: envelope.model }, async () => {
    const answer = await ports.upstream.call(callOf(deployment, inbound, envelope, snapshot));
    return { answer, body: await readWhole(answer.body) };
  });
  trace.status = answer.status;
  noteAnswer(trace, deployment, { lane: 'express', startedMs, status: answer.status });
  const type = answer.headers['content-type'];
  sink.start(answer.status, {
    'content-type': typeof type === 'string' ? type : 'application/json',
    'content-length': String(body.length),
    'x-request-id': inbound.id,
  });
  await sink.end(body);
  // The agent got the provider's own words; the record says that they were no answer.
  const { status, headers } = answer;
  if (status > 299)
    trace.failure = dialects[inbound.dialect].decodeFailure({ status, headers, body, now: ports.clock.now() });
};

function callOf(deployment: Deployment, inbound: Inbound, envelope: Envelope, { limits }: Snapshot): UpstreamCall {
  const { provider, credential, model } = deployment;
  const endpoint = searchEndpointOf(provider);
  if (!endpoint) throw new TypeError('the provider has no search');
  return {
    ...endpoint,
    headers: {
      'content-type': 'application/json',
      accept: 'application/json',
      'accept-encoding': 'identity',
      'user-agent': 'turnpike',
      ...forwardedRequestHeaders(inbound.dialect, inbound, provider.issuer),
      ...provider.headers,
      ...authorize(provider, credential),
    },
    ...(credential.authorizer ? { authorizer: credential.authorizer } : {}),
    body: spliceObject(envelope.peek(), { replace: { model: JSON.stringify(model) } }),
    deadlines: deadlinesOf(limits),
    allowPrivate: provider.allowPrivate,
    signal: inbound.signal,
  };
}
