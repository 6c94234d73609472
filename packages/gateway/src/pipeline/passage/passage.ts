import { asFailure, Failure } from '../../core/failure.ts';
import type { Method, Operation, Place } from '../../operations/operation.ts';
import type { Provider } from '../../providers/provider.ts';
import type { Itinerary } from '../../routing/itinerary.ts';
import { applyRules } from '../apply-rules.ts';
import { arrange } from '../arrange.ts';
import { withBudgetUsed } from '../budget-used.ts';
import type { Asked } from '../envelope.ts';
import { admitCaller, type Work } from '../exchange.ts';
import { startTour } from '../failover/tour.ts';
import type { Inbound } from '../inbound.ts';
import type { Opened } from '../open.ts';
import { openPayment } from '../payment/payment.ts';
import { measurePassage } from '../payment/request-size.ts';
import { carry } from '../relay.ts';
import { tidingsOf } from '../tidings.ts';
import { reachablePlan } from '../reachable-plan.ts';
import { passageFacts } from '../rule-facts.ts';
import type { Sink } from '../sink.ts';
import type { Trace } from '../trace.ts';
import { openPassage } from './open-passage.ts';
import { passageHeaders } from './passage-headers.ts';
import { clarify } from './clarify.ts';
import { planPassage } from './plan-passage.ts';
import { type PassageBody, readPassageBody } from './passage-body.ts';

/** What a caller asks a provider to do beside answering as a model. */
export interface Passage {
  readonly method: Method;
  /** As the caller wrote it, without the door. */
  readonly path: string;
  /** Without its question mark; empty where there is none. */
  readonly query: string;
  /** The provider that the caller names. */
  readonly provider?: string;
  /** What the path may mean: one place for each API in question. None: nobody here knows it. */
  readonly places: readonly Place[];
}

/** A passage when it is clear what is asked. */
export interface Question extends Omit<Passage, 'provider' | 'places'> {
  readonly provider: Provider | undefined;
  /** Absent: passes only to providers that are configured for it. */
  readonly known: { readonly operation: Operation; readonly place: Place } | undefined;
}

/**
 * A request that passes through as it is: only its model's name is changed, where it has one. It is authenticated, checked, metered and
 * recorded like an answer of a model, and rules hold for it, unless they were asked before. A body that is kept whole may go to the next deployment; one that streams through goes once.
 */
export function passage(asked: Passage, rules: 'ask' | 'asked' = 'ask'): Work {
  return async (inbound, sink, ports, trace) => {
    const snapshot = ports.snapshot();
    const caller = await admitCaller(inbound, ports, trace);
    const question = clarify(asked, caller, snapshot);
    const operation = question.known?.operation.name ?? 'passthrough';
    trace.operation = operation;
    const body = await readPassageBody(question, inbound);
    trace.envelope = body;
    const request = await withBudgetUsed({ inbound, principal: caller, snapshot }, ports.ledger);
    const facts = () => passageFacts(request, { operation, asked: qualified(body, question) }, ports.clock);
    const ruled = rules === 'asked' ? request : applyRules(request, facts, trace.route);
    const { principal } = ruled;
    const route = planPassage({ ...ruled, question, model: body.model, notes: trace.route });
    const permitted = reachablePlan(route, { principal, snapshot }, body.model ?? asked.path, trace.route);
    const itinerary = arrange(permitted, { inbound, principal, snapshot }, ports, trace);
    const tries = { itinerary: body.replayable ? itinerary : onlyFirst(itinerary), asked: body.model ?? asked.path };
    const free = body.model === undefined || question.known?.operation.metering === 'none';
    const payment = openPayment(
      { inbound, principal, snapshot, measured: measurePassage(body.bodyBytes), free },
      ports,
      trace,
    );
    trace.payment = payment;
    const { upstream, clock, health, retries, renewKey } = ports;
    const renewing = body.replayable && renewKey ? { renewKey } : {};
    const open = { inbound, snapshot, upstream, clock, health, retries, payment, ...renewing };
    const opened = await startTour(tries, open).open((deployment) =>
      payment.attempt({ deployment, modelAsked: tries.asked }, (paid) =>
        openPassage({ question, body, deployment, paid }, open, trace),
      ),
    );
    trace.served = opened.served;
    body.forget();
    await pass(opened, { inbound, sink, trace });
  };
}

/** Under a provider's door, models have that provider's names. */
function qualified({ model, stream, bodyBytes }: PassageBody, { provider }: Question): Asked {
  const name = model === undefined || !provider ? model : `${provider.name}/${model}`;
  return { stream, bodyBytes, ...(name === undefined ? {} : { model: name }) };
}

/** A body that streams through can be sent once. */
function onlyFirst(itinerary: Itinerary): Itinerary {
  const [first] = itinerary.preview(1);
  itinerary.keepOnly((deployment) => deployment === first);
  return itinerary;
}

interface Ends {
  readonly inbound: Inbound;
  readonly sink: Sink;
  readonly trace: Trace;
}

const noKeepalive = { touch: () => {}, stop: () => {} };

/** Carries the answer. What breaks inside it cannot be told in a body of any kind: the client sees its connection break. */
async function pass(opened: Opened, { inbound, sink, trace }: Ends): Promise<void> {
  const { answer, served } = opened;
  trace.status = answer.status;
  const headers = passageHeaders(answer, served.deployment, {
    exchangeId: inbound.id,
    tellsWay: trace.routeHeader !== 'off',
  });
  sink.start(answer.status, { ...headers, ...tidingsOf(trace, inbound) });
  trace.firstTokenMs = trace.elapsedMs();
  try {
    await carry(opened, sink, noKeepalive);
  } catch (thrown) {
    if (thrown instanceof Failure && thrown.code === 'client-gone') throw thrown;
    trace.failure = asFailure(thrown, inbound.id);
    served.pump.cancel();
    sink.cut?.();
  }
}
