import type { AttemptRecord, ExchangeRecord, Lane, Outcome, SkippedRecord } from '@turnpike/contract/exchange-record';
import type { Clock } from '../core/clock.ts';
import type { Failure } from '../core/failure.ts';
import type { Loss } from '../core/loss.ts';
import type { Principal } from '../identity/principal.ts';
import type { Deployment } from '../routing/plan.ts';
import type { Asked } from './envelope.ts';
import type { Inbound } from './inbound.ts';
import { type Bill, billed } from './payment/bill.ts';
import type { Payment } from './payment/payment.ts';
import type { Pump } from './pump.ts';
import { placeOf } from './place-of.ts';
import type { RouteHeaderMode } from './route-header.ts';
import { type RouteNotes, routeRecordOf, startRouteNotes } from './route-notes.ts';

/** What led to the answer that the client got. */
export interface Served {
  readonly deployment: Deployment;
  readonly lane: Lane;
  readonly losses: readonly Loss[];
  readonly pump: Pump;
}

/** Gathers one exchange's record while it happens. */
export interface Trace {
  principal?: Principal;
  envelope?: Asked;
  /** Set where something else than an answer of a model is asked for. */
  operation?: string;
  served?: Served;
  payment?: Payment;
  /** What the answer has cost, once that is settled. */
  bill?: Bill;
  failure?: Failure;
  /** Set where the request itself shows that it is one. */
  isCompaction?: boolean;
  /** How much of all this the caller is told. */
  readonly routeHeader: RouteHeaderMode;
  status: number;
  firstTokenMs?: number;
  readonly attempts: AttemptRecord[];
  /** Why it goes where it goes. */
  readonly route: RouteNotes;
  /** Who was set back in the plan. */
  readonly skipped: SkippedRecord[];
  /** Milliseconds since the request arrived. */
  elapsedMs(): number;
}

export function startTrace(inbound: Inbound, clock: Clock, routeHeader: RouteHeaderMode): Trace {
  return {
    routeHeader,
    status: 0,
    attempts: [],
    route: startRouteNotes(),
    skipped: [],
    elapsedMs: () => rounded(clock.monotonicMs() - inbound.receivedMonotonicMs),
  };
}

/** Notes the attempt that answers. */
export function noteAnswer(
  trace: Trace,
  deployment: Deployment,
  answer: { lane: Lane; startedMs: number; status: number; hedge?: boolean },
): void {
  const { lane, startedMs, status, hedge = false } = answer;
  const durationMs = rounded(trace.elapsedMs() - startedMs);
  const place = placeOf(deployment);
  trace.attempts.push({ ...place, lane, startedMs, durationMs, upstreamStatus: status, ...(hedge ? { hedge } : {}) });
}

/** Notes that the attempt that answered broke off without ending the answer. `bill`: what it has cost, unless that is the exchange's own bill. */
export function noteBroken(trace: Trace, failure: Failure, bill?: Bill): void {
  const at = trace.attempts.findIndex((attempt) => attempt.failure === undefined && attempt.outpaced !== true);
  const broken = trace.attempts[at];
  if (!broken) return;
  const { code, message } = failure;
  const durationMs = rounded(trace.elapsedMs() - broken.startedMs);
  trace.attempts[at] = { ...broken, durationMs, failure: { code, message }, ...(bill ? billed(bill) : {}) };
}

/** They are noted when they end, and a hedge may end before the attempt that it was started beside. */
function byBeginning(one: AttemptRecord, other: AttemptRecord): number {
  return one.startedMs - other.startedMs || Number(one.hedge ?? 0) - Number(other.hedge ?? 0);
}

/** The record of an exchange that is over. */
export function finishRecord(inbound: Inbound, trace: Trace, bytesOut: number): ExchangeRecord {
  const { served, envelope } = trace;
  const failure = leftAfterTheEnd(trace) ? undefined : trace.failure;
  const { usage, unpriced } = trace.bill ?? {};
  const cost = costOf(trace);
  const route = routeRecordOf(trace.route, served?.deployment);
  return {
    id: inbound.id,
    startedAt: inbound.receivedAt,
    durationMs: trace.elapsedMs(),
    ...(trace.firstTokenMs === undefined ? {} : { firstTokenMs: trace.firstTokenMs }),
    outcome: outcomeOf(failure, served),
    status: failure?.code === 'client-gone' && trace.status === 0 ? 499 : trace.status,
    ...(failure ? { failure: { code: failure.code, message: failure.message } } : {}),
    agent: inbound.agent,
    dialect: inbound.dialect,
    wire: inbound.wire ?? 'http',
    stream: envelope?.stream ?? inbound.addressed?.stream ?? false,
    ...sessionFields(inbound),
    ...(trace.isCompaction ? { requestKind: 'compaction' as const } : {}),
    ...(trace.operation === undefined ? {} : { operation: trace.operation }),
    ...(trace.principal ? whoAsked(trace.principal) : {}),
    ...(envelope?.model === undefined ? {} : { modelAsked: envelope.model }),
    ...(served ? servedFields(served) : {}),
    ...(route ? { route } : {}),
    attempts: trace.attempts.toSorted(byBeginning),
    ...(trace.skipped.length === 0 ? {} : { skipped: trace.skipped }),
    losses: served?.losses ?? [],
    ...(usage ? { usage } : {}),
    ...(cost === undefined ? {} : { costNanoDollars: cost.toString() }),
    ...(unpriced ? { unpriced } : {}),
    ...(trace.payment ? limitFields(trace.payment) : {}),
    bytesIn: envelope?.bodyBytes ?? 0,
    bytesOut,
  };
}

/** A token has no key, but its bearer has a name all the same. */
function whoAsked({ name, key, user, team, organization, tags }: Principal) {
  return {
    key: name,
    ...(key === undefined ? {} : { keyId: key }),
    ...(user === undefined ? {} : { user }),
    ...(team === undefined ? {} : { team }),
    ...(organization === undefined ? {} : { organization }),
    ...(tags.length === 0 ? {} : { tags }),
  };
}

function sessionFields({ session, thread, parentThread, turn, requestKind }: Inbound) {
  return {
    ...(session === undefined ? {} : { session }),
    ...(thread === undefined ? {} : { thread }),
    ...(parentThread === undefined ? {} : { parentThread }),
    ...(turn === undefined ? {} : { turn }),
    ...(requestKind === undefined ? {} : { requestKind }),
  };
}

function servedFields(served: Served) {
  return { ...placeOf(served.deployment), lane: served.lane };
}

/** Agents hang up as soon as they have read the terminal event: that answer was not abandoned. */
function leftAfterTheEnd({ failure, served }: Trace): boolean {
  const terminal = served?.pump.seen().terminal;
  return failure?.code === 'client-gone' && (terminal === 'done' || terminal === 'incomplete');
}

function outcomeOf(failure: Failure | undefined, served: Served | undefined): Outcome {
  if (failure) return failure.code === 'client-gone' ? 'abandoned' : 'failed';
  return served?.pump.seen().terminal === 'incomplete' ? 'incomplete' : 'done';
}

/** What the answer has cost and the attempts before it. Absent where nothing was counted, or the price is not known. */
function costOf({ bill, attempts }: Trace): bigint | undefined {
  const costs = attempts.flatMap(({ costNanoDollars }) => costNanoDollars ?? []).map(BigInt);
  if (bill?.nanoDollars !== undefined) costs.push(bill.nanoDollars);
  return costs.length === 0 ? undefined : costs.reduce((sum, each) => sum + each, 0n);
}

function limitFields(payment: Payment) {
  const shadowed = payment.shadowed().map(({ limitId }) => limitId);
  const waitedMs = rounded(payment.waitedMs());
  return {
    ...(shadowed.length === 0 ? {} : { shadowed }),
    ...(waitedMs === 0 ? {} : { waitedMs }),
  };
}

/** Microsecond precision is enough for a record. */
function rounded(milliseconds: number): number {
  return Math.round(milliseconds * 1000) / 1000;
}
