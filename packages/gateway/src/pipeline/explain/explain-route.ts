import { setImmediate } from 'node:timers/promises';
import { type ForeseenAttempt, maxForeseen, type RouteExplanation } from '@turnpike/contract/route-explanation';
import type { Snapshot } from '../../config/snapshot.ts';
import type { Clock } from '../../core/clock.ts';
import { Failure } from '../../core/failure.ts';
import { dialects } from '../../dialects/registry.ts';
import type { Principal } from '../../identity/principal.ts';
import type { Ledger } from '../../ledger/ledger.ts';
import type { Tab } from '../../ledger/tab.ts';
import type { Deployment } from '../../config/deployment.ts';
import type { RefusedSeals } from '../../routing/refused-seals.ts';
import type { Vault } from '../../vault/vault.ts';
import { type ArrangePorts, sessionOf } from '../arrange.ts';
import { withBudgetUsed } from '../budget-used.ts';
import { createCompactor } from '../compactor.ts';
import { type Envelope, readEnvelope } from '../envelope.ts';
import { failureToTell } from '../failover/failure-to-tell.ts';
import type { Failed } from '../failover/race.ts';
import type { Tries } from '../failover/tour.ts';
import type { Inbound } from '../inbound.ts';
import type { PaymentPorts } from '../payment/payment.ts';
import { measureRequest } from '../payment/request-size.ts';
import { placeOf } from '../place-of.ts';
import { routeRecordOf, startRouteNotes } from '../route-notes.ts';
import { routeRequest, routeStandIn, type RouteTrace } from '../route.ts';
import { createSealSieve } from '../seal-sieve.ts';
import { openOrStandIn } from '../stand-in.ts';
import { type Rehearsal, rehearseAttempt } from './rehearse-attempt.ts';

/** What explaining needs of the house: what an exchange needs, as far as that only looks. */
export interface ExplainPorts extends ArrangePorts, Pick<PaymentPorts, 'prices'> {
  snapshot(): Snapshot;
  readonly ledger: Pick<Ledger, 'rehearse' | 'standings'>;
  readonly refusedSeals: RefusedSeals;
  readonly vault: Vault;
  newId(prefix: string): string;
}

/** A request that nobody has made. */
export interface Hypothetical {
  readonly inbound: Inbound;
  /** Whose it would be. Throws what refuses the caller. */
  caller(): Principal;
  /** When it would be made. Absent: now. */
  readonly atMs?: number;
}

/** What is found out on the way. */
interface Notes extends RouteTrace {
  caller?: Principal;
  envelope?: Envelope;
  tab?: Tab;
  attemptsMore: number;
  isCompaction: boolean;
  readonly attempts: ForeseenAttempt[];
}

/** Takes a request through every step up to the sending, by the same code, and tells what was found. Sends, counts and keeps nothing. */
export async function explainRoute(asked: Hypothetical, ports: ExplainPorts): Promise<RouteExplanation> {
  const notes: Notes = { route: startRouteNotes(), skipped: [], attempts: [], attemptsMore: 0, isCompaction: false };
  try {
    const served = await foresee(asked, ports, notes);
    return explanationOf(asked.inbound, notes, { result: 'sent', ...placeOf(served) });
  } catch (thrown) {
    if (!(thrown instanceof Failure)) throw thrown;
    const { code, message, traits } = thrown;
    return explanationOf(asked.inbound, notes, { result: 'refused', code, message, status: traits.status });
  }
}

/** The deployment to which it would be sent first. Throws what refuses the request. */
async function foresee(asked: Hypothetical, ports: ExplainPorts, notes: Notes): Promise<Deployment> {
  const { inbound, atMs } = asked;
  const dialect = dialects[inbound.dialect];
  const clock: Clock = atMs === undefined ? ports.clock : { ...ports.clock, now: () => atMs };
  const principal = asked.caller();
  notes.caller = principal;
  const envelope = readEnvelope(inbound, await inbound.readBody(), dialect);
  notes.envelope = envelope;
  const snapshot = ports.snapshot();
  const asking = await withBudgetUsed({ inbound, envelope, principal, snapshot }, ports.ledger);
  const here = { ...ports, clock };
  const { itinerary, question, compaction } = routeRequest(asking, here, notes);
  notes.isCompaction = compaction !== undefined;
  const { session } = inbound;
  const caller = { payer: principal, exchangeId: inbound.id, ...(session === undefined ? {} : { session }) };
  const tab = ports.ledger.rehearse(caller, atMs);
  notes.tab = tab;
  const condenses = compaction?.by === 'gateway';
  const rehearsal: Rehearsal = {
    asking: {
      inbound,
      envelope,
      compactor: createCompactor({ ...ports, tenant: principal.tenant, condenses }),
      sieve: createSealSieve(ports.refusedSeals, sessionOf(inbound, principal)),
    },
    reserving: {
      tab,
      book: ports.prices(snapshot),
      snapshot,
      measured: measureRequest(envelope.peek(), dialect),
      free: false,
      organization: principal.organization,
      nowMs: clock.now(),
      signal: inbound.signal,
    },
    health: ports.health,
  };
  return openOrStandIn(
    { itinerary, asked: envelope.model },
    (tries) => firstWilling(tries, rehearsal, notes),
    (model) => routeStandIn(model, question, here, notes),
  );
}

/** Goes on where a live request would go on. Looks at those behind the first who is willing as well: they are its fallbacks. */
async function firstWilling({ itinerary, asked }: Tries, rehearsal: Rehearsal, notes: Notes): Promise<Deployment> {
  const failures: Failed[] = [];
  let willing: Deployment | undefined;
  let isOver = false;
  for (const deployment of itinerary.preview(maxForeseen)) {
    const { told, failure } = await rehearseAttempt({ deployment, modelAsked: asked }, rehearsal);
    notes.attempts.push(told);
    // Long requests take long to translate, and agents do not wait for what a person wants to know.
    await setImmediate();
    if (isOver) continue;
    if (failure) failures.push({ deployment, failure, begun: false });
    else willing = deployment;
    isOver = failure?.traits.elsewhere !== true;
  }
  notes.attemptsMore += Math.max(0, itinerary.remaining() - maxForeseen);
  const [first, ...others] = failures;
  if (willing) return willing;
  throw first ? whatEnds([first, ...others], asked) : new Failure('not-ready', `No deployment serves "${asked}".`);
}

function whatEnds(failures: readonly [Failed, ...Failed[]], asked: string): Failure {
  const last = failures.at(-1)?.failure;
  return last && !last.traits.elsewhere ? last : failureToTell(failures, asked);
}

function explanationOf(inbound: Inbound, notes: Notes, outcome: RouteExplanation['outcome']): RouteExplanation {
  const { caller, envelope, tab, attempts, attemptsMore, skipped } = notes;
  const route = routeRecordOf(notes.route);
  const shadowed = tab?.shadowed().map(({ limitId }) => limitId) ?? [];
  const waitsMs = tab?.waitedMs() ?? 0;
  const { dialect, agent, session } = inbound;
  const requestKind = notes.isCompaction ? 'compaction' : inbound.requestKind;
  return {
    request: {
      ...(envelope ? { model: envelope.model } : {}),
      dialect,
      agent,
      ...(session === undefined ? {} : { session }),
      ...(requestKind === undefined ? {} : { requestKind }),
      ...(envelope ? { bodyBytes: envelope.bodyBytes } : {}),
    },
    ...(caller ? { caller: shownCaller(caller) } : {}),
    ...(route ? { route } : {}),
    skipped,
    attempts,
    ...(attemptsMore === 0 ? {} : { attemptsMore }),
    ...(shadowed.length === 0 ? {} : { shadowed }),
    ...(waitsMs === 0 ? {} : { waitsMs }),
    outcome,
  };
}

function shownCaller({
  name,
  key,
  user,
  team,
  organization,
  tags,
}: Principal): NonNullable<RouteExplanation['caller']> {
  return {
    name,
    ...(key === undefined ? {} : { key }),
    ...(user === undefined ? {} : { user }),
    ...(team === undefined ? {} : { team }),
    ...(organization === undefined ? {} : { organization }),
    ...(tags.length === 0 ? {} : { tags }),
  };
}
