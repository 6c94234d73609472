import type { AttemptRecord, ExchangeRecord, Lane, Outcome } from '@turnpike/contract/exchange-record';
import { costOf } from '../catalog/cost.ts';
import type { Price } from '../catalog/price.ts';
import type { Clock } from '../core/clock.ts';
import type { Failure } from '../core/failure.ts';
import type { Loss } from '../core/loss.ts';
import type { Usage } from '../core/usage.ts';
import type { Principal } from '../identity/principal.ts';
import type { Deployment } from '../routing/plan.ts';
import type { Asked } from './envelope.ts';
import type { Inbound } from './inbound.ts';
import type { Pump } from './pump.ts';

/** What led to the answer that the client got. */
export interface Served {
  readonly deployment: Deployment;
  readonly lane: Lane;
  readonly losses: readonly Loss[];
  readonly price: Price | undefined;
  readonly pump: Pump;
}

/** Gathers one exchange's record while it happens. */
export interface Trace {
  principal?: Principal;
  envelope?: Asked;
  /** Set where something else than an answer of a model is asked for. */
  operation?: string;
  served?: Served;
  failure?: Failure;
  /** Set where the request itself shows that it is one. */
  isCompaction?: boolean;
  status: number;
  firstTokenMs?: number;
  readonly attempts: AttemptRecord[];
  /** Milliseconds since the request arrived. */
  elapsedMs(): number;
}

export function startTrace(inbound: Inbound, clock: Clock): Trace {
  return {
    status: 0,
    attempts: [],
    elapsedMs: () => rounded(clock.monotonicMs() - inbound.receivedMonotonicMs),
  };
}

/** The record of an exchange that is over. */
export function finishRecord(inbound: Inbound, trace: Trace, bytesOut: number): ExchangeRecord {
  const { served, envelope } = trace;
  const failure = leftAfterTheEnd(trace) ? undefined : trace.failure;
  const usage = served && settledUsage(served, envelope);
  const cost = served && usage && costOf(served.price, usage);
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
    attempts: trace.attempts,
    losses: served?.losses ?? [],
    ...(usage ? { usage } : {}),
    ...(cost === undefined ? {} : { costNanoDollars: cost.toString() }),
    bytesIn: envelope?.bodyBytes ?? 0,
    bytesOut,
  };
}

/** A token has no key, but its bearer has a name all the same. */
function whoAsked({ name, user, team, organization, tags }: Principal) {
  return {
    key: name,
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
  return {
    provider: served.deployment.provider.name,
    model: served.deployment.model,
    credential: served.deployment.credential.id,
    lane: served.lane,
  };
}

/** Agents hang up as soon as they have read the terminal event: that answer was not abandoned. */
function leftAfterTheEnd({ failure, served }: Trace): boolean {
  const terminal = served?.pump.seen.terminal;
  return failure?.code === 'client-gone' && (terminal === 'done' || terminal === 'incomplete');
}

function outcomeOf(failure: Failure | undefined, served: Served | undefined): Outcome {
  if (failure) return failure.code === 'client-gone' ? 'abandoned' : 'failed';
  return served?.pump.seen.terminal === 'incomplete' ? 'incomplete' : 'done';
}

/**
 * Tokens to be charged. An answer that began but reported nothing (the client left, upstream broke off) is estimated:
 * four bytes of request are about a token, and a streamed frame is about a token.
 */
function settledUsage(served: Served, envelope: Asked | undefined): Usage | undefined {
  const { seen, semanticFrames } = served.pump;
  if (seen.usage || !seen.semantic) return seen.usage;
  return {
    inputTokens: Math.ceil((envelope?.bodyBytes ?? 0) / 4),
    outputTokens: semanticFrames,
    cachedInputTokens: 0,
    cacheWriteTokens: 0,
    cacheWriteLongTokens: 0,
    reasoningTokens: 0,
    estimated: true,
  };
}

/** Microsecond precision is enough for a record. */
function rounded(milliseconds: number): number {
  return Math.round(milliseconds * 1000) / 1000;
}
