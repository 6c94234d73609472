import type { AttemptRecord } from '@turnpike/contract/exchange-record';
import type { PriceBook } from '../../catalog/price-book.ts';
import type { Snapshot } from '../../config/snapshot.ts';
import type { Clock } from '../../core/clock.ts';
import type { Failure } from '../../core/failure.ts';
import type { Principal } from '../../identity/principal.ts';
import type { Ledger } from '../../ledger/ledger.ts';
import type { Standing } from '../../ledger/refusal.ts';
import type { Actual } from '../../ledger/request.ts';
import type { Shadowed } from '../../ledger/tab.ts';
import { deploymentName } from '../../routing/deployment-name.ts';
import type { EndOfAttempt } from '../../routing/health.ts';
import type { Deployment } from '../../routing/plan.ts';
import { avoidBroken, type SessionMemory } from '../../routing/session-memory.ts';
import type { VitalAttempt, Vitals } from '../../routing/vitals.ts';
import { sessionOf } from '../arrange.ts';
import { isOutpaced } from '../failover/race.ts';
import { failureOf } from '../failure-of.ts';
import type { Inbound } from '../inbound.ts';
import { placeOf } from '../place-of.ts';
import { type Bill, billed, billOfAnswer, billOfFailure, type Progress } from './bill.ts';
import { type Aim, reserve, type Reserved } from './reserve.ts';
import { type Measured, withParameters } from './request-size.ts';

/** What paying needs of the house. */
export interface PaymentPorts {
  readonly ledger: Ledger;
  /** What everything costs now, for an exchange that began with this snapshot. */
  prices(snapshot: Snapshot): PriceBook;
  readonly clock: Clock;
  readonly memory: SessionMemory;
  /** Is told of every attempt's beginning, and by what it gives back, of its end. */
  onAttempt(deployment: Deployment): EndOfAttempt;
  /** Measures them. */
  readonly vitals: Pick<Vitals, 'begin'>;
}

/** Who pays for what. */
export interface Purchase {
  readonly inbound: Inbound;
  readonly principal: Principal;
  readonly snapshot: Snapshot;
  readonly measured: Measured;
  /** Nothing is asked of a model: tokens and money are not at stake, only rates and concurrency. */
  readonly free: boolean;
}

/** What an attempt may do, and where it tells how far it has come. */
export interface PaidAttempt extends Progress {
  /** The longest answer that the budgets can hold: the request must say so. Absent: whatever the caller allows. */
  readonly outputTokens?: number;
}

/** How an attempt goes, as far as paying must know. */
export interface AttemptCourse {
  /** The request as the attempt knows it. */
  readonly inbound: Pick<Inbound, 'signal'>;
  /** It was started beside another one. */
  readonly hedge: boolean;
}

/** Where attempts are noted. */
export interface AttemptNotes {
  readonly attempts: AttemptRecord[];
  elapsedMs(): number;
}

/** Pays for one exchange: makes room for every attempt before anything is sent, and settles what it has cost. */
export interface Payment {
  /**
   * Runs an attempt. What a failed one has cost is settled and noted at once; the one that succeeds is settled by `close`.
   * Several may run at once, of which one succeeds. Throws what refuses it, or what it throws.
   */
  attempt<Result>(aim: Aim, run: (attempt: PaidAttempt) => Promise<Result>, course?: AttemptCourse): Promise<Result>;
  /** The answer that succeeded broke off, and the exchange is not over by that: settles it, and tells its bill. */
  broke(failure: Failure): Promise<Bill | undefined>;
  /** Settles what is still open, and tells the bill of the answer, which may have broken after it had begun. Never fails. */
  close(failure?: Failure): Promise<Bill | undefined>;
  /** How the limits stood when last asked. */
  standings(): readonly Standing[];
  /** Limits in shadow mode that would have refused. */
  shadowed(): readonly Shadowed[];
  /** How long it waited for room, in milliseconds. */
  waitedMs(): number;
}

/** The attempt that answers. */
interface Serving {
  readonly deployment: Deployment;
  readonly reserved: Reserved;
  readonly progress: Progress;
  readonly ended: EndOfAttempt;
  readonly vital: VitalAttempt;
}

export function openPayment(purchase: Purchase, ports: PaymentPorts, notes: AttemptNotes): Payment {
  const { inbound, principal, snapshot, measured, free } = purchase;
  const { session } = inbound;
  const tab = ports.ledger.open({
    payer: principal,
    exchangeId: inbound.id,
    ...(session === undefined ? {} : { session }),
  });
  const book = ports.prices(snapshot);
  const { bodyBytes } = measured.size;
  let serving: Serving | undefined;
  /** Attempts that are not over, or not settled. */
  const running = new Set<Promise<unknown>>();

  async function room(aim: Aim, signal: AbortSignal): Promise<Reserved> {
    const { organization } = principal;
    const nowMs = ports.clock.now();
    const asked = withParameters(measured, aim.deployment.parameters);
    return reserve(aim, { tab, book, snapshot, measured: asked, free, organization, nowMs, signal });
  }

  async function attempt<Result>(
    aim: Aim,
    run: (attempt: PaidAttempt) => Promise<Result>,
    { inbound: { signal }, hedge }: AttemptCourse,
  ): Promise<Result> {
    const startedMs = notes.elapsedMs();
    const progress: Progress = { sent: false };
    const ended = ports.onAttempt(aim.deployment);
    let reserved: Reserved | undefined;
    let vital: VitalAttempt | undefined;
    try {
      reserved = await room(aim, signal);
      vital = ports.vitals.begin(deploymentName(aim.deployment));
      const { outputTokens } = reserved;
      const result = await run(Object.assign(progress, outputTokens === undefined ? {} : { outputTokens }));
      vital.answered(progress.pump?.finished() === true);
      serving = { deployment: aim.deployment, reserved, progress, ended, vital };
      ended();
      return result;
    } catch (thrown) {
      const failure = failureOf(thrown, inbound);
      ended(failure, progress.status);
      vital?.over();
      noteLength(aim.deployment, failure);
      const bill = reserved && billOfFailure(progress, failure, { bodyBytes, pricing: reserved.pricing });
      await reserved?.reservation.settle(actualOf(bill));
      notes.attempts.push({
        ...placeOf(aim.deployment),
        startedMs,
        durationMs: notes.elapsedMs() - startedMs,
        ...(progress.status === undefined ? {} : { upstreamStatus: progress.status }),
        ...(hedge ? { hedge } : {}),
        ...endOf(failure),
        ...(bill ? billed(bill) : {}),
      });
      throw failure;
    }
  }

  /** The session's next requests will be longer still. Callers without one are many conversations. */
  function noteLength(deployment: Deployment, { code }: Failure): void {
    const session = inbound.session ?? inbound.thread;
    if (code === 'context-too-long' && session !== undefined)
      ports.memory.outgrow(session, deploymentName(deployment), bodyBytes);
  }

  /** What had begun well has broken. */
  function tellBroken({ deployment, ended }: Serving, failure: Failure): void {
    ended(failure);
    if (failure.traits.elsewhere) avoidBroken(sessionOf(inbound, principal), deployment, ports);
  }

  function billOf({ progress: { pump }, reserved }: Serving): Bill | undefined {
    return pump && billOfAnswer(pump, bodyBytes, reserved.pricing);
  }

  return {
    attempt(aim, run, course = { inbound, hedge: false }) {
      const attempted = attempt(aim, run, course);
      const over = () => void running.delete(attempted);
      running.add(attempted);
      attempted.then(over, over);
      return attempted;
    },
    async broke(failure) {
      const broken = serving;
      serving = undefined;
      if (broken) tellBroken(broken, failure);
      broken?.vital.over();
      const bill = broken && billOf(broken);
      await broken?.reserved.reservation.settle(actualOf(bill));
      return bill;
    },
    async close(failure) {
      // Whoever was outpaced is cancelled by now and has only to be settled.
      if (running.size > 0) await Promise.allSettled(running);
      if (failure && serving) tellBroken(serving, failure);
      const bill = serving && billOf(serving);
      serving?.vital.over(failure ? undefined : countedTokens(bill));
      await tab.close(actualOf(bill));
      return bill;
    },
    standings: tab.standings,
    shadowed: tab.shadowed,
    waitedMs: tab.waitedMs,
  };
}

function endOf(failure: Failure) {
  return isOutpaced(failure)
    ? { outpaced: true as const }
    : { failure: { code: failure.code, message: failure.message } };
}

/** What the provider has counted, for how fast it was. */
function countedTokens(bill: Bill | undefined): number | undefined {
  return bill && bill.usage.estimated !== true ? bill.usage.outputTokens : undefined;
}

/** Whoever counted nothing owes nothing; what has no price is left to the ledger. */
function actualOf(bill: Bill | undefined): Actual {
  if (!bill) return { inputTokens: 0, outputTokens: 0, nanoDollars: 0n, estimated: false };
  const { usage, nanoDollars } = bill;
  const { inputTokens, outputTokens, estimated = false } = usage;
  return { inputTokens, outputTokens, estimated, ...(nanoDollars === undefined ? {} : { nanoDollars }) };
}
