import { Failure } from '../core/failure.ts';
import { isJsonObject, parseJson } from '../core/json.ts';
import { dialects } from '../dialects/registry.ts';
import { sealMark } from '../dialects/shared/seal.ts';
import { estimateTokens } from '../operations/estimate-tokens.ts';
import { applyRules } from './apply-rules.ts';
import { withBudgetUsed } from './budget-used.ts';
import { admit, type Work } from './exchange.ts';
import type { Inbound } from './inbound.ts';
import { type Passage, passage } from './passage/passage.ts';
import type { RouteQuestion } from './route.ts';
import { ruleFacts } from './rule-facts.ts';
import type { Sink } from './sink.ts';
import { steeredPlan } from './steered-plan.ts';
import type { Trace } from './trace.ts';

const operation = 'tokens.count';

/** Whether a passage asks how many tokens a request would be. */
export function asksForCount({ method, places }: Passage): boolean {
  return method === 'POST' && places.some(({ operations }) => operations.some(({ name }) => name === operation));
}

/**
 * How many tokens a request would be. A provider that counts in the caller's dialect is asked. Where the model's has no such call, or does
 * not answer, or the request holds a seal of another provider or account, or a rule leads it elsewhere, the caller is told an estimate, and in a header that it is one.
 */
export function countTokens(asked: Passage): Work {
  return async (inbound, sink, ports, trace) => {
    const kept = keep(inbound, asked);
    const { envelope, principal } = await admit(kept, ports, trace);
    const snapshot = ports.snapshot();
    const question = await withBudgetUsed({ inbound: kept, envelope, principal, snapshot, operation }, ports.ledger);
    const ruled = applyRules(question, () => ruleFacts(question, ports.clock), trace.route);
    steeredPlan(ruled, ports, trace.route);
    trace.operation = operation;
    const { body } = envelope.peek();
    if (!isLedElsewhere(ruled, question) && !body.includes(sealMark)) {
      try {
        return await passage(asked, 'asked')(kept, sink, ports, trace);
      } catch (thrown) {
        if (sink.started() || !isForLackOfCounting(thrown)) throw thrown;
      }
    }
    await tellEstimate(body, inbound, sink, trace);
  };
}

/** Whom it names may not be asked then: perhaps a rule keeps the request from there. */
function isLedElsewhere({ steering, principal }: RouteQuestion, asked: RouteQuestion): boolean {
  return steering?.model !== undefined || steering?.group !== undefined || principal !== asked.principal;
}

/** The same request with a body that can be read twice, and with what its path says. */
function keep(inbound: Inbound, { places, provider }: Passage): Inbound {
  let body: Promise<Buffer> | undefined;
  const model = places.find((place) => place.model !== undefined)?.model;
  return {
    ...inbound,
    ...(model === undefined ? {} : { addressed: { model, stream: false } }),
    ...(provider === undefined ? {} : { provider }),
    readBody: () => (body ??= inbound.readBody()),
  };
}

/** The request itself is in order, as far as we know: only nobody counts it. */
function isForLackOfCounting(thrown: unknown): boolean {
  if (!(thrown instanceof Failure)) return false;
  const { code, traits } = thrown;
  return code === 'route-not-found' || code === 'upstream-seal-refused' || traits.blame === 'provider';
}

async function tellEstimate(body: Buffer, inbound: Inbound, sink: Sink, trace: Trace): Promise<void> {
  const request = parseJson(body.toString('utf8'));
  const answer = isJsonObject(request) && dialects[inbound.dialect].encodeTokenCount?.(estimateTokens(request));
  if (!answer) throw new Failure('request-malformed', 'The request body is not a JSON object.');
  trace.status = 200;
  sink.start(200, {
    'content-type': 'application/json; charset=utf-8',
    'x-request-id': inbound.id,
    'x-turnpike-estimate': 'tokens',
  });
  await sink.end(JSON.stringify(answer));
}
