import { dialects } from '../../dialects/registry.ts';
import type { Metering } from '../../operations/operation.ts';
import { authorize } from '../../providers/authorize.ts';
import { passageEndpointOf, type ProviderPath } from '../../providers/passage-endpoint.ts';
import type { Deployment } from '../../routing/plan.ts';
import type { UpstreamAnswer, UpstreamCall } from '../../upstream/upstream.ts';
import { refusal, refuseCompressed } from '../answer.ts';
import type { Opened, OpenPorts } from '../open.ts';
import { callOnce } from '../open-one.ts';
import type { PaidAttempt } from '../payment/payment.ts';
import { deadlinesOf } from '../prepare.ts';
import { noteAnswer, type Trace } from '../trace.ts';
import { apiAt } from './clarify.ts';
import { createPassagePump } from './passage-pump.ts';
import type { Question } from './passage.ts';
import type { PassageBody } from './passage-body.ts';
import { forwardedHeads } from './passage-headers.ts';

interface Attempt {
  readonly question: Question;
  readonly body: PassageBody;
  readonly deployment: Deployment;
  readonly paid: PaidAttempt;
}

/** One attempt at one deployment: calls it and holds its answer until the first bytes are there. Throws what refuses or breaks before. */
export async function openPassage(attempt: Attempt, ports: OpenPorts, trace: Trace): Promise<Opened> {
  const { deployment, question, body, paid } = attempt;
  const startedMs = trace.elapsedMs();
  const call = callOf(attempt, ports);
  paid.sent = true;
  const answer = body.replayable ? await callOnce(ports.upstream, call) : await ports.upstream.call(call);
  paid.status = answer.status;
  try {
    await refuseRefusals(answer, ports);
    const pump = createPassagePump(answer, meteringOf(question), body);
    paid.pump = pump;
    const first = await pump.read();
    const served = { deployment, lane: 'express' as const, losses: [], pump };
    noteAnswer(trace, deployment, { lane: 'express', startedMs, status: answer.status });
    return { served, answer, held: first === undefined ? [] : [first] };
  } catch (thrown) {
    answer.body.cancel();
    throw thrown;
  }
}

/** What nobody here knows may cost something when it is done; when it is looked at again, it was counted before. */
function meteringOf({ known, method }: Question): Metering {
  return known?.operation.metering ?? (method === 'POST' ? 'told' : 'none');
}

async function refuseRefusals(answer: UpstreamAnswer, { inbound, clock }: OpenPorts): Promise<void> {
  const { status } = answer;
  if (status < 200 || status > 299) throw await refusal(dialects[inbound.dialect], answer, clock.now());
  refuseCompressed(answer);
}

function callOf({ question, body, deployment }: Attempt, { inbound, snapshot }: OpenPorts): UpstreamCall {
  const { provider, credential, model } = deployment;
  const written = body.write(model);
  return {
    method: question.method,
    ...passageEndpointOf(provider, placeOf(question, deployment), withoutKeys(question.query, inbound.credentials.key)),
    headers: {
      ...forwardedHeads(inbound, 'stream' in written),
      'accept-encoding': 'identity',
      'user-agent': 'turnpike',
      ...provider.headers,
      ...authorize(provider, credential),
    },
    ...('stream' in written ? { body: [], bodyStream: written.stream } : { body: written.pieces }),
    deadlines: deadlinesOf(snapshot.limits),
    allowPrivate: provider.allowPrivate,
    signal: inbound.signal,
    ...(credential.authorizer ? { authorizer: credential.authorizer } : {}),
  };
}

/** The path as this deployment knows it: with its own name of the model, where there is a place for one. */
function placeOf({ known, path }: Question, { provider, model }: Deployment): ProviderPath {
  if (!known) return { path };
  const { operation } = known;
  const written = operation.model === 'path' ? operation.path : path;
  return { path: written, api: apiAt(provider, operation) ?? operation.api, ...(model === '' ? {} : { model }) };
}

const keyNames = new Set(['key', 'api_key', 'api-key', 'apikey', 'access_token', 'token']);

/** Callers of some APIs put their key into the query. It is ours, and goes nowhere. */
function withoutKeys(query: string, callersKey: string | undefined): string {
  const kept = [...new URLSearchParams(query)].filter(
    ([name, value]) => !keyNames.has(name.toLowerCase()) && value !== callersKey,
  );
  return new URLSearchParams(kept).toString();
}
