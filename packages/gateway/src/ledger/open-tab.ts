import { isClaimedOnce } from './claims.ts';
import type { ClaimState, Hold, MaybePromise, Verdict } from './counters.ts';
import { lineFor, queueMsOf } from './line-for.ts';
import { andThen, recover } from './maybe-promise.ts';
import { isBlocking, type OpenReservation, openReservation, type ReservationParts } from './open-reservation.ts';
import { refuse } from './refuse.ts';
import type { CountersRefusal, Refusal } from './refusal.ts';
import type { Attempt, Caller } from './request.ts';
import { type StandingClaim, standingOf } from './standing.ts';
import type { Reservation, Shadowed, Tab } from './tab.ts';
import { countersRefusal } from './unreachable.ts';
import type { StillWaiting } from './waiting-room.ts';
import { refuseUnpriced, standingClaims, type Wish, wishOf } from './wish.ts';

/** What a try found: an answer, and where it refuses, whether waiting in line may help. */
interface Found {
  readonly answer: Reservation | Refusal | CountersRefusal;
  readonly waiting?: StillWaiting | undefined;
}

/** Opens what one exchange owes. */
export function openTab(caller: Caller, parts: ReservationParts): Tab {
  const { counters, clock, waitingRoom } = parts;
  /** Accounts that were claimed for the whole exchange. */
  const carried = new Set<string>();
  /** Settled holds that still have a request running. */
  const running: Hold[] = [];
  const shadowed = new Map<string, Shadowed>();
  /** Attempts may run side by side. */
  const open = new Set<OpenReservation>();
  let last: { readonly wish: Wish; readonly states: readonly ClaimState[] } | undefined;
  let waitedMs = 0;

  function tryOnce(attempt: Attempt): MaybePromise<Found> {
    const wish = wishOf(caller, attempt, carried, parts);
    const unpriced = refuseUnpriced(wish);
    if (unpriced) return { answer: unpriced };
    if (wish.hold.claims.length === 0) return { answer: grant(wish) };
    return recover<Found>(
      () => andThen(counters.reserve(wish.hold, wish.nowMs), (verdict) => judge(wish, verdict)),
      (error) => ({ answer: countersRefusal(error) }),
    );
  }

  function judge(wish: Wish, { granted, states }: Verdict): Found {
    last = { wish, states };
    const unfit = states.every(({ fits }) => fits)
      ? []
      : standingClaims(wish, wish.hold.claims, states).filter(isUnfit);
    for (const each of unfit) if (!each.claim.enforced) noteShadowed(each, wish.nowMs);
    if (granted) return { answer: grant(wish) };
    const blocking = unfit.filter(isBlocking);
    const refusal = refuse(blocking, wish.aim, wish.nowMs);
    if (!refusal) throw new TypeError('the counters refused a hold though all of its claims fit');
    return { answer: refusal, waiting: lineFor(blocking) };
  }

  function grant(wish: Wish): Reservation {
    for (const each of wish.applicable) if (isClaimedOnce(each)) carried.add(each.account);
    const opened = openReservation(wish, caller, parts, (hold) => {
      open.delete(opened);
      if (hold.claims.some((claim) => claim.kind === 'running' && claim.carried)) running.push(hold);
    });
    open.add(opened);
    return opened.reservation;
  }

  function noteShadowed(each: StandingClaim, nowMs: number): void {
    const { limitId, limitName, owner, unit, kind } = standingOf(each, nowMs);
    shadowed.set(each.applicable.account, { limitId, limitName, owner, unit, kind });
  }

  /** Whoever comes while others wait in front of the same limit stands behind them. */
  function lineAhead(attempt: Attempt): StillWaiting | undefined {
    if (waitingRoom.isEmpty()) return undefined;
    const { applicable } = wishOf(caller, attempt, carried, parts);
    const behind = applicable.find(({ limit, account }) => limit.kind !== 'budget' && waitingRoom.hasLine(account));
    return behind && { account: behind.account, retryMs: undefined, patienceMs: queueMsOf(behind.limit) };
  }

  async function waitInLine(waiting: StillWaiting, attempt: Attempt, signal?: AbortSignal): Promise<Found> {
    const startedMs = clock.monotonicMs();
    let found: Found | undefined;
    const again = async () => {
      found = await tryOnce(attempt);
      return found.waiting;
    };
    await waitingRoom.wait(waiting, again, signal);
    waitedMs += clock.monotonicMs() - startedMs;
    return found ?? (await tryOnce(attempt));
  }

  return {
    reserve(attempt, signal) {
      const line = lineAhead(attempt);
      if (line) return waitInLine(line, attempt, signal).then(({ answer }) => answer);
      return andThen(tryOnce(attempt), ({ answer, waiting }) =>
        waiting ? waitInLine(waiting, attempt, signal).then((found) => found.answer) : answer,
      );
    },
    close(actual) {
      const [first, ...others] = open;
      open.clear();
      const ended = andThen(first?.end(actual, false), () => endAll(others));
      return andThen(ended, () => letGo(running.splice(0), parts));
    },
    standings: () =>
      last
        ? standingClaims(last.wish, last.wish.hold.claims, last.states).map((each) => standingOf(each, clock.now()))
        : [],
    shadowed: () => [...shadowed.values()],
    waitedMs: () => waitedMs,
  };
}

async function releaseAll(holds: readonly Hold[], { counters, clock, waitingRoom }: ReservationParts): Promise<void> {
  for (const hold of holds) {
    await counters.release(hold, clock.now());
    for (const { account } of hold.claims) waitingRoom.wake(account);
  }
}

function endAll(reservations: readonly OpenReservation[]): MaybePromise<void> {
  return reservations.reduce<MaybePromise<void>>(
    (ended, each) => andThen(ended, () => each.end(undefined, false)),
    undefined,
  );
}

function letGo(holds: readonly Hold[], parts: ReservationParts): MaybePromise<void> {
  return holds.length === 0 ? undefined : releaseAll(holds, parts);
}

function isUnfit({ state }: StandingClaim): boolean {
  return !state.fits;
}
