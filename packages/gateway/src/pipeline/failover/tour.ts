import type { Deployment } from '../../config/deployment.ts';
import type { Snapshot } from '../../config/snapshot.ts';
import type { Clock } from '../../core/clock.ts';
import { Failure } from '../../core/failure.ts';
import { hashOf, unitOf } from '../../routing/affinity.ts';
import { blamesPlace } from '../../routing/blame.ts';
import { hasMoreRoomThan } from '../../routing/capability.ts';
import { placeName } from '../../routing/deployment-name.ts';
import type { Health } from '../../routing/health.ts';
import type { Itinerary } from '../../routing/itinerary.ts';
import type { RetryBudget } from '../../routing/retry-budget.ts';
import type { Inbound } from '../inbound.ts';
import { neverWentOut } from '../never-went-out.ts';
import { failureToTell } from './failure-to-tell.ts';
import { nextRound } from './next-round.ts';
import { patienceFor } from './patience.ts';
import { pause } from './pause.ts';
import { type Failed, type OpenOne, runRace } from './race.ts';
import { type RenewKey, withRenewedKey } from './renewed-key.ts';

/** What may be tried, and what it was that was asked for, in the words of messages. */
export interface Tries {
  readonly itinerary: Itinerary;
  readonly asked: string;
}

export interface TourPorts {
  readonly inbound: Inbound;
  readonly snapshot: Pick<Snapshot, 'failover' | 'limits' | 'catalog'>;
  readonly health: Pick<Health, 'standing'>;
  readonly retries: RetryBudget;
  readonly clock: Clock;
  /** Whether a deployment may be asked once more that has failed. Absent: it may not. */
  mayRepeat?(): boolean;
  /** Whether two deployments may be asked at once. Absent: they may not. */
  mayHedge?(): boolean;
  /** Looks for another value of a key that was refused. Absent: there is none, or the request can be sent only once. */
  readonly renewKey?: RenewKey;
}

/** The way of one exchange from deployment to deployment. */
export interface Tour {
  /**
   * Goes on until a deployment begins to answer, as long as the failure table says that another may help and the gateway can afford it.
   * `after`: who had begun to answer and failed later. What was tried before counts on. Throws the failure that is to be told.
   */
  open<Opened>(open: OpenOne<Opened>, after?: Failed): Promise<Opened>;
  /** Whether there is somebody who has not been tried yet, and may be. */
  mayGoOn(): boolean;
}

/** Begins a tour. Nothing is tried yet. */
export function startTour({ itinerary, asked }: Tries, ports: TourPorts): Tour {
  const { inbound, snapshot, health, retries, clock } = ports;
  const [first] = itinerary.plan;
  const rules = first.failover ?? snapshot.failover;
  const failures: Failed[] = [];
  /** Those of another round. */
  let again: readonly Deployment[] = [];
  /** Attempts that went out, or may have. */
  let attempts = 0;
  let rounds = 1;
  let roundFrom = 0;
  /** Models at providers that have failed this request, or are slow. Other keys would hardly do better there. */
  const troubled = new Set<string>();
  const isTroubled = (deployment: Deployment) => troubled.has(placeName(deployment));
  itinerary.postpone(isTroubled);

  function isResting(deployment: Deployment): boolean {
    return health.standing(deployment, clock.now()).state === 'resting';
  }

  /** One attempt every request may make, and one at everybody who is well: that is what the configuration asks for when another one fails. */
  function isDue(deployment: Deployment): boolean {
    return attempts === 0 || !(isTroubled(deployment) || isResting(deployment));
  }

  function affords(deployment: Deployment): boolean {
    return isDue(deployment) || retries.spend(deployment.provider.name);
  }

  /** Whoever is asked now. Undefined: nobody, at least not at once. */
  function take(): Deployment | undefined {
    const fresh = itinerary.next(affords);
    if (fresh && isDue(fresh)) retries.earn(fresh.provider.name);
    const found = fresh ?? again.find(({ provider }) => retries.spend(provider.name));
    return found && taken(found);
  }

  function taken(deployment: Deployment): Deployment {
    again = again.filter((each) => each !== deployment);
    attempts += 1;
    return deployment;
  }

  /** The same, after a pause if need be. Undefined: nobody. */
  async function next(): Promise<Deployment | undefined> {
    while (attempts < rules.maxAttempts && timeLeft() > 0) {
      const deployment = take();
      if (deployment) return deployment;
      const pauseMs = startRound();
      if (pauseMs === undefined) return undefined;
      await pause(pauseMs, inbound.signal);
    }
    return undefined;
  }

  function left(): number {
    return itinerary.remaining() + again.length;
  }

  /** How long to wait before another round. Undefined: there is none. */
  function startRound(): number | undefined {
    const round = ports.mayRepeat?.() === true ? roundAfter(failures.slice(roundFrom)) : undefined;
    if (!round || round.pauseMs >= timeLeft()) return undefined;
    rounds += 1;
    roundFrom = failures.length;
    again = [...again, ...round.deployments];
    return round.pauseMs;
  }

  function roundAfter(failed: readonly Failed[]) {
    const chance = unitOf(hashOf(inbound.id), hashOf(`round ${rounds}`));
    return nextRound(failed, { rules, health, nowMs: clock.now(), rounds, chance });
  }

  function timeLeft(): number {
    const { deadlineMs } = rules;
    return deadlineMs === undefined ? Infinity : deadlineMs - (clock.monotonicMs() - inbound.receivedMonotonicMs);
  }

  /** Somebody to ask beside one that is slow, elsewhere if possible. Whoever rests would only say no. The slow one's budget pays: its requests are doubled. */
  function another(slow: Deployment): Deployment | undefined {
    troubled.add(placeName(slow));
    const candidate = itinerary.preview(1)[0] ?? again[0];
    if (!candidate || isResting(candidate)) return undefined;
    if (attempts >= rules.maxAttempts || !retries.spend(slow.provider.name)) return undefined;
    return taken(itinerary.next() ?? candidate);
  }

  /** Whether another may help. What is too long for one deployment goes on to those with more room, if there are any: also to those who have failed it, for it is they who decide. */
  function leadsOn({ deployment, failure }: Failed): boolean {
    if (failure.code !== 'context-too-long') return failure.traits.elsewhere;
    const hasMoreRoom = hasMoreRoomThan(deployment, snapshot);
    itinerary.keepOnly(hasMoreRoom);
    again = again.filter(hasMoreRoom);
    return left() > 0 || failures.some((failed) => hasMoreRoom(failed.deployment));
  }

  /** Whoever was refused before anything was sent has used up nothing. Where there was no room beside another one, there may be some later. */
  function noteFailed(failed: Failed, hedge: boolean): void {
    const isRefused = neverWentOut(failed.failure.code);
    if (blamesPlace(failed.failure)) troubled.add(placeName(failed.deployment));
    if (isRefused) attempts -= 1;
    if (isRefused && hedge) again = [...again, failed.deployment];
    else failures.push(failed);
  }

  function giveUp(): Failure {
    const [first, ...others] = failures;
    return first ? failureToTell([first, ...others], asked) : nobody(asked);
  }

  return {
    mayGoOn: () => left() > 0 && attempts < rules.maxAttempts,
    async open(open, after) {
      if (after) noteFailed(after, false);
      const asking = withRenewedKey(open, ports.renewKey);
      for (;;) {
        const deployment = await next();
        if (!deployment) throw giveUp();
        const patience = patienceFor(rules, ports, { leftMs: timeLeft(), isLast: left() === 0 });
        const finish = await runRace(deployment, { inbound, patience, open: asking, another, onFailed: noteFailed });
        if ('opened' in finish) {
          itinerary.arrived(finish.deployment);
          return finish.opened;
        }
        if (!leadsOn(finish.failed)) throw finish.failed.failure;
      }
    },
  };
}

function nobody(asked: string): Failure {
  return new Failure('not-ready', `No deployment serves "${asked}".`);
}
