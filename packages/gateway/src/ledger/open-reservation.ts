import { alertsOf, type BudgetAlert } from './alerts.ts';
import { amountOf, withEstimate } from './claims.ts';
import type { Claim, ClaimState, Counters, Entry, Hold, MaybePromise, Settlement } from './counters.ts';
import { lapsedSettlement, reservedBy } from './lapsed.ts';
import { andThen, recover } from './maybe-promise.ts';
import { refuse } from './refuse.ts';
import type { CountersRefusal, Refusal } from './refusal.ts';
import type { Actual, Caller, Estimate } from './request.ts';
import type { Reservation } from './tab.ts';
import { countersRefusal } from './unreachable.ts';
import type { WaitingRoom } from './waiting-room.ts';
import { type Cost, entryOf, standingClaims, type Wish, type WishParts } from './wish.ts';

export interface ReservationParts extends WishParts {
  readonly counters: Counters;
  readonly waitingRoom: WaitingRoom;
  onAlert(alert: BudgetAlert): void;
}

/** A reservation that is not settled yet, as its tab sees it. */
export interface OpenReservation {
  readonly reservation: Reservation;
  hold(): Hold;
  /** Settles it, without `actual` at its estimate. `keepRunning`: its exchange goes on. Only the first call counts. */
  end(actual: Actual | undefined, keepRunning: boolean): MaybePromise<void>;
}

/** Makes a reservation of a granted wish. `onSettled` is told when it has ended while its exchange goes on. */
export function openReservation(
  wish: Wish,
  caller: Caller,
  parts: ReservationParts,
  onSettled: (hold: Hold) => void,
): OpenReservation {
  const { counters, clock } = parts;
  let { hold } = wish;
  let isOpen = true;

  function topUp(estimate: Estimate): MaybePromise<Refusal | CountersRefusal | undefined> {
    if (!isOpen || hold.claims.length === 0) return undefined;
    const larger = grown(hold, wish, caller, estimate);
    if (larger.claims.every((claim, index) => reservedBy(claim) <= reservedBy(hold.claims[index] ?? claim)))
      return undefined;
    const nowMs = clock.now();
    return recover<Refusal | CountersRefusal | undefined>(
      () =>
        andThen(counters.extend(larger, nowMs), ({ granted, states }) => {
          if (granted) hold = larger;
          const blocking = standingClaims(wish, larger.claims, states).filter(isBlocking);
          return granted ? undefined : refuse(blocking, wish.aim, nowMs);
        }),
      countersRefusal,
    );
  }

  function end(actual: Actual | undefined, keepRunning: boolean): MaybePromise<void> {
    if (!isOpen) return;
    isOpen = false;
    if (hold.claims.length === 0) return;
    const nowMs = clock.now();
    const settlement = actual ? settlementOf(actual, keepRunning, nowMs) : unknownEnd(keepRunning, nowMs);
    return andThen(counters.settle(settlement, nowMs), (states) => {
      if (states) tellOfCrossings(settlement, states, nowMs);
      for (const { account, kind } of hold.claims) if (kind !== 'window') parts.waitingRoom.wake(account);
    });
  }

  function tellOfCrossings({ amounts }: Settlement, states: readonly ClaimState[], nowMs: number): void {
    for (const [index, applicable] of wish.applicable.entries()) {
      const claim = hold.claims[index];
      const state = states[index];
      if (!claim || !state) continue;
      for (const alert of alertsOf({ applicable, claim, state }, amounts[index] ?? 0n, nowMs)) parts.onAlert(alert);
    }
  }

  function settlementOf(actual: Actual, keepRunning: boolean, nowMs: number): Settlement {
    const amounts = hold.claims.map((claim) => bookedOn(claim, actual));
    const overdraft = hold.claims.some(
      (claim, index) => claim.kind === 'window' && (amounts[index] ?? 0n) > claim.amount,
    );
    return { hold, amounts, entry: { ...entryNow(actual, nowMs), overdraft }, keepRunning };
  }

  function unknownEnd(keepRunning: boolean, nowMs: number): Settlement {
    return { ...lapsedSettlement(hold, nowMs), entry: entryNow(hold.ifLapsed, nowMs), keepRunning };
  }

  function entryNow(cost: Cost, nowMs: number): Entry {
    return entryOf({ caller, attempt: wish.attempt, hold: { id: hold.id, atMs: nowMs } }, cost, 'actual');
  }

  return {
    hold: () => hold,
    end,
    reservation: {
      topUp,
      settle(actual) {
        if (!isOpen) return undefined;
        const ended = end(actual, true);
        onSettled(hold);
        return ended;
      },
    },
  };
}

/** What costs money whose price turned out to be unknown costs what was reserved: never nothing. */
function bookedOn(claim: Claim, actual: Actual): bigint {
  if (claim.unit === 'nano-dollars' && actual.nanoDollars === undefined) return reservedBy(claim);
  return amountOf(claim.unit, actual);
}

function grown(hold: Hold, { attempt }: Wish, caller: Caller, estimate: Estimate): Hold {
  const { id, ifLapsed } = hold;
  const entry = entryOf({ caller, attempt, hold: ifLapsed }, estimate, 'lapsed');
  return { id, claims: withEstimate(hold.claims, estimate), ifLapsed: entry };
}

/** A claim that refuses. */
export function isBlocking({
  claim,
  state,
}: {
  readonly claim: Claim;
  readonly state: { readonly fits: boolean };
}): boolean {
  return claim.enforced && !state.fits;
}
